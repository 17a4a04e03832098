import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { ALL, openSwitch, type Pause, type PauseStore } from "./switch.ts";

function store(): PauseStore & { readonly kept: Map<string, Pause>; broken: boolean } {
  const kept = new Map<string, Pause>();
  return {
    kept,
    broken: false,
    load: async () => [...kept.values()],
    async save(pause) {
      if (this.broken) throw new Error("no disk");
      kept.set(pause.agent, pause);
    },
    async remove(agent) {
      if (this.broken) throw new Error("no disk");
      kept.delete(agent);
    },
  };
}

test("a pause ends what is live of this agent only, and stands after a restart until it is resumed", async () => {
  verifies("C-12");
  const kept = store();
  const first = await openSwitch(kept, () => 7);
  const ended: string[] = [];
  first.watch("a", () => ended.push("a"));
  const unwatch = first.watch("a", () => ended.push("gone"));
  unwatch();
  first.watch("b", () => ended.push("b"));
  await first.pause("a", "anna", "it loops");
  assert.deepEqual(ended, ["a"]);
  assert.equal(first.of("b"), undefined);
  const again = await openSwitch(kept, () => 9);
  assert.deepEqual(again.of("a"), { agent: "a", by: "anna", reason: "it loops", since: 7 });
  again.watch("a", () => ended.push("late"));
  assert.deepEqual(ended, ["a", "late"], "what begins while the pause stands ends at once");
  assert.equal(await again.resume("a"), true);
  assert.equal(await again.resume("a"), false);
  assert.equal((await openSwitch(kept, () => 9)).of("a"), undefined);
});

test("all agents stop with one pause, also those that nobody knows yet; who was paused by name stays so", async () => {
  verifies("C-12");
  const all = await openSwitch(store(), () => 0);
  const ended: string[] = [];
  for (const agent of ["a", "b"]) all.watch(agent, () => ended.push(agent));
  await all.pause("a", "anna", "first");
  await all.pause(ALL, "ben", "everything");
  assert.deepEqual(ended, ["a", "b"]);
  assert.equal(all.of("new one")?.by, "ben");
  await all.resume(ALL);
  assert.equal(all.of("b"), undefined);
  assert.equal(all.of("a")?.reason, "first");
});

test("a pause that cannot be written down holds all the same, and so does one that cannot be taken away", async () => {
  const broken = store();
  const held = await openSwitch(broken, () => 0);
  broken.broken = true;
  await assert.rejects(held.pause("a", "anna", "now"));
  assert.equal(held.of("a")?.reason, "now");
  await assert.rejects(held.resume("a"));
  assert.equal(held.of("a")?.reason, "now");
  broken.broken = false;
  assert.equal(await held.resume("a"), true);
});
