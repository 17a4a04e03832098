import assert from "node:assert/strict";
import { test } from "node:test";
import { createRecordings } from "./recordings.ts";

const recording = (of: string, text = "") => ({ of, at: 0, answer: { text }, label: "" });

test("the newest answer of a call is kept, the oldest of all gives way, and memory is bounded", () => {
  const kept = createRecordings();
  kept.keep("a", recording("1"));
  kept.keep("a", recording("2"));
  assert.deepEqual([kept.of("a")?.of, kept.size], ["2", 1]);
  for (let i = 0; i < 2_000; i++) kept.keep(`k${i}`, recording(`${i}`));
  assert.deepEqual([kept.size, kept.of("a")], [2_000, undefined]);
  for (let i = 0; i < 300; i++) kept.keep(`long${i}`, recording(`${i}`, "x".repeat(200_000)));
  assert.ok(kept.size <= 170, String(kept.size));
  assert.equal(kept.of("long299")?.of, "299");
});

test("an answer that is too long is not kept, and takes the one before it along: that is not the answer any more", () => {
  const kept = createRecordings();
  kept.keep("a", recording("1"));
  kept.keep("a", recording("2", "x".repeat(300_000)));
  assert.deepEqual([kept.of("a"), kept.size], [undefined, 0]);
});
