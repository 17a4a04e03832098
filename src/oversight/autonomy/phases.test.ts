import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { deny } from "../../core/decision.ts";
import type { Phase } from "../../core/phase.ts";
import { incidentIn } from "./evidence.ts";
import { type Kept, type Moved, openPhases, type Phases } from "./phases.ts";

const DAY = 86_400_000;
const THRESHOLDS = { agreement: 0.95, decisions: 50, errors: 0.02, calls: 50, quiet: 7 * DAY, stay: 7 * DAY };

async function rig(start: Phase | "none" = "supervised") {
  const world = {
    now: Date.UTC(2026, 10, 26),
    start: start as Phase | "none" | undefined,
    broken: "" as "" | "save" | "record",
    before: async () => {},
    saving: async () => {},
  };
  const kept = new Map<string, Kept>();
  const records: string[] = [];
  const timers: (() => void)[] = [];
  const open = (): Promise<Phases> =>
    openPhases({
      store: {
        load: async () => [...kept.values()],
        async save(one) {
          if (world.broken === "save") throw new Error("EIO");
          await world.saving();
          kept.set(one.agent, structuredClone(one));
        },
      },
      clock: {
        now: () => world.now,
        monotonic: () => world.now,
        timer: (_ms, fire) => {
          timers.push(fire);
          return () => {};
        },
      },
      configured: (agent) => (agent === "support" ? world.start : undefined),
      subjects: () => ["support"],
      thresholds: () => THRESHOLDS,
      counts: (person) => person !== "hasty",
      async record(event, { agent, from, to, by, reason, forced }) {
        if (world.broken === "record") throw new Error("EIO");
        await world.before();
        records.push([event, agent, `${from}>${to}`, by, reason, forced ?? ""].join(" ").trim());
      },
    });
  return {
    world,
    kept,
    records,
    open,
    phases: await open(),
    tick: () => {
      for (const fire of timers.splice(0)) fire();
    },
  };
}
const why = (moved: Moved): string => ("refused" in moved ? moved.refused : moved.move.to);
const earn = (phases: Phases, person = "anna"): void => {
  for (let n = 0; n < 50; n++) {
    phases.answered("support", undefined, person, "agreed");
    phases.ended("support", undefined, "done");
  }
};
const step = { by: "anna", reason: "it does well" };

test("a looser phase is proposed with its numbers once all of them are there, and is a person's step, one at a time", async () => {
  verifies("H-03");
  const { world, phases, records } = await rig();
  assert.equal(why(await phases.promote("support", step)), "not-earned");
  earn(phases);
  assert.deepEqual(
    phases.standing("support").criteria.map(({ id, value, wanted, met }) => [id, value, wanted, met]),
    [
      ["stay", 0, 7, false],
      ["quiet", 0, 7, false],
      ["calls", 50, 50, true],
      ["errors", 0, 0.02, true],
      ["decisions", 50, 50, true],
      ["agreement", 1, 0.95, true],
    ],
  );
  world.now += 7 * DAY;
  assert.equal(phases.standing("support").proposed, "spot-checked");
  assert.equal(phases.of("support"), "supervised", "what is proposed is not done");
  assert.equal(why(await phases.promote("support", { ...step, to: "exception-based" })), "not-earned");
  assert.equal(why(await phases.promote("support", step)), "spot-checked");
  assert.equal(phases.of("support"), "spot-checked");
  assert.deepEqual(records, ["agent-promoted support supervised>spot-checked anna it does well"]);
  assert.equal(why(await phases.promote("support", step)), "not-earned", "the evidence of one phase is not that of the next");
  assert.equal(why(await phases.promote("support", { ...step, forced: true })), "exception-based");
  assert.match(records[1] ?? "", / yes$/, "that it was forced is on record");
  assert.equal(phases.standing("support").history.at(-1)?.criteria.length, 6, "with the numbers as they were");
});

test("too few who agree, too many errors, a reviewer who does not look: each alone keeps the proposal away", async () => {
  verifies("H-03");
  const unmet = async (spoil: (phases: Phases) => void): Promise<readonly string[]> => {
    const { world, phases } = await rig();
    spoil(phases);
    world.now += 8 * DAY;
    const { criteria, proposed } = phases.standing("support");
    assert.equal(proposed, undefined);
    return criteria.filter(({ met }) => !met).map(({ id }) => id);
  };
  const after =
    (n: number, spoil: (phases: Phases) => void) =>
    (phases: Phases): void => {
      earn(phases);
      for (let i = 0; i < n; i++) spoil(phases);
    };
  assert.deepEqual(await unmet(after(3, (phases) => phases.answered("support", undefined, "ben", "changed"))), ["agreement"]);
  assert.deepEqual(await unmet(after(2, (phases) => phases.ended("support", undefined, "failed"))), ["errors"]);
  assert.deepEqual(await unmet((phases) => earn(phases, "hasty")), ["decisions", "agreement"]);
});

test("an incident demotes at once, before it is written down, and a restart finds the agent where it fell", async () => {
  verifies("H-03");
  const { world, phases, kept, records, open } = await rig("exception-based");
  assert.equal(phases.of("support"), "exception-based");
  const fell = phases.fell("support", "flow/other-target");
  assert.equal(phases.of("support"), "supervised", "no promise had to resolve");
  await fell;
  assert.deepEqual(records, ["agent-demoted support exception-based>supervised holdfast flow/other-target"]);
  assert.equal(kept.get("support")?.phase, "supervised");
  assert.equal((await open()).of("support"), "supervised", "although configuration still begins looser");
  world.now += 8 * DAY;
  const again = await open();
  earn(again);
  await again.fell("support", "loop/duplicate");
  assert.equal(again.of("support"), "supervised", "supervised is as far as an incident goes");
  assert.equal(again.standing("support").criteria.find(({ id }) => id === "quiet")?.met, false, "and it begins the quiet time anew");
});

test("a demotion that cannot be kept or recorded holds all the same; a promotion that cannot does not happen", async () => {
  verifies("H-03");
  for (const broken of ["save", "record"] as const) {
    const { world, phases } = await rig("spot-checked");
    world.broken = broken;
    await assert.rejects(phases.promote("support", { ...step, forced: true }));
    assert.equal(phases.of("support"), "spot-checked", broken);
    await assert.rejects(phases.demote("support", step));
    assert.equal(phases.of("support"), "supervised", broken);
  }
});

test("an incident that comes while a promotion is being written wins, and the log does not end with the promotion", async () => {
  verifies("H-03");
  for (const start of ["spot-checked", "supervised"] as const) {
    const { world, phases, records, open } = await rig(start);
    world.before = async () => {
      world.before = async () => {};
      await phases.fell("support", "flow/disguised");
    };
    assert.equal(why(await phases.promote("support", { ...step, forced: true })), "changed");
    assert.equal(phases.of("support"), "supervised");
    assert.match(records.at(-1) ?? "", /^agent-demoted support .*>supervised holdfast/);
    assert.equal((await open()).of("support"), "supervised");
  }
});

test("a second incident is not answered before the fall of the first is kept; a fall that could not be kept is kept later", async () => {
  verifies("H-03");
  const { world, phases, kept, open } = await rig("exception-based");
  await phases.shut();
  const disk = Promise.withResolvers<void>();
  world.saving = () => disk.promise;
  const first = phases.fell("support", "flow/other-target");
  let answered = false;
  const second = phases.fell("support", "flow/disguised").then(() => {
    answered = true;
  });
  await new Promise(setImmediate);
  assert.equal(answered, false, "a kill here would find an agent that never fell");
  disk.resolve();
  await Promise.all([first, second]);
  assert.equal(kept.get("support")?.phase, "supervised");

  const other = await rig("exception-based");
  await other.phases.shut();
  other.world.broken = "save";
  await assert.rejects(other.phases.fell("support", "flow/other-target"));
  await assert.rejects(other.phases.fell("support", "flow/other-target"), "so the next denial cannot be answered as if it were kept");
  other.world.broken = "";
  await other.phases.shut();
  assert.equal((await other.open()).of("support"), "supervised");
  assert.equal((await open()).of("support"), "supervised");
});

test("of two who promote at the same time one is told that it was done, and the log blames no incident", async () => {
  const { world, phases, records } = await rig("supervised");
  world.before = async () => {
    world.before = async () => {};
    assert.equal(why(await phases.promote("support", { ...step, forced: true })), "spot-checked");
  };
  assert.equal(why(await phases.promote("support", { ...step, by: "ben", forced: true })), "changed");
  assert.equal(phases.of("support"), "spot-checked");
  assert.deepEqual(
    records.filter((record) => !record.startsWith("agent-promoted")),
    [],
  );
});

test("a stricter phase that configuration brings is a phase of its own: its numbers begin anew, and it stays, whatever was counted in it", async () => {
  verifies("H-03");
  for (const counted of [false, true]) {
    const { world, phases } = await rig("exception-based");
    earn(phases);
    world.now += 30 * DAY;
    world.start = "supervised";
    assert.equal(phases.of("support"), "supervised");
    assert.equal(phases.standing("support").proposed, undefined, "what was shown in a looser phase says nothing of this one");
    if (counted) phases.ended("support", undefined, "done");
    world.start = "exception-based";
    assert.equal(phases.of("support"), "supervised", "a looser one is no promotion");
    assert.deepEqual(
      phases.standing("support").history.map(({ from, to, by, reason }) => [from, to, by, reason]),
      [["exception-based", "supervised", "configuration", "configuration/autonomy"]],
    );
  }
});

test("a stricter phase in configuration counts at once; a looser one is no promotion; without one no incident moves an agent", async () => {
  verifies("H-03");
  const { world, phases } = await rig("supervised");
  await phases.promote("support", { ...step, forced: true });
  world.start = "shadow";
  assert.equal(phases.of("support"), "shadow");
  world.start = "exception-based";
  assert.equal(phases.of("support"), "shadow");
  const free = await rig("none");
  await free.phases.fell("support", "flow/other-target");
  assert.deepEqual([free.phases.of("support"), free.phases.standing("support").graduated, free.records], ["exception-based", false, []]);
  assert.equal(why(await free.phases.demote("support", { ...step, to: "supervised" })), "supervised");
  assert.equal(free.phases.standing("support").graduated, true, "a person has given it one");
  assert.equal(why(await free.phases.promote("nobody", step)), "not-there");
});

test("what was counted outlives a restart", async () => {
  verifies("H-03");
  const { phases, tick, open } = await rig();
  earn(phases);
  tick();
  await phases.shut();
  const value = (id: string, of: Phases) => of.standing("support").criteria.find((one) => one.id === id)?.value;
  const again = await open();
  assert.deepEqual([value("calls", again), value("decisions", again), value("agreement", again)], [50, 50, 1]);
});

test("a denial is an incident where it stopped an attack or a loop, and an answer where a role or a rule gave it", () => {
  verifies("H-03");
  const is = (id: string): boolean => incidentIn(deny({ id, text: "x" })) !== undefined;
  const incidents = ["flow/other-target", "pin/changed", "own/files", "own/address", "own/client", "loop/duplicate", "limits/breaker-agent"];
  const answers = [
    "default-deny",
    "roles/x",
    "rules/x",
    "limits/actions",
    "limits/breaker-downstream",
    "oversight/rejected",
    "autonomy/shadow",
    "own/too-many-values",
    "loop/callers",
    "layers/audit",
  ];
  assert.deepEqual(incidents.filter(is), incidents);
  assert.deepEqual(answers.filter(is), []);
  assert.equal(incidentIn({ effect: "ask", reasons: [{ id: "flow/untrusted-context", effect: "ask", text: "x" }], obligations: [] }), undefined);
});
