import assert from "node:assert/strict";
import { test } from "node:test";
import { left } from "./format.ts";

const CASES: readonly (readonly [seconds: number, en: string, de: string])[] = [
  [0, "", ""],
  [-5, "", ""],
  [1, "1 sec", "1 Sek."],
  [59, "59 sec", "59 Sek."],
  [252, "4 mins 12 secs", "4 Min. 12 Sek."],
  [3_600, "1 hr 0 mins", "1 Std. 0 Min."],
  [86_400 + 7_300, "1 day 2 hrs", "1 Tg. 2 Std."],
];

test("what is left is said in its two largest units, and nothing once it is over", () => {
  const plain = (text: string): string =>
    text
      .replace(/s\b|\./g, "")
      .replace(/Tag\b/, "Tg")
      .replace(/\u00a0/g, " ");
  for (const [seconds, en, de] of CASES) {
    const until = new Date(seconds * 1000 + 500).toISOString();
    assert.equal(plain(left(until, "en", 0)), plain(en));
    assert.equal(plain(left(until, "de", 0)), plain(de));
  }
  assert.equal(left("no time", "en", 0), "");
});
