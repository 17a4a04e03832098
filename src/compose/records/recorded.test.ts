import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Layers, Part } from "../../core/layers.ts";
import type { Request } from "../../core/request.ts";
import type { Policy } from "../../permission/index.ts";
import { sandboxLayer } from "../../sandbox/execute.ts";
import { createRecordings } from "../../sandbox/recordings.ts";
import { recordedAnswers } from "./recorded.ts";

const ANSWER: JsonObject = { content: [{ type: "text", text: "seven" }] };
const NO_DECISION = { effect: "permit", reasons: [], obligations: [] } as const;
const asked = (
  more: { readonly principal?: object; readonly tool?: string; readonly args?: JsonObject; readonly surface?: string; readonly note?: string } = {},
): Request => ({
  id: "req_1",
  principal: { agent: "a", capability: "k", user: "u", session: "s", ...more.principal },
  action: { type: "tool.call", tool: more.tool ?? "crm.read", args: more.args ?? { id: 7 } },
  content: more.note === undefined ? [] : [{ source: { kind: "model" }, label: {} as never, value: { note: more.note } }],
  context: { time: 0, surface: more.surface ?? "mcp-gateway" },
});

function house() {
  const state = { now: 0, trust: "internal", effect: "read" as "read" | "write", mode: "cached" as "cached" | "refuse" };
  const agent = {
    subject: () => ({ facts: { effect: state.effect } }),
    get degrade() {
      return { downstream: state.mode, breaker: "refuse", budget: "refuse", store: "refuse", recorded: 10_000 };
    },
  };
  const policy = {
    agents: new Map([
      ["a", agent],
      ["b", agent],
    ]),
  } as unknown as Policy;
  const answers = recordedAnswers(createRecordings(), { policy: () => policy, clock: { monotonic: () => state.now }, label: () => ({ trust: state.trust }) });
  const { sandbox } = answers.over({ sandbox: sandboxLayer({ drivers: {}, recorded: answers.take }) } as Layers);
  /** Performs a call that answers this. */
  const perform = async (request: Request, original: JsonObject = ANSWER): Promise<void> => {
    const parts = [
      { type: "mark", mark: { event: {}, original } },
      { type: "value", channel: "result", value: {} },
    ] as const;
    const executed = await sandbox.execute(
      request,
      NO_DECISION,
      async () => ({ pump: async (write) => void (await Promise.all(parts.map((part) => write(part)))) }),
      new AbortController().signal,
    );
    if (executed.kind === "ran") await executed.answer.pump(() => {});
  };
  return { state, answers, perform, sandbox };
}

test("an answer stands in for exactly the same call of the same caller, and for no other", async () => {
  verifies("C-11");
  const { answers, perform } = house();
  await perform(asked());
  assert.equal(answers.of(asked(), 10_000)?.of, "req_1");
  for (const other of [
    { principal: { agent: "b" } },
    { principal: { capability: "k2" } },
    { principal: { user: "v" } },
    { principal: { session: "t" } },
    { tool: "crm.read_all" },
    { args: { id: 8 } },
    { args: { id: "7" } },
    { args: { id: 7, more: true } },
    { surface: "api" },
    { surface: "llm-gateway" },
    { note: "with something beside" },
  ])
    assert.equal(answers.of(asked(other), 10_000), undefined, JSON.stringify(other));
});

test("an answer stands in no longer than it may, and not once its label is another, its tool changes something, or nothing is configured", async () => {
  verifies("C-11");
  const { state, answers, perform } = house();
  await perform(asked());
  state.now = 10_000;
  assert.deepEqual(answers.take(asked(), "req_1"), { answer: ANSWER, age: 10_000 });
  assert.equal(answers.take(asked(), "req_2"), undefined, "another answer than was decided");
  state.now = 10_001;
  assert.equal(answers.of(asked(), 10_000), undefined);
  assert.equal(answers.take(asked(), "req_1"), undefined);
  state.now = 0;
  state.trust = "untrusted";
  assert.equal(answers.of(asked(), 10_000), undefined);
  assert.equal(answers.take(asked(), "req_1"), undefined);
  state.trust = "internal";
  state.effect = "write";
  assert.equal(answers.take(asked(), "req_1"), undefined);
});

test("what failed, asks for more or goes on is no answer, nor is what a write answered, and nothing is kept where nothing is configured", async () => {
  verifies("C-11");
  const { state, answers, perform } = house();
  for (const answer of [{ isError: true }, { inputRequests: {} }, { task: { taskId: "t" } }]) {
    await perform(asked(), answer);
    assert.equal(answers.of(asked(), 10_000), undefined, JSON.stringify(answer));
  }
  state.effect = "write";
  await perform(asked());
  state.effect = "read";
  assert.equal(answers.of(asked(), 10_000), undefined);
  state.mode = "refuse";
  await perform(asked());
  state.mode = "cached";
  assert.equal(answers.of(asked(), 10_000), undefined);
});

test("what is decided to be answered from a record is not performed, and is refused where the record is gone", async () => {
  verifies("C-11");
  const { state, perform, sandbox } = house();
  await perform(asked());
  const decision = { effect: "permit", reasons: [], obligations: [{ kind: "recorded", of: "req_1" }] } as const;
  const given: Request["recorded"][] = [];
  const run = (of = decision) =>
    sandbox.execute(
      asked(),
      of,
      async (request) => {
        given.push(request.recorded);
        return {
          pump: async (write) =>
            void (await Promise.all(
              [
                { type: "mark", mark: { event: {}, original: { content: [] } } },
                { type: "value", channel: "result", value: {} },
              ].map((part) => write(part as Part)),
            )),
        };
      },
      new AbortController().signal,
    );
  state.now = 1_000;
  assert.equal((await run()).kind, "ran");
  assert.deepEqual(given, [{ answer: ANSWER, age: 1_000 }]);
  const two = {
    ...decision,
    obligations: [
      { kind: "recorded", of: "req_1" },
      { kind: "recorded", of: "req_0" },
    ],
  } as unknown as typeof decision;
  // What stood in is not written down again, and so grows older.
  const again = await run();
  if (again.kind === "ran") await again.answer.pump(() => {});
  assert.deepEqual(given.splice(1), [{ answer: ANSWER, age: 1_000 }]);
  state.now = 2_000;
  await run();
  assert.deepEqual(given.splice(1), [{ answer: ANSWER, age: 2_000 }]);
  const refused = [await run(two)];
  state.now = 20_000;
  refused.push(await run());
  assert.deepEqual(
    refused.map((one) => (one.kind === "refused" ? one.reason.id : one.kind)),
    ["degraded/two-answers", "degraded/gone"],
  );
  assert.equal(given.length, 1);
});
