import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf, textOf } from "./collect.ts";

test("text goes into base64 and comes back as it was, whatever its length", () => {
  for (const length of [0, 1, 2, 3, 6_143, 6_144, 6_145, 20_000]) {
    const text = "ä€x".repeat(length).slice(0, length);
    assert.equal(bytesOf(text), Buffer.from(text).toString("base64"));
    assert.equal(textOf(bytesOf(text)), text);
  }
});

test("text in base64 is decoded about as fast as it is parsed, whatever its length", () => {
  const long = Buffer.from("good day ".repeat(200_000)).toString("base64");
  const json = JSON.stringify(["good day".split("")].concat(new Array(20_000).fill(["good", "day"])));
  const run = (): number => costOf(() => void textOf(long));
  run();
  const [decoding, parsing] = [Math.min(run(), run(), run()), Math.min(...[1, 2, 3].map(() => costOf(() => void JSON.parse(json))))];
  assert.ok(decoding < 25 * parsing, `${decoding} µs against ${parsing} µs`);
});

function costOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
