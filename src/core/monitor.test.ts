import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { model, type Scenario } from "../../test/reference/guard.ts";
import { request, scripted } from "../../test/scripted-layers.ts";
import { verifies } from "../../test/verifies.ts";
import type { Answer, Part, Released } from "./layers.ts";
import { guard } from "./monitor.ts";

const PERFECT: Scenario = {
  open: "ok",
  input: "permit",
  permission: "permit",
  oversight: "nobody",
  record: "ok",
  sandbox: "runs",
  output: "clean",
  deliver: "ok",
};

/** Runs the real guard in a scenario and says what came of it in the model's words. */
async function observe(scenario: Scenario) {
  const { layers, journal } = scripted(scenario);
  const delivered: Released[] = [];
  const aborting = new AbortController();
  // What ignores every deadline of its own is ended by the surface's signal: here soon, in production by the total time limit.
  const hung = setTimeout(() => aborting.abort(), 25);
  const parts: Part[] = [
    { type: "text", channel: "text/0", text: "hi" },
    { type: "end", channel: "text/0" },
  ];
  if (scenario.proposes !== undefined) parts.push({ type: "calls", channel: "calls/0", requests: [request("call", "asked")] });
  const answer: Answer = {
    async pump(write) {
      for (const part of parts) await write(part);
    },
  };
  const perform = async (): Promise<Answer> => {
    // INVARIANT: by now the intent is on stable storage.
    assert.equal(journal.intents.at(-1)?.effect, "permit");
    journal.performed++;
    return answer;
  };
  const deliver = (part: Released): void | Promise<void> => {
    if (scenario.deliver === "throws") throw new Error("the client is gone");
    if (scenario.deliver === "hangs") return new Promise(() => {});
    delivered.push(part);
  };
  let status: string;
  try {
    status = (await guard(layers, request("asked"), perform, deliver, aborting.signal)).status;
  } catch (error) {
    assert.equal((error as { code?: string }).code ?? "unavailable", "unavailable");
    status = "unrecorded";
  } finally {
    clearTimeout(hung);
  }
  const call = delivered.flatMap((part) => (part.type === "calls" ? part.calls : []))[0];
  return {
    journal,
    seen: {
      status,
      performed: journal.performed > 0,
      text: delivered.some((part) => part.type === "text"),
      call: call === undefined ? "none" : call.decision.effect === "permit" ? "permitted" : "refused",
    },
  };
}

const effect = fc.constantFrom("permit" as const, "ask" as const, "deny" as const);
const broken = fc.constantFrom("throws" as const, "hangs" as const, "late" as const, "odd" as const);
// Mostly healthy, so that random scenarios reach the end of the path as well as its first steps.
const mostly = <T, U>(usual: T, other: fc.Arbitrary<U>) => fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
const scenario: fc.Arbitrary<Scenario> = fc.record(
  {
    open: mostly("ok" as const, fc.constant("throws" as const)),
    input: mostly("permit" as const, fc.oneof(effect, broken)),
    permission: mostly("permit" as const, fc.oneof(effect, broken, fc.constant("silent" as const))),
    oversight: fc.oneof(
      fc.constantFrom("permit" as const, "deny" as const, "wait" as const, "nobody" as const, "throws" as const, "hangs" as const),
      fc.record({ editedTo: fc.record({ input: effect, permission: effect, answer: fc.constantFrom("permit" as const, "deny" as const, "nobody" as const) }) }),
    ),
    record: mostly("ok" as const, fc.constantFrom("throws" as const, "hangs" as const)),
    sandbox: mostly(
      "runs" as const,
      fc.constantFrom("refuses" as const, "throws before" as const, "throws after" as const, "hangs before" as const, "hangs after" as const),
    ),
    output: mostly("clean" as const, fc.constantFrom("blocks" as const, "throws at open" as const, "throws at text" as const, "throws at verdict" as const)),
    deliver: mostly("ok" as const, fc.constantFrom("throws" as const, "hangs" as const)),
    proposes: effect,
  },
  { requiredKeys: ["open", "input", "permission", "oversight", "record", "sandbox", "output", "deliver"], noNullPrototype: true },
);

test("the guarded path does what its model says, in every scenario of broken layers", async () => {
  verifies("P-01", "A-06");
  await fc.assert(
    fc.asyncProperty(scenario, async (one) => {
      const { seen } = await observe(one);
      assert.deepEqual(seen, model(one));
    }),
    { numRuns: 1500 },
  );
});

test("every request that was recorded ends in exactly one outcome record, and every effect has its intent first", async () => {
  verifies("A-06");
  await fc.assert(
    fc.asyncProperty(scenario, async (one) => {
      const { journal, seen } = await observe(one);
      if (seen.performed) assert.ok(journal.intents.some(({ id, effect }) => id === "asked" && effect === "permit"));
      for (const { id } of journal.intents) assert.equal(journal.outcomes.filter((closed) => closed.id === id).length, 1, id);
    }),
    { numRuns: 500 },
  );
});

/** The fault matrix: each part of the path × {throws, hangs, late, odd, done but unanswered}. No effect passes before a permit. */
const MATRIX: readonly (readonly [string, Partial<Scenario>])[] = [
  ["audit cannot open", { open: "throws" }],
  ["the record cannot be written", { record: "throws" }],
  ["the record hangs", { record: "hangs" }],
  ...(["throws", "hangs", "late", "odd"] as const).flatMap((how) => [
    [`input ${how}`, { input: how }] as const,
    [`permission ${how}`, { permission: how }] as const,
  ]),
  ["permission is silent", { permission: "silent" }],
  ["oversight throws", { permission: "ask", oversight: "throws" }],
  ["oversight hangs", { permission: "ask", oversight: "hangs" }],
  ["nobody can be asked", { permission: "ask", oversight: "nobody" }],
  ["the sandbox refuses", { sandbox: "refuses" }],
  ["the sandbox throws before performing", { sandbox: "throws before" }],
  ["the sandbox hangs before performing", { sandbox: "hangs before" }],
];

for (const [name, fault] of MATRIX)
  test(`nothing is performed and nothing leaves when ${name}`, async () => {
    const { seen } = await observe({ ...PERFECT, ...fault });
    assert.deepEqual([seen.performed, seen.text, seen.call], [false, false, "none"]);
    assert.notEqual(seen.status, "done");
  });

for (const [name, fault] of [
  ["performing failed after the effect", { sandbox: "throws after" }],
  ["performing hung after the effect", { sandbox: "hangs after" }],
  ["the filter could not be opened", { output: "throws at open" }],
  ["the filter broke", { output: "throws at text" }],
  ["the receiver is gone", { deliver: "throws" }],
  ["the receiver hangs", { deliver: "hangs" }],
] as const)
  test(`failed is not denied: when ${name}, the record says that the effect may exist, and nothing leaves`, async () => {
    const { seen, journal } = await observe({ ...PERFECT, ...fault });
    assert.deepEqual(seen, { status: "failed", performed: true, text: false, call: "none" });
    assert.equal(journal.outcomes[0]?.outcome.status, "failed");
  });

test("a person turns ask into permit, and only ask", async () => {
  verifies("P-01");
  assert.equal((await observe({ ...PERFECT, permission: "ask", oversight: "permit" })).seen.status, "done");
  assert.equal((await observe({ ...PERFECT, permission: "deny", oversight: "permit" })).seen.status, "denied");
  assert.equal((await observe({ ...PERFECT, input: "deny", oversight: "permit" })).seen.status, "denied");
});

test("an edited request is decided again, and a denial of the edit stands", async () => {
  const edited = (permission: "permit" | "deny") => ({
    ...PERFECT,
    permission: "ask" as const,
    oversight: { editedTo: { input: "permit" as const, permission, answer: "nobody" as const } },
  });
  assert.equal((await observe(edited("permit"))).seen.status, "done");
  assert.equal((await observe(edited("deny"))).seen.status, "denied");
});

test("a blocked answer leaves nothing behind, and the record says that the model was asked", async () => {
  verifies("O-05");
  const { seen, journal } = await observe({ ...PERFECT, output: "blocks", proposes: "permit" });
  assert.deepEqual(seen, { status: "done", performed: true, text: false, call: "none" });
  const outcome = journal.outcomes[0]?.outcome;
  assert.equal(outcome?.status === "done" && outcome.verdict.decision.effect, "deny");
});

test("an answer that cannot say what it used ends in a record all the same", async () => {
  for (const pump of [async () => {}, async () => Promise.reject(new Error("broken off"))]) {
    const { layers, journal } = scripted(PERFECT);
    const facts = (): never => {
      throw new Error("no number");
    };
    const { status } = await guard(
      layers,
      request("asked"),
      async () => ({ pump, facts }),
      () => {},
      new AbortController().signal,
    );
    assert.deepEqual(
      journal.outcomes.map(({ outcome }) => outcome.status),
      [status],
    );
  }
});

test("a proposed call is a request of its own: it is recorded, decided, and handed on only if permitted", async () => {
  for (const [proposes, call] of [
    ["permit", "permitted"],
    ["ask", "refused"],
    ["deny", "refused"],
  ] as const) {
    const { seen, journal } = await observe({ ...PERFECT, proposes });
    assert.equal(seen.call, call);
    assert.deepEqual(journal.intents.at(-1), { id: "call", effect: proposes });
  }
});
