/** The journal and a run over it, against a world that remembers what really happened, with a crash before or after any write. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { chance } from "../../../test/chance.ts";
import { verifies } from "../../../test/verifies.ts";
import type { Json } from "../../core/json.ts";
import { memoryDocuments } from "../../vault/documents.ts";
import { type Documents, type Journal, openJournal } from "./journal.ts";
import { createRollbacks, type Performed, type Ready } from "./run.ts";
import { isLeft, type State, type Step, stateOf } from "./step.ts";

const OWNER = { agent: "support", key: "key_1" };
const clock = { now: () => 1_000 };
const times = () => ({ idle: 86_400_000, keep: 86_400_000 });
const open = (documents: Documents): Promise<Journal> => openJournal({ documents, clock, times });
const CRASH = new Error("the process is gone");

/** A disk that outlives the process, and a process that ends at a write: before it reached the disk, or after. */
function process(disk: Documents) {
  const state = { writes: 0, until: Number.POSITIVE_INFINITY, after: false, dead: false };
  const documents: Documents = {
    ...disk,
    async put(collection: string, key: string, value: Json) {
      if (state.dead) throw CRASH;
      const last = ++state.writes >= state.until;
      if (!last || state.after) await disk.put(collection, key, structuredClone(value));
      if (!last) return;
      state.dead = true;
      throw CRASH;
    },
  };
  return { documents, state };
}

/** What tools really did. */
interface World {
  readonly done: Set<number>;
  readonly undone: Map<number, number>;
}

const never = new Promise<never>(() => {});

function rollbacks(journal: Journal, world: World, ends: (step: number) => Performed | "crash" | "not ready", dead: () => boolean, die: () => void) {
  let ids = 0;
  const order: number[] = [];
  const ready: Ready = async (_task, step, _request, _signal) => {
    const end = ends(step.number);
    if (end === "not ready") return { refused: "no server" };
    return {
      over: () => {},
      async perform() {
        if (dead()) return never;
        order.push(step.number);
        const happens = end === "crash" || end.state === "done" || end.state === "unknown";
        if (happens) world.undone.set(step.number, (world.undone.get(step.number) ?? 0) + 1);
        if (end !== "crash") return end;
        die();
        throw CRASH;
      },
    };
  };
  return { runs: createRollbacks({ journal, clock, ready, newId: () => `req_u${++ids}`, record: async () => {} }), order };
}

/** The law: whatever is said of a step is true, and no compensation was made twice. */
function truthful(steps: readonly Step[], world: World, all: number): void {
  for (const [step, times] of world.undone) assert.equal(times, 1, `step ${step} was undone ${times} times`);
  const said = new Map<number, State>(steps.map((step) => [step.number, stateOf(step)]));
  for (let number = 1; number <= all; number++) {
    const state = said.get(number);
    const [did, undid] = [world.done.has(number), world.undone.has(number)];
    if (state === undefined) assert.ok(!did, `step ${number} was done and is not reported`);
    if (state === "undone") assert.ok(did && undid, `step ${number} is said to be undone`);
    if (state === "open" || state === "refused" || state === "impossible") assert.ok(did && !undid, `step ${number} is said to be ${state}`);
    if (state === "failed") assert.ok(did && !undid, `step ${number} is said to have failed`);
  }
}

test("whatever write a crash comes at, each compensation is made at most once and every step is reported as what it is", async () => {
  verifies("C-08");
  const { below, pick } = chance(8);
  const seen = new Set<State>();
  for (let round = 0; round < 1_500; round++) {
    const disk = memoryDocuments();
    const world: World = { done: new Set(), undone: new Map() };
    const all = 1 + below(5);
    const ending = Array.from({ length: all + 1 }, () => pick(["done", "done", "failed", "unknown", "refused", "not ready", "crash"] as const));
    for (let life = 0, next = 1; life < 40; life++) {
      const { documents, state } = process(disk);
      if (life < 3) {
        state.until = 1 + below(3 * all + 4);
        state.after = below(2) === 0;
      }
      try {
        const journal = await open(documents);
        while (next <= all && world.undone.size === 0) {
          const number = next;
          const step = await journal.begin(OWNER, `req_${number}`, "crm.create").catch(() => undefined);
          // A call whose intent could not be written down is not made.
          if (step === undefined) throw CRASH;
          next = Math.max(next, step.number + 1);
          if (state.dead) throw CRASH;
          world.done.add(step.number);
          await journal.done(step, below(8) === 0 ? { why: "no id" } : { call: "crm.delete", args: { id: number } }, 1_000);
        }
        const [task] = journal.tasks();
        if (task === undefined) continue;
        const ends = (number: number): Performed | "crash" | "not ready" => {
          const end = ending[number] ?? "done";
          return end === "crash" || end === "not ready" ? (life < 30 ? end : { state: "done" }) : { state: end };
        };
        const { runs, order } = rollbacks(
          journal,
          world,
          ends,
          () => state.dead,
          () => (state.dead = true),
        );
        const { over } = await runs.start(task, { by: "anna", reason: "wrong", from: 1 });
        await over;
        assert.deepEqual(
          order,
          order.toSorted((a, b) => b - a),
          "the last is undone first",
        );
        const steps = await journal.steps(task.id);
        truthful(steps, world, all);
        for (const step of steps) seen.add(stateOf(step));
        if (life > 2) break;
      } catch (error) {
        if (error !== CRASH && !(error instanceof Error && error.cause === CRASH)) throw error;
        next = all + 1;
      }
    }
    const journal = await open(disk);
    for (const { id } of journal.tasks()) truthful(await journal.steps(id), world, all);
  }
  assert.deepEqual([...seen].sort(), ["failed", "impossible", "refused", "undone", "unknown"], "every ending was met");
});

test("a run that a restart interrupted goes on with the steps that it had not begun, and only with those", async () => {
  verifies("C-08");
  const disk = memoryDocuments();
  const world: World = { done: new Set(), undone: new Map() };
  const first = await open(disk);
  for (let number = 1; number <= 3; number++) {
    const step = await first.begin(OWNER, `req_${number}`, "crm.create");
    world.done.add(number);
    await first.done(step, { call: "crm.delete", args: {} }, 1_000);
  }
  const [task] = first.tasks();
  assert.ok(task);
  let dead = false;
  const { documents, state } = process(disk);
  const before = rollbacks(
    await open(documents),
    world,
    (number) => (number === 2 ? "crash" : { state: "done" }),
    () => dead,
    () => (dead = state.dead = true),
  );
  await assert.rejects((await before.runs.start(task, { by: "anna", reason: "wrong", from: 1 })).over);
  const again = await open(disk);
  const { runs, order } = rollbacks(
    again,
    world,
    () => ({ state: "done" }),
    () => false,
    () => {},
  );
  runs.resume();
  assert.ok(runs.isRunning(task.id));
  await runs.shut(1_000).catch(() => {});
  // Shut at once it begins nothing; started anew it goes on.
  const last = rollbacks(
    await open(disk),
    world,
    () => ({ state: "done" }),
    () => false,
    () => {},
  );
  last.runs.resume();
  while (last.runs.isRunning(task.id)) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([...order, ...last.order], [1]);
  assert.deepEqual((await again.steps(task.id)).map(stateOf), ["undone", "unknown", "undone"]);
});

test("what is done after a rollback began is another task, and so is what another key or conversation does", async () => {
  const journal = await open(memoryDocuments());
  const taskOf = async (owner: object): Promise<string> => (await journal.begin({ ...OWNER, ...owner }, "req_1", "crm.create")).task;
  assert.deepEqual(await Promise.all([taskOf({}), taskOf({}), taskOf({ key: "key_2" }), taskOf({ session: "a" })]), ["TK-1", "TK-1", "TK-2", "TK-3"]);
  const task = journal.task("TK-1");
  assert.ok(task);
  await journal.run(task, { by: "anna", reason: "wrong", began: 0, from: 1 });
  assert.equal(await taskOf({}), "TK-4");
  assert.equal(journal.current({ ...OWNER, session: "b" }), undefined);
});

test("an effect that cannot be written down is not begun", async () => {
  verifies("C-08");
  const { documents, state } = process(memoryDocuments());
  state.until = 1;
  const journal = await open(documents);
  await assert.rejects(journal.begin(OWNER, "req_1", "crm.create"), { code: "unavailable" });
});

test("a task is over when nothing was done in it for long, and is forgotten once it was kept long enough, but not while it is being undone", async () => {
  const world = { now: 0 };
  const documents = memoryDocuments();
  const journal = await openJournal({ documents, clock: { now: () => world.now }, times: () => ({ idle: 100, keep: 1_000 }) });
  const begin = async (session: string): Promise<string> => (await journal.begin({ ...OWNER, session }, "req_1", "crm.create")).task;
  assert.deepEqual([await begin("a"), await begin("b")], ["TK-1", "TK-2"]);
  const [, first] = journal.tasks();
  assert.ok(first);
  await journal.run(first, { by: "anna", reason: "wrong", began: 0, from: 1 });
  world.now = 99;
  assert.equal(await begin("b"), "TK-2");
  world.now = 300;
  assert.equal(await begin("b"), "TK-3");
  world.now = 2 * 86_400_000;
  assert.equal(await begin("c"), "TK-4");
  while (journal.tasks().length > 2) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    journal.tasks().map(({ id }) => id),
    ["TK-4", "TK-1"],
  );
  assert.deepEqual([await documents.list("undo-tk-2"), await documents.list("undo-tk-3")], [[], []]);
});

test("a call that was under way when its task was rolled back is told to a person, while it runs and once it is done, until somebody has looked", async () => {
  verifies("C-08");
  const journal = await open(memoryDocuments());
  const early = await journal.begin(OWNER, "req_1", "crm.create");
  await journal.done(early, { call: "crm.delete", args: {} }, 1_000);
  const late = await journal.begin(OWNER, "req_2", "crm.create");
  const world: World = { done: new Set([1, 2]), undone: new Map() };
  const { runs } = rollbacks(
    journal,
    world,
    () => ({ state: "done" }),
    () => false,
    () => {},
  );
  const task = journal.task("TK-1");
  assert.ok(task);
  await (await runs.start(task, { by: "anna", reason: "wrong", from: 1 })).over;
  const left = async (): Promise<readonly string[]> => {
    const { run } = journal.task("TK-1") ?? {};
    return (await journal.steps("TK-1")).filter((step) => isLeft(step, run)).map(stateOf);
  };
  assert.deepEqual(await left(), ["unknown"]);
  const done = await journal.done(late, { call: "crm.delete", args: {} }, 1_000);
  assert.deepEqual(await left(), ["open"]);
  await journal.settle(done, "anna", "deleted by hand");
  assert.deepEqual(await left(), []);
});

test("nobody waits until what was kept long enough is forgotten", async () => {
  const world = { now: 0 };
  let removed = 0;
  const remove = (): Promise<never> => {
    removed++;
    return never;
  };
  const documents: Documents = { ...memoryDocuments(), remove };
  const journal = await openJournal({ documents, clock: { now: () => world.now }, times: () => ({ idle: 100, keep: 1_000 }) });
  await journal.begin(OWNER, "req_1", "crm.create");
  await journal.begin({ ...OWNER, key: "key_2" }, "req_2", "crm.create");
  world.now = 2 * 86_400_000;
  const late = new Promise((resolve) => setTimeout(() => resolve("late"), 1_000));
  assert.notEqual(await Promise.race([journal.begin(OWNER, "req_3", "crm.create"), late]), "late");
  while (removed === 0) await new Promise((resolve) => setImmediate(resolve));
});

test("a try that did nothing says nothing of the one before it, which nobody saw the end of", async () => {
  verifies("C-08");
  const journal = await open(memoryDocuments());
  const begun = await journal.begin(OWNER, "req_1", "shop.pay");
  await journal.done(begun, { call: "POST shop.example.com", args: {}, http: { repeatable: true } }, 1_000);
  const world: World = { done: new Set(), undone: new Map() };
  const ends: (Performed | "not ready")[] = [
    { state: "refused", why: "denied" },
    { state: "unknown", why: "it broke off" },
    "not ready",
    { state: "refused", why: "denied" },
    { state: "done" },
  ];
  const seen: string[] = [];
  const { runs } = rollbacks(
    journal,
    world,
    () => ends.shift() ?? { state: "failed" },
    () => false,
    () => {},
  );
  while (ends.length > 0) {
    const [task] = journal.tasks();
    assert.ok(task);
    await (await runs.start(task, { by: "anna", reason: "wrong", from: 1 })).over;
    const [step] = await journal.steps(task.id);
    seen.push(`${stateOf(step as Step)}: ${step?.undone?.why ?? ""}`);
  }
  assert.deepEqual(seen, [
    "refused: denied",
    "unknown: it broke off",
    "unknown: an earlier try may have been done, and this one did nothing: no server",
    "unknown: an earlier try may have been done, and this one did nothing: denied",
    "undone: ",
  ]);
});
