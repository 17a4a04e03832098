import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { verifies } from "../../test/verifies.ts";
import { digestOf, openPins, type Pin, type PinStore, type Pins } from "./pins.ts";

/** Keeps pins as a database does: what is saved is there a moment later. */
function slowStore(): PinStore & { readonly kept: Map<string, Pin> } {
  const kept = new Map<string, Pin>();
  return {
    kept,
    load: async () => [...kept.values()],
    async save(pin) {
      await setImmediate();
      kept.set(pin.tool, pin);
    },
  };
}

const open = (store: PinStore = slowStore()): Promise<Pins> => openPins(store, () => 0);
const says = (description: string, suspicion?: string) => [{ name: "read", whole: { description }, ...(suspicion === undefined ? {} : { suspicion }) }];
const whyOf = async (pins: Pins, listed: ReturnType<typeof says>): Promise<string | undefined> => {
  await pins.compare("crm", listed);
  return pins.of("crm.read")?.held?.why;
};

test("what was held back at first sight was never good: it does not come free by changing and changing back", async () => {
  verifies("S-02");
  const pins = await open();
  assert.equal(await whyOf(pins, says("poison", "injection")), "suspect");
  assert.equal(await whyOf(pins, says("harmless")), "suspect", "who tried once is trusted by a person, not by a second text");
  assert.equal(await whyOf(pins, says("poison")), "suspect");
  assert.equal(await pins.accept("crm.read", digestOf({ description: "harmless" })), false, "only what is there now");
  assert.equal(await pins.accept("crm.read", digestOf({ description: "poison" })), true);
  assert.equal(await whyOf(pins, says("poison")), undefined);
  assert.equal(await whyOf(pins, says("harmless")), "changed");
  assert.equal(await whyOf(pins, says("poison")), undefined, "what is again as it was accepted is good again");
});

test("of two clients that list a new tool at once, one pins it and the other is held to that", async () => {
  verifies("S-02");
  const store = slowStore();
  const pins = await open(store);
  const results = await Promise.all([pins.compare("crm", says("one")), pins.compare("crm", says("two"))]);
  assert.deepEqual(
    results.flat().map(({ news }) => news),
    ["pinned", "held"],
  );
  assert.equal(store.kept.get("crm.read")?.held?.why, "changed");
});

test("what cannot be kept is not pinned, and does not keep the next from being compared", async () => {
  verifies("S-02");
  let broken = true;
  const store = slowStore();
  const pins = await open({
    ...store,
    save: (pin) => (broken ? Promise.reject(new Error("disk full")) : store.save(pin)),
  });
  await assert.rejects(pins.compare("crm", says("one")), /disk full/);
  assert.equal(pins.of("crm.read"), undefined);
  broken = false;
  assert.equal(await whyOf(pins, says("two")), undefined);
});

test("what another process accepted is taken over when the tool is next listed", async () => {
  verifies("S-02");
  const store = slowStore();
  const pins = await open(store);
  await pins.compare("crm", says("one"));
  await pins.compare("crm", says("two"));
  assert.equal(await (await open(store)).accept("crm.read", digestOf({ description: "two" })), true);
  const [compared] = await pins.compare("crm", says("two"));
  assert.deepEqual([compared?.news, pins.of("crm.read")?.held], ["accepted", undefined]);
});
