import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import type { Phase } from "../../core/phase.ts";
import { type Kept, openPhases, type Phases } from "./phases.ts";
import { withTool } from "./subject.ts";

const DAY = 86_400_000;
const THRESHOLDS = { agreement: 0.95, decisions: 2, errors: 0.02, calls: 2, quiet: DAY, stay: DAY };
const step = { by: "anna", reason: "it does well" };

async function rig(configured: { readonly [subject: string]: Phase | "none" }) {
  const world = { now: Date.UTC(2026, 10, 26), configured };
  const kept = new Map<string, Kept>();
  const records: string[] = [];
  const open = (): Promise<Phases> =>
    openPhases({
      store: { load: async () => [...kept.values()], save: async (one) => void kept.set(one.agent, structuredClone(one)) },
      clock: { now: () => world.now, monotonic: () => world.now, timer: () => () => {} },
      configured: (subject) => world.configured[subject] ?? (subject.split(" ")[0]! in world.configured ? "none" : undefined),
      subjects: () => Object.keys(world.configured),
      thresholds: () => THRESHOLDS,
      counts: () => true,
      record: async (event, { agent, tool, from, to, by }) => void records.push([event, agent, tool ?? "", `${from}>${to}`, by].join(" ")),
    });
  return { world, kept, records, open, phases: await open() };
}
const note = withTool("support", "crm.note");

test("a tool with a phase of its own is held to that, any other to its agent's, and a shadow agent does nothing with either", async () => {
  verifies("H-03");
  const { phases } = await rig({ support: "supervised", [note]: "exception-based", [withTool("support", "pay.send")]: "shadow" });
  assert.deepEqual(
    ["crm.note", "pay.send", "crm.mail", undefined].map((tool) => phases.of("support", tool)),
    ["exception-based", "shadow", "supervised", "supervised"],
  );
  assert.deepEqual(phases.tools("support"), ["crm.note", "pay.send"]);
  await phases.demote("support", { ...step, to: "shadow" });
  assert.equal(phases.of("support", "crm.note"), "shadow");
  assert.equal(phases.of("other", "crm.note"), "exception-based", "what nobody knows has no phase");
});

test("a tool earns its next phase with its own numbers, and gives none to its agent", async () => {
  verifies("H-03");
  const { world, phases, records } = await rig({ support: "supervised", [note]: "supervised" });
  for (let n = 0; n < 2; n++) {
    phases.ended("support", "crm.note", "done");
    phases.answered("support", "crm.note", "anna", "agreed");
    phases.ended("support", "crm.mail", "failed");
  }
  world.now += 2 * DAY;
  assert.equal(phases.standing(note).proposed, "spot-checked");
  assert.deepEqual(
    phases.standing("support").criteria.map(({ id, value }) => [id, value]),
    [
      ["stay", 2],
      ["quiet", 2],
      ["calls", 2],
      ["errors", 1],
      ["decisions", 0],
      ["agreement", 0],
    ],
  );
  assert.ok("move" in (await phases.promote(note, step)));
  assert.deepEqual([phases.of("support", "crm.note"), phases.of("support")], ["spot-checked", "supervised"]);
  assert.deepEqual(records, ["agent-promoted support crm.note supervised>spot-checked anna"]);
});

test("an incident takes the agent and each of its tools back at once, and a restart finds them where they fell", async () => {
  verifies("H-03");
  const { phases, open, records } = await rig({ support: "spot-checked", [note]: "exception-based", [withTool("support", "pay.send")]: "shadow" });
  await phases.fell("support", "flow/other-target");
  const all = (one: Phases): readonly Phase[] => [undefined, "crm.note", "pay.send"].map((tool) => one.of("support", tool));
  assert.deepEqual(all(phases), ["supervised", "supervised", "shadow"]);
  assert.deepEqual(all(await open()), ["supervised", "supervised", "shadow"], "supervised is as far as an incident goes");
  assert.equal(records.length, 2);
});

test("a person gives a tool a phase of its own; it begins where its agent is, and looser only against the numbers", async () => {
  const { phases, open } = await rig({ support: "exception-based" });
  assert.deepEqual(phases.tools("support"), []);
  assert.ok("move" in (await phases.demote(note, { ...step, to: "supervised" })));
  assert.deepEqual([phases.of("support", "crm.note"), phases.of("support")], ["supervised", "exception-based"]);
  assert.equal((await open()).of("support", "crm.note"), "supervised");
  const loosened = await phases.promote(note, step);
  assert.equal("refused" in loosened && loosened.refused, "not-earned");
  const nobody = await phases.promote(withTool("who", "crm.note"), step);
  assert.equal("refused" in nobody && nobody.refused, "not-there");
});

test("configuration makes a tool stricter at once, and looser never", async () => {
  const { world, phases } = await rig({ support: "supervised", [note]: "spot-checked" });
  world.configured = { support: "supervised", [note]: "exception-based" };
  assert.equal(phases.of("support", "crm.note"), "spot-checked");
  world.configured = { support: "supervised", [note]: "shadow" };
  assert.equal(phases.of("support", "crm.note"), "shadow");
  world.configured = { support: "supervised" };
  assert.equal(phases.of("support", "crm.note"), "shadow", "what is left out there is not forgotten");
});

test("a tool that is named after its agent fell begins no looser than its agent stands, also after a restart", async () => {
  verifies("H-03");
  const { world, phases, open } = await rig({ support: "spot-checked" });
  await phases.fell("support", "flow/other-target");
  world.configured = { support: "spot-checked", [note]: "exception-based", [withTool("support", "pay.send")]: "shadow" };
  const all = (one: Phases): readonly Phase[] => [undefined, "crm.note", "pay.send"].map((tool) => one.of("support", tool));
  assert.deepEqual(all(phases), ["supervised", "supervised", "shadow"]);
  assert.deepEqual(all(await open()), ["supervised", "supervised", "shadow"]);
  await phases.shut();
  assert.deepEqual(all(await open()), ["supervised", "supervised", "shadow"]);
});
