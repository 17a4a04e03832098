import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { dueAt, monthsAfter, REPORTS } from "./clocks.ts";
import { type Act, type Incident, type IncidentOptions, openIncidents } from "./incidents.ts";

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);

/** A store over memory that can be made to fail, and a clock that stands until it is told. */
function world(most?: number) {
  const stored = new Map<string, string>();
  const events: string[] = [];
  const faults: unknown[] = [];
  const state = { now: at("2026-11-27T10:00:00Z"), broken: false, unrecorded: false };
  const timers: (() => void)[] = [];
  const options: IncidentOptions = {
    store: {
      load: async () => [...stored.values()].map((text) => JSON.parse(text) as Incident),
      async save(one) {
        if (state.broken) throw new Error("the disk is gone");
        stored.set(one.id, JSON.stringify(one));
      },
      async remove(id) {
        stored.delete(id);
      },
    },
    clock: {
      now: () => state.now,
      monotonic: () => state.now,
      timer(_, run) {
        timers.push(run);
        return () => {};
      },
    },
    async record(event, facts) {
      if (state.unrecorded) throw new Error("the log is gone");
      events.push(
        `${event} ${Object.entries(facts)
          .map(([name, value]) => `${name}=${value}`)
          .join(" ")}`,
      );
    },
    failed: (error) => void faults.push(error),
  };
  return { open: () => openIncidents(options, most), stored, events, faults, state, timers };
}

const acted = async (incidents: Awaited<ReturnType<typeof openIncidents>>, id: string, act: Act, text = "why"): Promise<Incident> => {
  const answer = await incidents.act(id, "ben", act, text);
  assert.ok("incident" in answer, JSON.stringify(answer));
  return answer.incident;
};

test("what is stopped again belongs to the incident that is there, until that is closed", async () => {
  const { open, stored, events, timers } = world();
  const incidents = await open();
  await incidents.seen("support", "flow/other-target", "req_1");
  assert.equal(stored.size, 1, "the first is kept before the denial is answered");
  for (let n = 2; n <= 60; n++) await incidents.seen("support", "flow/other-target", `req_${n}`);
  await incidents.seen("support", "pin/changed", "req_61");
  await incidents.seen("finance", "flow/other-target", "req_62");
  assert.deepEqual(
    incidents.list().map(({ id, agent, cause, count }) => [id, agent, cause, count]),
    [
      ["IN-3", "finance", "flow/other-target", 1],
      ["IN-2", "support", "pin/changed", 1],
      ["IN-1", "support", "flow/other-target", 60],
    ],
  );
  assert.deepEqual(incidents.get("IN-1")?.requests.slice(-2), ["req_59", "req_60"]);
  assert.equal(incidents.get("IN-1")?.requests.length, 50, "the newest of them, and no more");
  assert.equal(events.length, 3, "one record for each incident, not for each time");
  assert.equal(timers.length, 1, "what is counted is written together");

  await acted(incidents, "IN-1", { do: "state", state: "closed" });
  await incidents.seen("support", "flow/other-target", "req_63");
  assert.equal(incidents.list().length, 4, "what comes after it was closed is another one");
  await incidents.shut();
  assert.deepEqual(
    (await open()).list().map(({ id, count, state }) => [id, count, state]),
    incidents.list().map(({ id, count, state }) => [id, count, state]),
    "and a restart knows all of it",
  );
});

test("an incident that comes back was not contained", async () => {
  const { open } = world();
  const incidents = await open();
  await incidents.seen("support", "loop/duplicate", "req_1");
  assert.equal((await acted(incidents, "IN-1", { do: "state", state: "contained" })).state, "contained");
  await incidents.seen("support", "loop/duplicate", "req_2");
  const now = incidents.get("IN-1");
  assert.equal(now?.state, "open");
  assert.deepEqual(
    now?.history.map(({ did, by }) => [did, by]),
    [
      ["opened", "holdfast"],
      ["contained", "ben"],
      ["again", "holdfast"],
    ],
  );
});

test("a clock runs from when somebody became aware, and says when each report is due", async () => {
  verifies("M-05");
  const { open, state, events } = world();
  const incidents = await open();
  const opened = await incidents.open("ben", "Customer list sent out", "a customer called");
  assert.ok(opened !== undefined);
  const aware = at("2026-11-27T08:00:00Z");
  for (const regime of ["gdpr", "nis2", "ai-act", "ai-act-critical", "ai-act-death"] as const)
    await acted(incidents, opened.id, { do: "clock", regime, aware });
  const due = (id: string): readonly string[] =>
    (incidents.get(id)?.clocks ?? []).flatMap((clock) =>
      REPORTS[clock.regime].map((report) => `${clock.regime}/${report.id} ${new Date(dueAt(clock, report)).toISOString()}`),
    );
  assert.deepEqual(due(opened.id), [
    "gdpr/authority 2026-11-30T08:00:00.000Z",
    "nis2/early-warning 2026-11-28T08:00:00.000Z",
    "nis2/notification 2026-11-30T08:00:00.000Z",
    "nis2/final-report 2026-12-30T08:00:00.000Z",
    "ai-act/authority 2026-12-12T08:00:00.000Z",
    "ai-act-critical/authority 2026-11-29T08:00:00.000Z",
    "ai-act-death/authority 2026-12-07T08:00:00.000Z",
  ]);
  state.now += 2 * HOUR;
  await acted(incidents, opened.id, { do: "report", regime: "nis2", report: "notification" }, "sent to the authority, 4711");
  assert.ok(due(opened.id).includes("nis2/final-report 2026-12-27T12:00:00.000Z"), "the last report counts from the one before it, once that was made");
  assert.ok(events.some((line) => line.includes("did=report") && line.includes("report=notification") && line.includes("by=ben")));
});

test("a month is a month of the calendar", () => {
  for (const [from, to] of [
    ["2026-01-31T09:30:00Z", "2026-02-28T09:30:00Z"],
    ["2028-01-31T09:30:00Z", "2028-02-29T09:30:00Z"],
    ["2026-12-15T00:00:00Z", "2027-01-15T00:00:00Z"],
  ] as const)
    assert.equal(new Date(monthsAfter(at(from), 1)).toISOString(), new Date(to).toISOString());
});

test("what makes no sense is refused in words, and changes nothing", async () => {
  const { open, state, events } = world();
  const incidents = await open();
  await incidents.seen("support", "own/files", "req_1");
  await acted(incidents, "IN-1", { do: "clock", regime: "gdpr", aware: state.now });
  await acted(incidents, "IN-1", { do: "report", regime: "gdpr", report: "authority" });
  const before = [JSON.stringify(incidents.list()), events.length];
  const table: readonly (readonly [string, Act, "not-there" | "no-such-step"])[] = [
    ["IN-9", { do: "note" }, "not-there"],
    ["IN-1", { do: "state", state: "open" }, "no-such-step"],
    ["IN-1", { do: "clock", regime: "gdpr", aware: state.now }, "no-such-step"],
    ["IN-1", { do: "clock", regime: "nis2", aware: state.now + 1 }, "no-such-step"],
    ["IN-1", { do: "report", regime: "nis2", report: "notification" }, "no-such-step"],
    ["IN-1", { do: "report", regime: "gdpr", report: "early-warning" }, "no-such-step"],
    ["IN-1", { do: "report", regime: "gdpr", report: "authority" }, "no-such-step"],
    ["IN-1", { do: "report", regime: "gdpr", report: "__proto__" }, "no-such-step"],
  ];
  for (const [id, act, why] of table) {
    const answer = await incidents.act(id, "ben", act, "why");
    assert.equal("refused" in answer && answer.refused, why, JSON.stringify(act));
  }
  assert.deepEqual([JSON.stringify(incidents.list()), events.length], before);
});

test("of two who do the same at once one is refused", async () => {
  const { open } = world();
  const incidents = await open();
  await incidents.seen("support", "own/files", "req_1");
  const both = await Promise.all(["ben", "ann"].map((by) => incidents.act("IN-1", by, { do: "state", state: "closed" }, "done")));
  assert.equal(both.filter((one) => "refused" in one).length, 1);
  assert.equal(incidents.get("IN-1")?.history.length, 2);
});

test("what cannot be recorded a person did not do; what was stopped stays stopped, and is kept as soon as it can be", async () => {
  const { open, stored, faults, state, timers } = world();
  const incidents = await open();
  [state.broken, state.unrecorded] = [true, true];
  await incidents.seen("support", "own/files", "req_1");
  assert.equal(faults.length, 1);
  await assert.rejects(incidents.act("IN-1", "ben", { do: "note" }, "seen"));
  await assert.rejects(incidents.open("ben", "title", "why"));
  assert.equal(incidents.list().length, 1);
  assert.equal(incidents.get("IN-1")?.history.length, 1);
  [state.broken, state.unrecorded] = [false, false];
  timers.shift()?.();
  await incidents.shut();
  assert.deepEqual([...stored.keys()], ["IN-1"]);
});

test("a flood forgets what was closed first, and never what is not closed", async () => {
  const { open, stored, faults } = world(3);
  const incidents = await open();
  for (const agent of ["a", "b", "c"]) await incidents.seen(agent, "own/files", undefined);
  await incidents.seen("d", "own/files", undefined);
  assert.equal(incidents.list().length, 3);
  assert.equal(faults.length, 1, "and it is said");
  assert.equal(await incidents.open("ben", "title", "why"), undefined);
  await acted(incidents, "IN-2", { do: "state", state: "closed" });
  await incidents.seen("d", "own/files", undefined);
  assert.equal(faults.length, 1);
  for (const agent of ["e", "f", "g"]) await incidents.seen(agent, "own/files", undefined);
  assert.equal(faults.length, 2, "once each time that there is no room any more, and not for every denial");
  await incidents.shut();
  assert.deepEqual([...stored.keys()].sort(), ["IN-1", "IN-3", "IN-4"]);
});

test("what is tried in a person's name is an incident about that person, and about no agent", async () => {
  verifies("M-04");
  const { open, events } = world();
  const incidents = await open();
  await incidents.suspected("anna", "step-up/refused");
  await incidents.suspected("anna", "step-up/refused");
  await incidents.suspected("ben", "step-up/refused");
  assert.deepEqual(
    incidents
      .list()
      .map(({ person, agent, count }) => [person, agent, count])
      .sort(),
    [
      ["anna", undefined, 2],
      ["ben", undefined, 1],
    ],
  );
  assert.deepEqual(events, [
    "incident-opened incident=IN-1 person=anna cause=step-up/refused by=holdfast",
    "incident-opened incident=IN-2 person=ben cause=step-up/refused by=holdfast",
  ]);
});
