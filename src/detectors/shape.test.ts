import assert from "node:assert/strict";
import { test } from "node:test";
import { named, token } from "./provider-key.ts";
import { scan } from "./scan.ts";
import { alnum, any, behind, digits, hex, shape } from "./shape.ts";

test("a shape is an expression for its own example, and says what both begin with", () => {
  const one = shape`${any("Ab1", "cd")}_v2.${hex(8)}`;
  assert.match(one.example, new RegExp(`^${one.source}$`));
  assert.deepEqual(one.starts, ["ab0_v0.", "cd_v0."]);
  assert.doesNotMatch(one.example.replace(".", "x"), new RegExp(`^${one.source}$`), "a full stop is one");
});

test("a beginning of two letters goes on until it is rare", () => {
  const { starts } = shape`SK${hex(32)}`;
  assert.equal(starts.length, 49);
  assert.ok(starts.every((start) => /^sk[a-f0]{2}$/.test(start)));
});

const found = (detector: ReturnType<typeof token>, text: string): string[] => scan([detector], text, "tool").map(({ start, end }) => text.slice(start, end));

test("a key is found whole, and only where a word begins", () => {
  const key = token("test-key", "Test", shape`tst_${alnum(20)}`);
  const one = `tst_${alnum(20).example}`;
  assert.deepEqual(found(key, `a=${one};`), [one]);
  assert.deepEqual(found(key, `a${one}`), []);
  assert.deepEqual(found(key, `${one}9`), []);
  assert.deepEqual(found(key, `tst_${"x".repeat(20)}`), [], "what manuals print");
});

test("the part that an account shows may have left; the key behind it is found", () => {
  const key = token("test-bot", "Test", behind(digits(6, 10), shape`:AA${alnum(30)}`));
  const secret = `:AA${alnum(30).example}`;
  assert.deepEqual(found(key, `123456789${secret}`), [secret]);
  assert.deepEqual(found(key, secret), []);
});

test("a hash is a key only behind the name of its provider, in every spelling of it", () => {
  const key = named("test-hash", "Message Bird", ["message_bird"], hex(32));
  const value = hex(32).example;
  for (const text of [
    `message_bird_key = "${value}"`,
    `messageBirdToken: ${value}`,
    `MESSAGE-BIRD=${value}`,
    `"message.bird": "${value}"`,
    `Message Bird token ${value}`,
  ])
    assert.deepEqual(found(key, text), [value], text);
  for (const text of [value, `messagebird ${value}`, `commit ${value} of message bird`, `message_bird = "${value}0"`])
    assert.deepEqual(found(key, text), [], text);
});
