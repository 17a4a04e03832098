import assert from "node:assert/strict";
import { test } from "node:test";
import { understood } from "../../test/conformance/codec.ts";
import { verifies } from "../../test/verifies.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { openaiResponses } from "./index.ts";

const marking = { system: "Beware.", result: (text: string, { id = "?" }: { readonly id?: string | undefined }) => `<${id}>${text}</${id}>` };
const marked = (body: JsonObject): JsonObject => understood(openaiResponses.readRequest({ model: "m", ...body })).forward("up", marking) as JsonObject;
const hi: Json = { role: "user", content: "hi" };

test("over responses what Holdfast says stands behind the operator's last words at the beginning, wherever these are", () => {
  verifies("I-09");
  assert.deepEqual(marked({ input: "hi" }), { model: "up", input: "hi", instructions: "Beware." });
  assert.deepEqual(marked({ input: [hi], instructions: "Be brief." }), { model: "up", input: [hi], instructions: "Be brief.\n\nBeware." });
  const developer = (content: Json): Json => ({ role: "developer", content });
  assert.deepEqual(marked({ input: [developer("In German."), hi, developer("Later.")], instructions: "Be brief." }), {
    model: "up",
    input: [developer("In German.\n\nBeware."), hi, developer("Later.")],
    instructions: "Be brief.",
  });
  const parts: readonly Json[] = [{ type: "input_text", text: "In German." }];
  assert.deepEqual(marked({ input: [developer(parts), hi] })["input"], [developer([...parts, { type: "input_text", text: "Beware." }]), hi]);
});

test("over responses a tool's result is marked under its tool's name, in every text of it, and nothing else is", () => {
  verifies("I-09");
  const items = (write: (text: string, id: string) => string): Json => [
    hi,
    { type: "function_call", call_id: "a", name: "mail", arguments: "{}" },
    { type: "function_call_output", call_id: "a", output: write("one", "mail") },
    { type: "custom_tool_call", call_id: "b", name: "patch", input: "x" },
    {
      type: "custom_tool_call_output",
      call_id: "b",
      output: [
        { type: "input_text", text: write("two", "patch") },
        { type: "input_image", image_url: "https://a.example/" },
      ],
    },
    { type: "function_call_output", call_id: "c", output: write("three", "?") },
  ];
  assert.deepEqual(
    marked({ input: items((text) => text) })["input"],
    items((text, id) => marking.result(text, { id })),
  );
});
