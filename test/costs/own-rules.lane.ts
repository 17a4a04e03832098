/** What a rule of somebody's own costs, whatever its pattern would do elsewhere. Measured alone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { hostileTexts } from "../../src/detectors/hostile.ts";
import { scanner } from "../../src/detectors/index.ts";
import { ownRule } from "../../src/detectors/own/own-rule.ts";
import { verifies } from "../verifies.ts";

const own = { id: "own", kind: "internal", examples: { hit: [], miss: [] } } as const;
const laws = ownRule({
  ...own,
  words: ["Projekt Falke", "Müller & Söhne"],
  hosts: ["intra.example", "*.corp.example"],
  pattern: "\\b(ACME|BETA)-[0-9]{2,6}\\b",
});

test("an own rule takes no text longer than its length, whatever the pattern would do elsewhere", () => {
  verifies("I-05");
  // With a backtracking engine each of these takes minutes for the text that stands beside it.
  const bait: readonly (readonly [string, string])[] = [
    ["(?:a{1,10}){1,10}b", "a"],
    ["(?:a|a|aa){1,50}b", "a"],
    ["(?:[a-z]{0,9}[a-z]{0,9}[a-z]{0,9}){1,5}!", "a"],
    ["(?:\\w{1,20} ?){1,9}#", "word word "],
    ["[^x]{1,199}x", "y"],
  ];
  for (const [source, piece] of bait) {
    const all = scanner(ownRule({ ...own, pattern: source }));
    const took = (length: number): number => {
      const text = piece.repeat(length / piece.length);
      let least = Infinity;
      for (let round = 0; round < 5 || (round < 12 && least >= 50); round++) {
        const before = process.cpuUsage();
        all.matches(text, "user");
        all.open(text);
        const { user, system } = process.cpuUsage(before);
        least = Math.min(least, (user + system) / 1000);
      }
      return least;
    };
    const [half, full] = [took(16_384), took(32_768)];
    assert.ok(full < 50, `${source}: ${full} ms`);
    assert.ok(full < 8 || full < half * 3.5, `${source}: ${half} and ${full} ms`);
  }
  for (const { name, text } of hostileTexts(32_768, laws)) {
    const before = process.cpuUsage();
    scanner(laws).matches(text, "user");
    assert.ok(process.cpuUsage(before).user < 50_000, name);
  }
});
