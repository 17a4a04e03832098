/** What a provider sees, what the client gets back, and what the log holds, over real layers, a real log and a provider of the test. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";
import { type AuditLog, openLog } from "../../src/audit/log.ts";
import { maskingWith } from "../../src/audit/mask.ts";
import { noteSigner, signerKey } from "../../src/audit/note.ts";
import { checkConfig } from "../../src/compose/check.ts";
import { composeLayers } from "../../src/compose/layers.ts";
import { formatFaults, readConfig } from "../../src/config/index.ts";
import { createPseudonyms } from "../../src/output/index.ts";
import { openMemoryLog } from "../../src/stores/memory-log.ts";
import { verifies } from "../verifies.ts";
import { type Rig, startRig } from "./gateway-rig.ts";
import { realClock } from "./memory-layers.ts";
import { answers, type Seen, sse } from "./upstream.ts";

const CONFIG = `
detectors: { own: [{ id: falcon, words: [Projekt Falke], models: pseudonym }] }
output: { models: { personal: pseudonym, financial: pseudonym, credential: mask } }
flow: { mode: monitor }
tools:
  crm:
    tools:
      find_customer: { effect: read, egress: false, trust: internal }
      send_mail: { effect: write, egress: true, trust: internal }
roles: { all: { read: ["*"], write: ["*"] } }
agents: { support: { role: all, models: ["*"] } }
`;

const MAIL = "anna.schmidt@kunde.example";
const IBAN = "DE89370400440532013000";
const TAX = "86095742719";
const SECRET = ["ghp", "_16C7e42F292c6912E7710c838347Ae178B4a"].join("");
/** Found only where the words before it say what it is. */
const BORN = "14.03.1985";
const VALUES = [MAIL, IBAN, TAX, SECRET, BORN, "Projekt Falke"];

let rig: Rig;
let audit: AuditLog;
before(async () => {
  const loaded = await readConfig("holdfast.yaml", CONFIG, { env: {}, readFile: async () => "", check: checkConfig });
  assert.ok(loaded.ok, loaded.ok ? "" : formatFaults(loaded.faults));
  audit = await openLog({
    store: await openMemoryLog(),
    clock: realClock,
    signer: noteSigner(signerKey("holdfast/test", randomBytes(32))),
    masking: maskingWith(randomBytes(32)),
  });
  const { layers, veils, policy, label } = composeLayers(loaded.config, audit, {
    clock: realClock,
    uncounted: true,
    pseudonyms: createPseudonyms({ random: randomBytes, clock: realClock }),
  });
  const staysInside = (tool: string): boolean => tool === "crm.find_customer";
  rig = await startRig({ gateway: { layers, veils, label, toolName: policy.tools.id, staysInside } });
});
after(() => rig.close());
beforeEach(() => {
  rig.upstream.seen.length = 0;
});

const recorded = async (): Promise<string> => (await audit.source.read(0, audit.size)).map((line) => Buffer.from(line).toString()).join("\n");
const sentBody = (): string => (rig.upstream.seen.at(-1) as Seen).text;
const standIn = (name: string): string =>
  new RegExp(`<${name}-\\d+-[a-z0-9]{8}>`).exec(sentBody())?.[0] ?? assert.fail(`no stand-in of ${name} in ${sentBody()}`);
const TOOLS = ["crm__find_customer", "crm__send_mail", "other"];

/** The same conversation in both dialects: every place where a value can stand. */
const DIALECTS = {
  openai: {
    path: "/v1/chat/completions",
    body: (stream: boolean) => ({
      model: "open/model-a",
      stream,
      user: MAIL,
      messages: [
        { role: "system", content: `Wir nennen es Projekt Falke. Steuer-ID: ${TAX}` },
        {
          role: "user",
          name: "anna",
          content: [{ type: "text", text: `I am ${MAIL}, IBAN ${IBAN}, key ${SECRET}. Again: ${TAX}. Geboren am ${BORN}. It was ${BORN}.` }],
        },
        {
          role: "assistant",
          content: null,
          tool_calls: [
            { id: "c1", type: "function", function: { name: "crm__find_customer", arguments: JSON.stringify({ mail: MAIL, [MAIL]: { iban: IBAN } }) } },
          ],
        },
        { role: "tool", tool_call_id: "c1", content: `{"mail":"${MAIL}","tax":"${TAX}"}` },
      ],
      tools: TOOLS.map((name) => ({ type: "function", function: { name, description: `ask ${MAIL}`, parameters: { type: "object", properties: {} } } })),
    }),
    text: (body: { choices: { message: { content: string } }[] }) => body.choices[0]?.message.content,
    calls: (body: { choices: { message: { tool_calls: { function: { arguments: string } }[] } }[] }) =>
      body.choices[0]?.message.tool_calls.map((call) => JSON.parse(call.function.arguments)),
    streamed: (event: { choices?: { delta?: { content?: string } }[] }) => event.choices?.[0]?.delta?.content ?? "",
  },
  anthropic: {
    path: "/v1/messages",
    body: (stream: boolean) => ({
      model: "claude/model-a",
      max_tokens: 100,
      stream,
      metadata: { user_id: MAIL },
      system: [{ type: "text", text: `Wir nennen es Projekt Falke. Steuer-ID: ${TAX}` }],
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: `I am ${MAIL}, IBAN ${IBAN}, key ${SECRET}. Again: ${TAX}. Geboren am ${BORN}. It was ${BORN}.` },
            { type: "document", source: { type: "base64", media_type: "text/plain", data: Buffer.from(`mail ${MAIL} für uns`).toString("base64") } },
          ],
        },
        { role: "assistant", content: [{ type: "tool_use", id: "c1", name: "crm__find_customer", input: { mail: MAIL, [MAIL]: { iban: IBAN } } }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "c1", content: [{ type: "text", text: `{"mail":"${MAIL}","tax":"${TAX}"}` }] }] },
      ],
      tools: TOOLS.map((name) => ({ name, description: `ask ${MAIL}`, input_schema: { type: "object", properties: {} } })),
    }),
    text: (body: { content: { text?: string }[] }) => body.content[0]?.text,
    calls: (body: { content: { input?: unknown }[] }) => body.content.flatMap(({ input }) => (input === undefined ? [] : [input])),
    streamed: (event: { delta?: { text?: string } }) => event.delta?.text ?? "",
  },
};

for (const [name, dialect] of Object.entries(DIALECTS))
  describe(`pseudonyms, ${name}`, () => {
    const ask = (stream = false): Promise<Response> => rig.post(dialect.path, dialect.body(stream));

    test("no value that was found anywhere in a request reaches the provider, also where nothing would find it", async () => {
      verifies("O-05", "O-01");
      rig.upstream.play(answers("ok"));
      const answered = await ask();
      assert.equal(answered.status, 200, await answered.text());
      const decoded = sentBody().replace(/"data":"([^"]+)"/, (_, data) => Buffer.from(data, "base64").toString());
      for (const value of VALUES) assert.ok(!decoded.includes(value), `${value} in ${decoded}`);
      assert.match(decoded, /\[github-token\]/);
      assert.match(decoded, /crm__find_customer/);
      // The same value has the same stand-in everywhere.
      assert.deepEqual([...new Set(decoded.match(/<email-[^>]*>/g))], [standIn("email")]);
      const first = standIn("email");
      await (await ask()).text();
      assert.equal(standIn("email"), first, "and in the next call of the session");
    });

    test("the answer holds the values again, wherever its pieces are cut; of a mask nothing comes back", async () => {
      verifies("O-05");
      rig.upstream.play(answers("ok"));
      await (await ask()).text();
      const said = `Dear ${standIn("email")}, a < b, ${standIn("iban")} is <yours>; [github-token] <email-9-aaaaaaaa> ${standIn("falcon")}<`;
      const wanted = `Dear ${MAIL}, a < b, ${IBAN} is <yours>; [github-token] <email-9-aaaaaaaa> Projekt Falke<`;
      rig.upstream.play(answers(said));
      assert.equal(dialect.text((await (await ask()).json()) as never), wanted);
      const events = name === "openai" ? openaiLetters(said) : anthropicLetters(said);
      rig.upstream.play(() => ({ headers: { "content-type": "text/event-stream" }, pieces: events }));
      const stream = await (await ask(true)).text();
      const out = [...stream.matchAll(/^data: (\{.*\})$/gm)].map(([, data]) => dialect.streamed(JSON.parse(data as string))).join("");
      assert.equal(out, wanted);
    });

    test("a tool that stays in the house gets the values, one that leaves it or is unknown does not", async () => {
      verifies("O-05");
      rig.upstream.play(answers("ok"));
      await (await ask()).text();
      const args = { to: standIn("email"), text: `for ${standIn("iban")}` };
      rig.upstream.play(
        answers(
          "",
          TOOLS.map((tool, index) => ({ id: `t${index}`, name: tool, args })),
        ),
      );
      const calls = dialect.calls((await (await ask()).json()) as never);
      assert.deepEqual(calls, [{ to: MAIL, text: `for ${IBAN}` }, args, args]);
    });

    test("an answer that was asked for as JSON is JSON with the values in it, whatever they hold", async () => {
      verifies("O-05", "O-06");
      const address = "Hauptstraße 5\n10115 Berlin";
      const schema = { type: "object", properties: { to: { type: "string" } } };
      const form =
        name === "openai"
          ? { response_format: { type: "json_schema", json_schema: { name: "letter", schema } } }
          : { output_config: { format: { type: "json_schema", schema } } };
      const asJson = (stream = false): Promise<Response> =>
        rig.post(dialect.path, { ...dialect.body(stream), ...form, messages: [{ role: "user", content: `Letter to: ${address}` }] });
      rig.upstream.play(answers("{}"));
      await (await asJson()).text();
      const said = JSON.stringify({ to: standIn("postal-address") });
      rig.upstream.play(answers(said));
      const whole = JSON.parse(dialect.text((await (await asJson()).json()) as never) ?? "");
      const events = name === "openai" ? openaiLetters(said) : anthropicLetters(said);
      rig.upstream.play(() => ({ headers: { "content-type": "text/event-stream" }, pieces: events }));
      const stream = await (await asJson(true)).text();
      const streamed = [...stream.matchAll(/^data: (\{.*\})$/gm)].map(([, data]) => dialect.streamed(JSON.parse(data as string))).join("");
      for (const { to } of [whole, JSON.parse(streamed)]) assert.ok(to.includes("5\n10115 Berlin"), to);
    });

    test("the log holds none of the values", async () => {
      verifies("A-03");
      rig.upstream.play(answers("ok"));
      await (await ask()).text();
      const args = { note: BORN };
      rig.upstream.play(
        answers(`Hello ${standIn("email")} ${standIn("german-tax-id")}`, [{ id: "t", name: "crm__find_customer", args: { note: standIn("birth-date") } }]),
      );
      const calls = dialect.calls((await (await ask()).json()) as never);
      assert.deepEqual(calls, [args], "the tool gets it");
      await audit.flush();
      const log = await recorded();
      for (const value of VALUES)
        assert.ok(!log.includes(value), `${value} in the log: ${log.slice(Math.max(0, log.indexOf(value) - 60), log.indexOf(value) + 40)}`);
      assert.match(log, /<email-1-/);
    });
  });

test("another session has other stand-ins, and does not get the values of the first", async () => {
  verifies("O-05");
  const ask = (user: string, content: string): Promise<Response> =>
    rig.post("/v1/chat/completions", { model: "open/model-a", user, messages: [{ role: "user", content }] });
  rig.upstream.play(answers("ok"));
  await (await ask("one", `I am ${MAIL}`)).text();
  const first = standIn("email");
  await (await ask("two", "I am bob@kunde.example")).text();
  assert.notEqual(standIn("email").slice(-9), first.slice(-9));
  rig.upstream.play(answers(`who is ${first}?`));
  const body = (await (await ask("two", "I am bob@kunde.example")).json()) as { choices: { message: { content: string } }[] };
  assert.equal(body.choices[0]?.message.content, `who is ${first}?`);
});

test("a request with more values than a session has room for is refused before the provider sees any", async () => {
  verifies("O-05");
  const content = Array.from({ length: 2_001 }, (_, at) => `p${at}@kunde.example`).join(" ");
  const answered = await rig.post("/v1/chat/completions", { model: "open/model-a", messages: [{ role: "user", content }] });
  assert.ok(answered.status === 400 || answered.status === 403, `${answered.status}`);
  assert.match(await answered.text(), /too many values/);
  assert.equal(rig.upstream.seen.length, 0);
});

test("the tokens of what the provider would see are counted", async () => {
  rig.upstream.play(answers("ok"));
  const { stream: _, ...body } = DIALECTS.anthropic.body(false);
  assert.equal((await rig.post("/v1/messages/count_tokens", body)).status, 200);
  for (const value of VALUES) assert.ok(!sentBody().includes(value), value);
});

function openaiLetters(text: string): string[] {
  const chunk = (delta: object, finish_reason: string | null = null): string =>
    sse({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "model-a", choices: [{ index: 0, delta, finish_reason }] });
  return [chunk({ role: "assistant", content: "" }), ...Array.from(text, (content) => chunk({ content })), chunk({}, "stop"), "data: [DONE]\n\n"];
}

function anthropicLetters(text: string): string[] {
  const event = (type: string, fields: object): string => sse({ type, ...fields }, type);
  const message = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "model-a",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  };
  return [
    event("message_start", { message }),
    event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    ...Array.from(text, (letter) => event("content_block_delta", { index: 0, delta: { type: "text_delta", text: letter } })),
    event("content_block_stop", { index: 0 }),
    event("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 7 } }),
    event("message_stop", {}),
  ];
}
