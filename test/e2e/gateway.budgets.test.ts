/** Budgets as both vendors' own clients meet them: what a call can use at most, what it did use, and what a client is told. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { settling } from "../../src/compose/records/settling.ts";
import { defaultLabel } from "../../src/core/content.ts";
import type { Demand } from "../../src/core/request.ts";
import { budgetsOf, compilePolicy, createLedger, type Ledger, memoryLeases, type Policy, permissionLayer } from "../../src/permission/index.ts";
import type { GatewayOptions } from "../../src/surfaces/llm-gateway/gateway.ts";
import { markingFor, SPOTLIGHTS } from "../../src/surfaces/llm-gateway/marking.ts";
import { verifies } from "../verifies.ts";
import { chat, message, type Rig, startRig } from "./gateway-rig.ts";
import { type MemoryLayers, memoryLayers, realClock } from "./memory-layers.ts";
import { answers, anthropicEvents, openaiEvents } from "./upstream.ts";

const DAY = 86_400_000;
let rig: Rig;
let memory: MemoryLayers;
let ledger: Ledger;
let policy: Policy;

/** A gateway whose agent has this budget of tokens a day. */
async function open(tokens: number, ms = DAY, marking: NonNullable<GatewayOptions["marking"]> = () => undefined): Promise<void> {
  memory = memoryLayers();
  const compiled = compilePolicy({
    models: { open: { provider: "openai", max_output: 500 }, claude: { provider: "anthropic" } },
    tools: {},
    roles: { all: { read: ["*"], write: ["*"], deny: [] } },
    agents: {
      support: {
        role: "all",
        models: ["*"],
        limits: { requests: { count: 10_000, ms: 1_000, text: "" }, budget: { tokens: { count: tokens, ms, text: `${tokens}/day` } } },
      },
    },
    rules: [],
    flow: { mode: "monitor", rule_of_two: "off" },
    timezone: "UTC",
  });
  assert.ok(compiled.ok);
  policy = compiled.policy;
  ledger = createLedger(memoryLeases(), realClock);
  const permission = permissionLayer(policy, { clock: realClock, ledger });
  const layers = { ...memory.layers, permission, audit: settling(memory.layers.audit, permission.settle) };
  rig = await startRig({ gateway: { layers, marking } });
}
beforeEach(() => open(1_000_000));
afterEach(() => rig.close());

const state = () => {
  const [budget] = budgetsOf(policy, "support");
  const [{ used, reserved } = { used: 0, reserved: 0 }] = ledger.states(budget!, 1);
  return { used, reserved };
};
const demand = (): Demand => memory.intents.at(-1)?.request.demand ?? assert.fail("nothing was asked");

test("what a call can use is bounded by its bytes and by what it asks for; what nobody can bound is refused to an agent with a budget", async () => {
  verifies("C-09");
  const body = { ...chat(false, "ümläut"), max_tokens: 70 };
  await (await rig.post("/v1/chat/completions", body)).text();
  const bytes = Buffer.byteLength(JSON.stringify(body));
  assert.deepEqual(demand(), { bytes, input: bytes + 64, output: 70 });

  const outputs: readonly (readonly [object, Demand["output"]])[] = [
    [{}, undefined],
    [{ max_tokens: 10, max_completion_tokens: 30, n: 3 }, 90],
    [{ n: 2 }, "unbounded"],
    [{ max_tokens: -1 }, "unbounded"],
    [{ max_tokens: 1.5 }, "unbounded"],
    [{ max_tokens: 10, n: 1e9 }, "unbounded"],
    [{ max_tokens: 10, best_of: 5 }, "unbounded"],
    [{ max_tokens: 10, prediction: { type: "content", content: "x" } }, "unbounded"],
  ];
  for (const [more, output] of outputs) {
    const answer = await rig.post("/v1/chat/completions", { ...chat(), ...more });
    const text = await answer.text();
    assert.equal(demand().output, output, JSON.stringify(more));
    assert.equal(answer.status, output === "unbounded" ? 403 : 200, text);
    if (output === "unbounded") assert.match(text, /budget\/unbounded/);
  }

  const png = "A".repeat(4_000);
  const image = { ...chat(), messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: `data:image/png;base64,${png}` } }] }] };
  await (await rig.post("/v1/chat/completions", image)).text();
  const { input = 0 } = demand();
  assert.ok(input > 48_169 && input < 48_169 + 400, `an image counts as the most that one can be, not by its bytes: ${input}`);

  const parts: readonly object[] = [
    { type: "file", file: { file_id: "file-1" } },
    { type: "file", file: { filename: "a.pdf", file_data: "JVBERi0=" } },
  ];
  for (const part of parts) {
    const answer = await rig.post("/v1/chat/completions", { ...chat(), messages: [{ role: "user", content: [part] }] });
    assert.equal(answer.status, 403);
    assert.match(await answer.text(), /budget\/unbounded/);
    assert.equal(demand().input, undefined);
  }
  for (const more of [
    { messages: [{ role: "user", content: [{ type: "document", source: { type: "url", url: "https://example.com/a.pdf" } }] }] },
    { tools: [{ type: "web_search_20250305", name: "web_search" }] },
  ]) {
    const answer = await rig.post("/v1/messages", { ...message(), ...more });
    assert.equal(answer.status, 403, JSON.stringify(more));
    assert.match(await answer.text(), /budget\/unbounded/);
  }
  await (await rig.post("/v1/messages", { ...message(), tools: [{ type: "bash_20250124", name: "bash" }] })).text();
  assert.ok((demand().input ?? 0) > 2_048, "the client runs it: only its instructions are added");
});

test("what is put into a call on its way is a part of what it can use", async () => {
  verifies("C-09");
  // The shortest words there are: each space becomes a sign of three bytes.
  const mail = "a ".repeat(2_000);
  const call = { id: "call_1", type: "function", function: { name: "read_mail", arguments: "{}" } };
  const openai = {
    ...chat(),
    max_tokens: 10,
    messages: [
      { role: "user", content: "read my mail" },
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "call_1", content: mail },
    ],
  };
  const anthropic = {
    ...message(),
    messages: [
      { role: "user", content: "read my mail" },
      { role: "assistant", content: [{ type: "tool_use", id: "toolu_1", name: "read_mail", input: {} }] },
      {
        role: "user",
        content: [
          {
            type: "tool_result",
            tool_use_id: "toolu_1",
            content: [
              { type: "text", text: mail },
              { type: "document", source: { type: "text", media_type: "text/plain", data: mail } },
            ],
          },
        ],
      },
    ],
  };
  for (const spotlight of SPOTLIGHTS) {
    await rig.close();
    await open(1_000_000, DAY, (request) =>
      markingFor(request, { spotlight, canary: "hfc-abcdefghij234567abcd", label: defaultLabel, random: (bytes) => "e1".repeat(bytes) }),
    );
    for (const [path, body] of [
      ["/v1/chat/completions", openai],
      ["/v1/messages", anthropic],
    ] as const) {
      rig.upstream.seen.length = 0;
      const answer = await rig.post(path, body);
      assert.equal(answer.status, 200, await answer.text());
      const sent = Buffer.byteLength(JSON.stringify(rig.upstream.seen[0]?.body));
      assert.ok(sent > Buffer.byteLength(JSON.stringify(body)), "something was put into it");
      const { bytes, input = 0 } = demand();
      assert.ok(bytes >= sent - 64 && input >= sent, `${spotlight} ${path}: ${sent} were sent, ${bytes} and ${input} counted`);
    }
  }
});

test("a call is settled by what the upstream says was used, streamed or whole, in both dialects", async () => {
  verifies("C-09");
  let calls = 0;
  for (const stream of [false, true]) {
    await (await rig.post("/v1/chat/completions", chat(stream))).text();
    await (await rig.post("/v1/messages", message(stream))).text();
    calls += 2;
    assert.deepEqual(state(), { used: calls * 18, reserved: 0 });
  }
  const so = state().used;
  const counted = await rig.post("/v1/messages/count_tokens", { model: "claude/model-a", messages: [{ role: "user", content: "hello" }] });
  assert.equal(counted.status, 200);
  assert.equal(state().used, so, "counting is free of charge");
});

test("a stream that was cut keeps all that was reserved, although some of its use was told; what the upstream refused costs nothing", async () => {
  verifies("C-09");
  rig.upstream.play((seen) =>
    seen.path.endsWith("/messages")
      ? { headers: { "content-type": "text/event-stream" }, pieces: anthropicEvents("hello there").slice(0, 4), ends: "reset" }
      : { headers: { "content-type": "text/event-stream" }, pieces: openaiEvents("hello there").slice(0, 2), ends: "reset" },
  );
  await (await rig.post("/v1/messages", message(true))).text().catch(() => "");
  const { used } = state();
  assert.ok(used > 100, `100 could be written, and ${used} are counted`);
  await (await rig.post("/v1/chat/completions", { ...chat(true), max_tokens: 90 })).text().catch(() => "");
  assert.ok(state().used > used + 90);
  const so = state();
  rig.upstream.play(() => ({ status: 400, pieces: [JSON.stringify({ error: { message: "no", type: "invalid_request_error" } })] }));
  await (await rig.post("/v1/chat/completions", chat())).text();
  assert.deepEqual(state(), so);
  rig.upstream.play(() => ({ status: 500, pieces: ["{}"] }));
  await (await rig.post("/v1/chat/completions", chat())).text();
  assert.ok(state().used > so.used + 500, "what failed at the upstream may have been made");
  rig.upstream.play(answers("hello"));
});

test("an answer that the output filter cuts keeps all that was reserved", async () => {
  verifies("C-09");
  rig.upstream.play(answers("this word is FORBIDDEN and more follows"));
  await (await rig.post("/v1/messages", message(true))).text();
  assert.ok(state().used > 100, String(state().used));
});

test("both vendors' clients are told of a used-up day once, and come back by themselves where it is free again at once", async () => {
  verifies("C-09");
  await rig.close();
  await open(800);
  const used = (): number => memory.intents.length;
  await (await rig.post("/v1/messages", { ...message(), max_tokens: 600 })).text();
  // Some more, until little is left.
  rig.upstream.play(() => ({ pieces: [JSON.stringify({ ...JSON.parse(whole), usage: { input_tokens: 300, output_tokens: 480 } })] }));
  await (await rig.post("/v1/messages", { ...message(), max_tokens: 500 })).text();
  assert.equal(state().used, 18 + 780);
  const count = used();
  await assert.rejects(rig.openai({ maxRetries: 3 }).chat.completions.create(chat()), (error: unknown) => {
    assert.ok(error instanceof OpenAI.RateLimitError);
    assert.equal(error.code, "limits/budget/tokens");
    assert.ok(Number(error.headers.get("retry-after")) > 80_000);
    return true;
  });
  assert.equal(used(), count + 1, "asked once");
  await assert.rejects(rig.anthropic({ maxRetries: 3 }).messages.create({ ...message(), stream: false }), (error: unknown) => {
    assert.ok(error instanceof Anthropic.RateLimitError);
    assert.match(error.message, /the budget of 800\/day for this agent is used up/);
    return true;
  });
  assert.equal(used(), count + 2, "asked once");

  await rig.close();
  await open(900);
  const asked = Promise.withResolvers<void>();
  rig.upstream.play((seen) => {
    asked.resolve();
    return { ...answers("hello")(seen), pieces: [" ", whole], every: 400 };
  });
  // While one call holds nearly all, another waits as it is told, and then has its turn.
  const first = rig.post("/v1/messages", { ...message(), max_tokens: 600 });
  await asked.promise;
  const second = rig.anthropic({ maxRetries: 3 }).messages.create({ ...message(), max_tokens: 600, stream: false });
  assert.equal((await first).status, 200);
  assert.equal((await second).type, "message");
});

const whole = JSON.stringify({
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "model-a",
  content: [{ type: "text", text: "hello" }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 11, output_tokens: 7 },
});
