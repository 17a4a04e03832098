import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { rewriteBody } from "./rewrite.ts";

const hide = (text: string): string => text.replaceAll("anna@kunde.example", "<a>").replaceAll("user", "<u>").replaceAll("4111111111111111", "<c>");

test("everything that counts as content is changed, whatever it is called; words of the dialect and names of tools are not", () => {
  verifies("O-05");
  const mail = "anna@kunde.example";
  const base64 = Buffer.from(`mail ${mail}`).toString("base64");
  const body = {
    model: "user",
    tool_choice: { type: "function", function: { name: "user" } },
    detail: mail,
    type: mail,
    unknown: { role: mail, [mail]: [4111111111111111, 12, true, null] },
    messages: [
      { role: "user", name: mail, content: mail, further: { id: mail } },
      {
        role: "assistant",
        content: [{ type: "thinking", thinking: mail, signature: "c2ln" }],
        tool_calls: [{ id: "c", function: { name: "user", arguments: `{"to":"anna\\u0040kunde.example"}` } }],
      },
      {
        role: "user",
        content: [
          { type: "file", file: { file_data: `data:text/plain;base64,${base64}` } },
          { type: "image_url", image_url: { url: `https://x.example/${mail}` } },
        ],
      },
    ],
    tools: [{ type: "function", function: { name: "user", description: mail, parameters: { title: "user" } } }],
  };
  const shown = Buffer.from("mail <a>").toString("base64");
  assert.deepEqual(rewriteBody(body, hide), {
    model: "user",
    tool_choice: { type: "function", function: { name: "user" } },
    detail: "<a>",
    type: "<a>",
    unknown: { role: "<a>", "<a>": ["<c>", 12, true, null] },
    messages: [
      { role: "user", name: "<a>", content: "<a>", further: { id: "<a>" } },
      {
        role: "assistant",
        content: [{ type: "thinking", thinking: "<a>", signature: "c2ln" }],
        tool_calls: [{ id: "c", function: { name: "user", arguments: '{"to":"<a>"}' } }],
      },
      {
        role: "user",
        content: [
          { type: "file", file: { file_data: `data:text/plain;base64,${shown}` } },
          { type: "image_url", image_url: { url: "https://x.example/<a>" } },
        ],
      },
    ],
    tools: [{ type: "function", function: { name: "user", description: "<a>", parameters: { title: "<u>" } } }],
  });
});

test("and so it is in a response's items, where a provider's sealed thinking stays", () => {
  verifies("O-05");
  const mail = "anna@kunde.example";
  const base64 = Buffer.from(`mail ${mail}`).toString("base64");
  const items = (shown: string, coded: string, args: string) => [
    {
      role: "user",
      content: [
        { type: "input_text", text: shown },
        { type: "input_file", file_data: `data:text/plain;base64,${coded}` },
      ],
    },
    { type: "reasoning", summary: [{ type: "summary_text", text: shown }], encrypted_content: "user" },
    { type: "function_call", call_id: "c", name: "user", arguments: args },
    { type: "function_call_output", call_id: "c", output: shown },
    {
      type: "custom_tool_call_output",
      call_id: "d",
      output: [
        { type: "input_text", text: shown },
        { type: "input_image", image_url: `https://x.example/${shown}` },
      ],
    },
  ];
  const body = { model: "user", instructions: mail, input: items(mail, base64, '{"type":"anna\\u0040kunde.example"}') };
  assert.deepEqual(rewriteBody(body, hide), {
    model: "user",
    instructions: "<a>",
    input: items("<a>", Buffer.from("mail <a>").toString("base64"), '{"type":"<a>"}'),
  });
  assert.deepEqual(rewriteBody({ model: "m", input: mail }, hide), { model: "m", input: "<a>" });
  // ATTACK: arguments of an earlier call are no items, whatever their names are.
  const used = (shown: string) => ({
    messages: [{ role: "assistant", content: [{ type: "tool_use", id: "t", name: "pay", input: { type: shown, role: shown } }] }],
  });
  assert.deepEqual(rewriteBody(used(mail), hide), used("<a>"));
});
