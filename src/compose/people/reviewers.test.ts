import assert from "node:assert/strict";
import { test } from "node:test";
import { anna, asked, ben, DONE, kindOf, MINUTE, needing, operator, pay, rig, seal } from "../../../test/oversight/rig.ts";
import { verifies } from "../../../test/verifies.ts";
import { outOfTheBox } from "../../config/index.ts";
import { NEUTRAL } from "../../core/decision.ts";
import { UNTRUSTED } from "../../core/label.ts";
import type { AuditLayer, Layers } from "../../core/layers.ts";
import type { Request } from "../../core/request.ts";
import { type Inbox, openReviewers, verifyReceipt } from "../../oversight/index.ts";
import { approvalsOf } from "./approvals.ts";
import { planting } from "./reviewers.ts";

const wish = (over: Partial<Request> = {}) => pay({ to: "anna@customer.example", amount: 12, invoice: "T-17", note: "the second half" }, over);

async function house({ share = 1 } = {}) {
  const one = await rig();
  const recorded: { readonly event: string; readonly id: string }[] = [];
  const audit: AuditLayer = {
    open: ({ id }) => ({
      decided: async () => void recorded.push({ event: "intent", id }),
      close: ({ status }) => void recorded.push({ event: status, id }),
    }),
  };
  const layers = { input: { inspect: () => ({ decision: NEUTRAL, label: UNTRUSTED, passages: [] }) } } as unknown as Layers;
  const timers = new Set<{ at: number; fire: () => void }>();
  let ids = 0;
  const failures: unknown[] = [];
  const plantIn = (inbox: Inbox) =>
    planting({
      inbox,
      audit,
      layers: () => layers,
      clock: {
        now: () => one.world.wall,
        monotonic: () => one.world.monotonic,
        timer(ms, fire) {
          const timer = { at: one.world.monotonic + ms, fire };
          timers.add(timer);
          return () => void timers.delete(timer);
        },
      },
      random: () => new Uint8Array(4),
      newId: () => `req_planted_${++ids}`,
      share: () => share,
      failed: (error) => failures.push(error),
    });
  const planted = plantIn(one.inbox);
  const reviewers = await openReviewers({ load: async () => [], save: async () => {} }, () => ({ share: 0.95, ms: 5_000, last: 20 }));
  const pass = async (ms: number): Promise<void> => {
    one.pass(ms);
    for (const timer of [...timers]) if (timer.at <= one.world.monotonic && timers.delete(timer)) timer.fire();
    for (let n = 0; n < 20; n++) await Promise.resolve();
    await new Promise(setImmediate);
  };
  return { ...one, pass, planted, plantIn, recorded, failures, forms: approvalsOf(one.inbox, outOfTheBox, reviewers) };
}

/** The names of all members, however deep; arrays by their first item. */
const shapeOf = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.slice(0, 1).map(shapeOf)
    : typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shapeOf(one)]))
      : typeof value;

test("until it is answered, nothing that the approver's API shows tells a planted question from a real one, and it has its record like every other", async () => {
  verifies("H-02");
  const { ask, pass, forms, recorded, failures, inbox } = await house();
  await ask(wish());
  await pass(MINUTE);
  const [control, real] = await forms.list(10);
  assert.deepEqual(failures, []);
  assert.deepEqual([control?.id, control?.state, real?.id], ["HF-2", "pending", "HF-1"]);
  assert.deepEqual(shapeOf(control), shapeOf(real));
  assert.deepEqual(shapeOf(await forms.get("HF-2", "anna")), shapeOf(await forms.get("HF-1", "anna")));
  assert.match(control?.digest ?? "", /^[0-9a-f]{64}$/);
  assert.deepEqual(control?.args, { to: "drop-box@collector-7.example", amount: 12_000, invoice: "T-17", note: control?.args?.["note"] });
  assert.deepEqual(recorded, [
    { event: "intent", id: control?.request },
    { event: "pending", id: control?.request },
  ]);
  assert.equal(inbox.waiting, 2);
  assert.deepEqual(await forms.rule("HF-2"), await forms.rule("HF-1"), "nor what is said of a rule that could be made of it");
  assert.equal(await forms.ticket("HF-2", { agent: "support", capability: "key_1" }), undefined, "no agent has asked it");
});

test("nothing comes of a planted question: an agent that asks for just that asks anew, whatever a person has answered", async () => {
  verifies("H-02");
  for (const action of ["approve", "edit", "reject"] as const) {
    const { ask, pass, inbox, forms, restart } = await house();
    await ask(wish());
    await pass(MINUTE);
    const planted = await inbox.get("HF-2");
    const args = planted?.bound.action.args ?? {};
    const same = pay(args);
    if (action === "approve") await ask(same, undefined);
    const answered = await (action === "edit" ? inbox.edit("HF-2", anna, { ...args, amount: 1 }) : inbox[action]("HF-2", anna));
    assert.ok("approval" in answered);
    for (const by of [inbox, await restart()]) {
      const resolution = await ask(pay(args), undefined, by);
      assert.equal(kindOf(resolution), "wait", action);
      assert.ok(resolution.kind === "wait" && resolution.ticket !== "HF-2");
      assert.equal(by.concerns(pay({ ...args, amount: 1 })), false);
    }
    const shown = await forms.get("HF-2");
    assert.equal(shown?.control, { approve: "missed", edit: "changed", reject: "caught" }[action], "and it is told apart right after the answer");
    assert.deepEqual(shown?.uses, []);
    const receipt = shown?.receipt as Parameters<typeof verifyReceipt>[0];
    assert.ok(verifyReceipt(receipt, seal));
    assert.equal(receipt.statement["control"], true, "also in what was signed");
  }
});

test("a planted question is marked in the record when it is answered, and when nobody did; of one that needs two people, the first has answered it", async () => {
  verifies("H-02");
  const { ask, pass, inbox, records } = await house();
  await ask(wish(), needing(["finance"], 2));
  await pass(MINUTE);
  await inbox.approve("HF-2", anna);
  assert.deepEqual(records.at(-1)?.["control"], "missed");
  assert.equal((await inbox.get("HF-2"))?.state, "approved");
  assert.equal("refused" in (await inbox.approve("HF-2", ben)), true);
  const other = await house();
  await other.ask(wish());
  await other.pass(MINUTE);
  await other.pass(62 * MINUTE);
  assert.deepEqual(
    other.records.map(({ event, ticket }) => [event, ticket]),
    [["control-unanswered", "HF-2"]],
  );
  assert.equal((await other.forms.get("HF-2"))?.control, "unanswered");
});

test("none is planted beside a question that people may answer in a chat: there its missing buttons would give it away", async () => {
  verifies("H-04");
  const { ask, pass, inbox } = await house();
  await ask(wish(), { ...asked, reasons: asked.reasons.map((reason) => ({ ...reason, inChat: ["slack"] as const })) });
  await pass(20 * MINUTE);
  assert.equal((await inbox.list(9)).length, 1);
  await ask(wish({ action: { type: "tool.call", tool: "pay.send", args: { to: "bob@customer.example", amount: 12 } } }));
  await pass(20 * MINUTE);
  assert.equal((await inbox.list(9)).length, 3, "beside the others still");
});

test("none is planted where none was asked for, none where nothing can be made bad, and one at a time", async () => {
  const off = await house({ share: 0 });
  await off.ask(wish());
  await off.pass(60 * MINUTE);
  assert.equal((await off.inbox.list(10)).length, 1);
  const plain = await house();
  await plain.ask(pay({ id: "T-17" }));
  await plain.pass(MINUTE);
  assert.equal((await plain.inbox.list(10)).length, 1);
  const proposed = await house();
  await proposed.ask(wish({ context: { time: 0, surface: "llm-gateway", parent: "req_model" } }));
  await proposed.pass(MINUTE);
  assert.equal((await proposed.inbox.list(10)).length, 1, "a record without the answer that proposed it would give it away");
  const busy = await house();
  for (let n = 0; n < 5; n++) await busy.ask(wish({ principal: { agent: `a${n}` } }));
  await busy.pass(MINUTE);
  assert.equal((await busy.inbox.list(20)).length, 6);
});

test("one question is one chance of a planted one: what is said of it later, and who else may answer it, throws no dice", async () => {
  const { ask, pass, inbox, forms } = await house();
  await ask(wish());
  await pass(MINUTE);
  await inbox.reject("HF-2", anna);
  await forms.explain("HF-1", { agent: "support", capability: "key_1" }, "it is urgent");
  await inbox.escalate("HF-1", ["security"]);
  await pass(20 * MINUTE);
  assert.equal((await inbox.list(10)).length, 2);
});

test("one that waited when the server ended still is the only one after a restart, and is taken away in time", async () => {
  verifies("H-02");
  const { ask, pass, planted, plantIn, restart, records, failures } = await house();
  await ask(wish());
  await pass(MINUTE);
  planted.shut();
  const after = await restart();
  plantIn(after);
  await pass(1);
  await ask(wish({ principal: { agent: "other" } }), undefined, after);
  await pass(11 * MINUTE);
  assert.deepEqual(
    (await after.list(10)).map(({ id, control }) => [id, control]),
    [
      ["HF-3", undefined],
      ["HF-2", true],
      ["HF-1", undefined],
    ],
  );
  await pass(60 * MINUTE);
  assert.deepEqual(
    records.map(({ event, ticket }) => [event, ticket]),
    [["control-unanswered", "HF-2"]],
  );
  assert.deepEqual(failures, []);
});

test("how long a person looked is part of the answer: since it was asked, shown to them, or they answered the one before", async () => {
  verifies("H-02");
  const { ask, pass, inbox, forms, records } = await house({ share: 0 });
  for (const amount of [1, 2, 3]) await ask(pay({ to: "ACME", amount }));
  await pass(MINUTE);
  await forms.get("HF-1", "operator");
  await pass(4_000);
  await inbox.approve("HF-1", operator);
  await pass(1_000);
  await inbox.approve("HF-2", operator);
  await inbox.reject("HF-3", anna);
  assert.deepEqual(
    records.map(({ by, took }) => [by, took]),
    [
      ["operator", "4000"],
      ["operator", "1000"],
      ["anna", "65000"],
    ],
  );
  const used = pay({ to: "ACME", amount: 1 });
  await ask(used);
  inbox.ended(used.id, DONE);
  assert.equal((await forms.get("HF-1"))?.answers[0]?.took, 4_000);
});
