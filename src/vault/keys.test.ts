import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../test/verifies.ts";
import type { Clock } from "../core/layers.ts";
import { type Documents, memoryDocuments } from "./documents.ts";
import { isKeyText, writeKey } from "./key-text.ts";
import { createKeys, type Keys } from "./keys.ts";

/** A clock that a test turns by hand. */
function handClock(): Clock & { wall: number; steady: number; pass(ms: number): Promise<void> } {
  const timers = new Set<{ at: number; fire: () => void }>();
  const clock = {
    wall: 1_700_000_000_000,
    steady: 0,
    now: () => clock.wall,
    monotonic: () => clock.steady,
    timer(ms: number, fire: () => void) {
      const timer = { at: clock.steady + ms, fire };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async pass(ms: number) {
      clock.wall += ms;
      clock.steady += ms;
      for (const timer of timers) if (timer.at <= clock.steady && timers.delete(timer)) timer.fire();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  return clock;
}

function open(documents: Documents = memoryDocuments()): { keys: Keys; clock: ReturnType<typeof handClock>; documents: Documents } {
  const clock = handClock();
  return { keys: createKeys({ documents, clock, random: randomBytes }), clock, documents };
}

test("a key is known by its text and by nothing near it", async () => {
  verifies("P-03");
  const { keys } = open();
  const { text, key } = await keys.mint({ agent: "support", models: ["openai/*"] });
  assert.deepEqual(await keys.verify(text), key);
  for (let at = 0; at < text.length; at++) {
    const near = text.slice(0, at) + (text[at] === "x" ? "y" : "x") + text.slice(at + 1);
    assert.equal(await keys.verify(near), undefined);
  }
  assert.equal(await keys.verify(`${text} `), undefined);
});

test("every 32 bytes are a key text, and no two are the same", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uint8Array({ minLength: 32, maxLength: 32 }), (a, b) => {
      assert.ok(isKeyText(writeKey(a)));
      assert.equal(writeKey(a) === writeKey(b), Buffer.compare(a, b) === 0);
    }),
  );
});

test("a text that is no key is refused without asking the store", async () => {
  let asked = 0;
  const documents = memoryDocuments();
  const { keys } = open({
    ...documents,
    get: (...where) => {
      asked += 1;
      return documents.get(...where);
    },
  });
  for (const text of ["", "hf_", `hf_${"A".repeat(49)}`, "sk-abc", "x".repeat(100_000), `hf_${"ä".repeat(49)}`])
    assert.equal(await keys.verify(text), undefined);
  assert.equal(asked, 0);
});

test("neither the key nor anything it could be made from is stored", async () => {
  verifies("G-03");
  const { keys, documents } = open();
  const { text } = await keys.mint({ agent: "support" });
  const stored = JSON.stringify(await documents.list("keys"));
  assert.doesNotMatch(stored, new RegExp(text.slice(3, 20)));
  assert.match(stored, /"hash":"[0-9a-f]{64}"/);
});

test("a revoked key is refused at once and everything it opened ends, once", async () => {
  verifies("P-03", "C-12");
  const { keys } = open();
  const [one, two] = [await keys.mint({ agent: "a" }), await keys.mint({ agent: "a" })];
  const ended: string[] = [];
  keys.watch(one.key.id, () => ended.push("one"));
  keys.watch(one.key.id, () => ended.push("one again"));
  keys.watch(two.key.id, () => ended.push("two"));
  const stop = keys.watch(one.key.id, () => ended.push("not watched any more"));
  stop();
  assert.ok(await keys.verify(one.text));
  assert.equal(await keys.revoke(one.key.id), true);
  assert.equal(await keys.verify(one.text), undefined);
  assert.equal(await keys.revoke(one.key.id), false);
  assert.deepEqual(ended, ["one", "one again"]);
  assert.equal((await keys.list()).length, 1);
});

test("a key revoked by another process ends what it opened here within a second", async () => {
  const { keys, clock, documents } = open();
  const { text, key } = await keys.mint({ agent: "a" });
  let ended = 0;
  keys.watch(key.id, () => (ended += 1));
  await documents.remove("keys", key.id);
  await clock.pass(1000);
  assert.equal(ended, 1);
  assert.equal(await keys.verify(text), undefined);
});

test("a key ends when its time is over by either clock", async () => {
  const { keys, clock } = open();
  const { text, key } = await keys.mint({ agent: "a", expires: clock.now() + 5000 });
  let ended = 0;
  keys.watch(key.id, () => (ended += 1));
  assert.ok(await keys.verify(text));
  clock.wall -= 3_600_000;
  await clock.pass(4000);
  assert.ok(await keys.verify(text));
  await clock.pass(2000);
  assert.equal(await keys.verify(text), undefined);
  assert.equal(ended, 1);
});

test("while the store does not answer no key is good, and what is live ends after three seconds", async () => {
  const documents = memoryDocuments();
  let broken = false;
  const { keys, clock } = open({
    ...documents,
    get(...where) {
      if (broken) throw new Error("EIO");
      return documents.get(...where);
    },
  });
  const { text, key } = await keys.mint({ agent: "a" });
  let ended = 0;
  keys.watch(key.id, () => (ended += 1));
  broken = true;
  assert.throws(() => keys.verify(text), { code: "unavailable" });
  for (const expected of [0, 0, 1]) {
    await clock.pass(1000);
    assert.equal(ended, expected);
  }
});

test("a stored document that is not a key is none", async () => {
  const { keys, documents } = open();
  const { text, key } = await keys.mint({ agent: "a" });
  const good = (await documents.get("keys", key.id)) as { [name: string]: string };
  for (const bad of [null, [], "x", {}, { ...good, agent: 1 }, { ...good, hash: "00" }, { ...good, models: "*" }, { ...good, expires: "never" }]) {
    await documents.put("keys", key.id, bad);
    assert.equal(await open(documents).keys.verify(text), undefined, JSON.stringify(bad));
  }
});

test("a scope is known for every key, and a key that is gone reaches nothing", async () => {
  const { keys } = open();
  const scoped = await keys.mint({ agent: "a", models: ["open/*"] });
  const free = await keys.mint({ agent: "a" });
  for (const { text } of [scoped, free]) await keys.verify(text);
  assert.deepEqual(keys.modelsOf(scoped.key.id), ["open/*"]);
  assert.equal(keys.modelsOf(free.key.id), undefined);
  await keys.revoke(free.key.id);
  assert.deepEqual(keys.modelsOf(free.key.id), []);
  assert.equal(keys.modelsOf("another-kind-of-capability"), undefined);
});
