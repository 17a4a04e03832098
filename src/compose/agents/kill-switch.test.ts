import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { openSwitch, type Pause, type PauseStore } from "../../oversight/switch.ts";
import { pausingOf } from "./kill-switch.ts";

const BROKEN = new Error("the disk is full");

function rig({ save, record }: { readonly save?: () => Promise<void>; readonly record?: () => Promise<void> }) {
  const kept: Pause[] = [];
  const recorded: string[] = [];
  const store: PauseStore = { load: async () => [], save: save ?? (async (pause) => void kept.push(pause)), remove: async () => {} };
  const audit = { system: async (event: string) => (record === undefined ? void recorded.push(event) : record()) };
  return { kept, recorded, open: async () => ({ held: await openSwitch(store, () => 0), audit }) };
}

test("an agent that is stopped is held at once, on record although the pause cannot be kept, and kept although it cannot be recorded", async () => {
  verifies("C-12");
  for (const fault of [{ save: async () => Promise.reject(BROKEN) }, { record: async () => Promise.reject(BROKEN) }]) {
    const { kept, recorded, open } = rig(fault);
    const { held, audit } = await open();
    await assert.rejects(pausingOf(held, () => ["a"], audit).pause("a", "anna", "it runs wild"));
    assert.equal(held.of("a")?.reason, "it runs wild");
    assert.deepEqual("save" in fault ? recorded : kept.map(({ agent }) => agent), "save" in fault ? ["agent-paused"] : ["a"]);
  }
});

test("an agent does not work again where that cannot be recorded", async () => {
  verifies("C-12");
  const { open } = rig({ record: async () => Promise.reject(BROKEN) });
  const { held, audit } = await open();
  await held.pause("a", "anna", "it runs wild");
  await assert.rejects(pausingOf(held, () => ["a"], audit).resume("a", "anna", "looked at"));
  assert.notEqual(held.of("a"), undefined);
});
