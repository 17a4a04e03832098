import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { verifies } from "../../../test/verifies.ts";
import { HoldfastError } from "../../core/errors.ts";
import { openMemoryStore } from "../../stores/memory-store.ts";
import { storeHealth } from "./store-health.ts";

test("a store that takes nothing is known at once, tried again by itself, and known to take again; it is tried no more once it is shut", async () => {
  verifies("C-11");
  const inner = await openMemoryStore();
  let broken = false;
  const timers: (() => void)[] = [];
  const clock = {
    timer(_ms: number, fire: () => void) {
      timers.push(fire);
      return () => void timers.splice(timers.indexOf(fire), 1);
    },
  };
  const refusing = <T>(go: () => Promise<T>): Promise<T> => (broken ? Promise.reject(new HoldfastError("unavailable", "the disk is full")) : go());
  const health = storeHealth(
    Promise.resolve({ ...inner, put: (...given) => refusing(() => inner.put(...given)), remove: (...given) => refusing(() => inner.remove(...given)) }),
    clock,
  );
  const store = await health.store;
  await store.put("things", "one", 1);
  await assert.rejects(store.put("NO NAME", "one", 1));
  assert.deepEqual([health.isWritable(), timers.length], [true, 0], "a name that is none says nothing of the store");
  broken = true;
  for (const change of [store.put("things", "one", 2), store.remove("things", "one")]) await assert.rejects(change, { code: "unavailable" });
  assert.deepEqual([health.isWritable(), timers.length, (await store.get("things", "one"))?.value], [false, 1, 1]);
  const tried = async (): Promise<void> => {
    timers.shift()?.();
    for (let i = 0; i < 5; i++) await turn();
  };
  await tried();
  assert.deepEqual([health.isWritable(), timers.length], [false, 1]);
  broken = false;
  await tried();
  assert.deepEqual([health.isWritable(), timers.length], [true, 0]);
  broken = true;
  await assert.rejects(store.put("things", "one", 3));
  health.shut();
  assert.equal(timers.length, 0);
});
