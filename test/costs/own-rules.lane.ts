/** What a rule of somebody's own costs, whatever its pattern would do elsewhere. Measured alone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkConfig } from "../../src/compose/check.ts";
import { composeLayers } from "../../src/compose/layers.ts";
import { systemClock } from "../../src/compose/platform.ts";
import { readConfig } from "../../src/config/index.ts";
import { hostileTexts } from "../../src/detectors/hostile.ts";
import { scanner } from "../../src/detectors/index.ts";
import { makingRule, ownRule } from "../../src/detectors/own/own-rule.ts";
import { SLICE } from "../../src/input/find.ts";
import { isWithin, took } from "../pace.ts";
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
    const slice = took(SLICE);
    assert.ok(isWithin(50, slice), `${source}: ${slice} ms`);
    const [quarter, full] = [took(8_192), took(32_768)];
    assert.ok(full < 8 || full < quarter * 8, `${source}: ${quarter} and ${full} ms`);
  }
  for (const { name, text } of hostileTexts(32_768, laws)) {
    const before = process.cpuUsage();
    scanner(laws).matches(text, "user");
    assert.ok(isWithin(50, process.cpuUsage(before).user / 1000), name);
  }
});

/** Words that have nothing in common, with umlauts and accents; others in each round, because what was made is remembered. */
function words(count: number, round: number): readonly string[] {
  const letters = "abcdefghijklmnopqrstuvwxyzäöüßéè";
  let seed = round + 1;
  const drawn = (below: number): number => ((seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 8) % below;
  const word = (): string => Array.from({ length: 6 + drawn(8) }, () => letters[drawn(letters.length)]).join("");
  return Array.from({ length: count }, () => `${word()} ${word()}`);
}

/** Milliseconds of each step; the least of some rounds, for others share the machine. */
function steps(given: Partial<Parameters<typeof makingRule>[0]>): readonly number[] {
  const least: number[] = [];
  for (let round = 0; round < 8; round++) {
    const making = makingRule({ ...own, ...given });
    const isDone = (): boolean => {
      try {
        return making.next().done === true;
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        return true;
      }
    };
    for (let [step, done] = [0, false]; !done; step++) {
      const spent = took(() => {
        done = isDone();
      });
      least[step] = Math.min(least[step] ?? Infinity, spent);
    }
  }
  return least;
}

for (const [name, given] of [
  ["a hundred words", { words: words(100, 0) }],
  ["a pattern that is refused at last", { pattern: "(?:[ab]{0,60}a[ab]{60})" }],
  ["a pattern of many classes", { pattern: "(?:[a-z]{1,10}[0-9a-z]{1,10}[ -][a-z0-9üä]{1,30}){1,3}" }],
] as const)
  test(`the tables of own rules are made in steps of at most 5 ms: ${name}`, () => {
    verifies("I-06");
    const all = steps(given);
    assert.ok(all.length >= 20, `${all.length} steps`);
    assert.ok(isWithin(5, Math.max(...all)), `${Math.max(...all).toFixed(1)} ms`);
  });

test("a reload with a hundred new words keeps nobody waiting for 10 ms while they are made, and for 50 ms when they come into force", {
  timeout: 60_000,
}, async () => {
  verifies("I-06", "P-12");
  const base = "models: { practice: { provider: practice } }\nroles: { all: { read: ['*'] } }\nagents: { a: { role: all, models: ['*'] } }\n";
  const nowhere = { open: () => ({ decided: async () => {}, close: () => {} }) };
  let [making, taking] = [Infinity, Infinity];
  for (let round = 1; round <= 12 && (making >= 10 || taking >= 50); round++) {
    const text = `${base}detectors: { own: [{ id: ours, kind: internal, words: ${JSON.stringify(words(100, round))}, examples: { hit: [], miss: [] } }] }\n`;
    let [longest, over] = [0, false];
    const check: typeof checkConfig = async (config) => {
      let [last, before] = [performance.now(), process.threadCpuUsage()];
      const watch = (): void => {
        // The thread's own time comes in steps, and the clock also counts who else ran.
        const { user, system } = process.threadCpuUsage(before);
        longest = Math.max(longest, Math.min(performance.now() - last, (user + system) / 1000));
        [last, before] = [performance.now(), process.threadCpuUsage()];
        if (!over) setImmediate(watch);
      };
      setImmediate(watch);
      const problems = await checkConfig(config);
      over = true;
      return problems;
    };
    const loaded = await readConfig("holdfast.yaml", text, { env: {}, readFile: async () => "", check });
    assert.ok(loaded.ok);
    const { config } = loaded;
    making = Math.min(making, longest);
    taking = Math.min(
      taking,
      took(() => composeLayers(config, nowhere, { clock: systemClock, uncounted: true })),
    );
  }
  assert.ok(isWithin(10, making), `${making.toFixed(1)} ms in one turn`);
  assert.ok(isWithin(50, taking), `${taking.toFixed(1)} ms to take it into force`);
});
