import assert from "node:assert/strict";
import { test } from "node:test";
import { HoldfastError } from "../../../core/errors.ts";
import { NEUTRAL_LABEL } from "../../../core/label.ts";
import { createSessions, type Session } from "../sessions.ts";
import { createTasks } from "./table.ts";
import { createTask, type Task } from "./task.ts";

/** A clock that a test moves. */
function rig() {
  let now = 0;
  const timers = new Set<{ readonly at: number; readonly fire: () => void }>();
  const clock = {
    now: () => now,
    monotonic: () => now,
    timer(ms: number, fire: () => void) {
      const timer = { at: now + ms, fire };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };
  const sessions = createSessions(clock, () => {});
  return {
    tasks: createTasks(clock),
    timers,
    session: (capability: string, server = "crm", agent = "worker") => sessions.begin(server, { agent, capability }) as Session,
    task: (session: Session, ttl = 1_000): Task => createTask({ session, label: NEUTRAL_LABEL, hidden: false, ttl }, clock),
    pass(ms: number) {
      now += ms;
      for (const timer of [...timers]) if (timer.at <= now && timers.delete(timer)) timer.fire();
    },
  };
}
const ended = (task: Task, text: string): void => task.ends("completed", { kind: "result", id: 1, result: { text } });

test("one key has so many tasks that are not over, and no more; those that are over give way, and another key has its own room", async () => {
  const { tasks, session, task } = rig();
  const [mine, theirs] = [session("key-1"), session("key-2")];
  const all = Array.from({ length: 100 }, () => task(mine));
  for (const one of all) assert.equal(tasks.add(one), true);
  assert.equal(tasks.add(task(mine)), false);
  assert.equal(tasks.add(task(theirs)), true);
  const [first] = all as [Task];
  ended(first, "done");
  assert.equal(tasks.add(task(mine)), true);
  assert.equal(tasks.find(first.id, mine.principal, "crm"), undefined);
  assert.equal(tasks.of(mine.principal, undefined).length, 100);
});

test("keys that take all that they can get leave room for a key of their agent, and agents for another agent, that has no task yet", () => {
  const { tasks, session, task } = rig();
  const fill = (agent: string, key: string): number => {
    const mine = session(key, "crm", agent);
    let got = 0;
    while (tasks.add(task(mine))) got++;
    return got;
  };
  const greedy = Array.from({ length: 30 }, (_, at) => fill("worker", `key-${at}`));
  assert.equal(greedy[0], 100);
  assert.ok(Math.min(...greedy) >= 1, greedy.join());
  const agents = Array.from({ length: 30 }, (_, at) => [1, 2, 3].map((key) => fill(`agent-${at}`, `${at}-${key}`))).map(([first]) => first as number);
  assert.ok(Math.min(...agents) >= 1, agents.join());
  assert.equal(tasks.add(task(session("late", "crm", "late"))), true);
});

test("of what is kept of results the oldest gives way, never the newest, nor another key's", async () => {
  const { tasks, session, task } = rig();
  const [mine, theirs] = [session("key-1"), session("key-2")];
  const whole = [task(theirs), ...Array.from({ length: 4 }, () => task(mine))] as [Task, Task, Task, Task, Task];
  for (const one of whole) {
    tasks.add(one);
    ended(one, "x".repeat(12 * 1024 * 1024));
    await one.over;
  }
  const found = whole.map((one) => tasks.find(one.id, one.session.principal, undefined) !== undefined);
  assert.deepEqual(found, [true, false, false, true, true]);
});

test("a task is forgotten when its time is over, and ends with it", () => {
  const { tasks, session, task, pass, timers } = rig();
  const mine = session("key-1");
  const [running, done] = [task(mine), task(mine)];
  for (const one of [running, done]) tasks.add(one);
  ended(done, "done");
  pass(999);
  assert.equal(tasks.of(mine.principal, "crm").length, 2);
  pass(1);
  assert.deepEqual(tasks.of(mine.principal, "crm"), []);
  assert.deepEqual([running.status, running.signal.aborted, done.status, done.signal.aborted], ["cancelled", true, "completed", false]);
  assert.equal(timers.size, 0);
});

test("a task exists for its key at its server, and for nobody else", () => {
  const { tasks, session, task } = rig();
  const mine = session("key-1");
  const one = task(mine);
  tasks.add(one);
  assert.equal(tasks.find(one.id, mine.principal, "crm"), one);
  assert.equal(tasks.find(one.id, mine.principal, undefined), one);
  for (const [id, principal, server] of [
    [one.id, mine.principal, "mail"],
    [one.id, { agent: "worker", capability: "key-2" }, "crm"],
    [one.id, { agent: "worker" }, "crm"],
    [one.id, { agent: "other", capability: "key-1" }, "crm"],
    [{ toString: () => one.id }, mine.principal, "crm"],
    ["__proto__", mine.principal, "crm"],
  ] as const)
    assert.equal(tasks.find(id, principal, server), undefined);
});

test("what is over stays as it ended: a late answer, a late question and a late word of its server change nothing", async () => {
  const { session, task } = rig();
  const one = task(session("key-1"));
  one.cancel(new HoldfastError("cancelled", "stop"));
  await one.client.send({ kind: "result", id: 1, result: { late: true } }, {});
  await one.client.send({ kind: "request", id: 2, method: "elicitation/create", params: {} }, {});
  await one.client.send({ kind: "notification", method: "notifications/tasks/status", params: { statusMessage: "late" } }, {});
  ended(one, "late");
  assert.deepEqual([one.status, one.told(false)["statusMessage"]], ["cancelled", "stop"]);
  assert.ok(one.answer?.kind === "error");
});

test("when a conversation or the server ends, its tasks end, and a session with a running one is not idle", async () => {
  const { tasks, session, task, pass } = rig();
  const [mine, theirs] = [session("key-1"), session("key-2")];
  const [one, two] = [task(mine, 10_000_000), task(theirs, 10_000_000)];
  for (const each of [one, two]) tasks.add(each);
  assert.equal(mine.busy, 1);
  pass(2 * 3_600_000);
  await tasks.end(mine);
  assert.deepEqual([one.status, two.status], ["cancelled", "working"]);
  await one.over;
  assert.equal(mine.busy, 0);
  assert.equal(tasks.end(mine), undefined);
  await tasks.shut();
  assert.equal(two.status, "cancelled");
});
