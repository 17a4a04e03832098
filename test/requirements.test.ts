import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { citationsOf, coverageMap, type Requirement } from "../scripts/citations.ts";
import { ROOT } from "../scripts/root.ts";
import { readTree, type Source } from "../scripts/sources.ts";

const known = JSON.parse(readFileSync(join(ROOT, "knowledge/requirements.json"), "utf8")) as readonly Requirement[];
const tree = citationsOf(readTree(), known);

test("the requirement list names every id once", () => {
  assert.equal(new Set(known.map(({ id }) => id)).size, known.length);
  for (const { id, section, text } of known) assert.ok(/^[A-Z]-\d\d$/.test(id) && section !== "" && text !== "", id);
});

test("every claim in the tests is sound", () => {
  assert.deepEqual(tree.faults, []);
});

test("docs/coverage.md says what the tests say (else: npm run fix)", () => {
  // Not assert.equal: it would print both maps.
  assert.ok(readFileSync(join(ROOT, "docs/coverage.md"), "utf8") === coverageMap(known, tree), "docs/coverage.md is out of date");
});

const inFile = (text: string, path = "src/core/a.test.ts"): readonly Source[] => [{ path, text }];

const FALSE_CLAIMS: readonly (readonly [string, readonly Source[]])[] = [
  ["an unknown id", inFile('test("x", () => { verifies("Z-99"); });')],
  ["an id made at run time", inFile('test("x", () => { verifies(ids[0]); });')],
  ["no id", inFile('test("x", () => { verifies(); });')],
  ["a claim outside every test", inFile('verifies("P-01");')],
  ["a claim in a function that a test may never call", inFile('const f = () => { verifies("P-01"); }; test("x", () => {});')],
  ["a claim after the first line, which a return may skip", inFile('test("x", () => { if (off) return; verifies("P-01"); });')],
  ["a claim under a condition", inFile('test("x", () => { if (on) verifies("P-01"); });')],
  ["a claim in a skipped test", inFile(`test.${"skip"}("x", () => { verifies("P-01"); });`)],
  ["a claim in a test that an option skips", inFile('test("x", { skip: true }, () => { verifies("P-01"); });')],
  ["a claim in a test that may skip itself", inFile('test("x", (t) => { verifies("P-01"); if (off) t.skip(); });')],
  ["a claim in a test that is to be written", inFile('test("x", { todo: true }, () => { verifies("P-01"); });')],
  ["a claim in a call that is not a test", inFile('before("x", () => { verifies("P-01"); });')],
  ["a claim in a file that no run picks up", inFile('test("x", () => { verifies("P-01"); });', "src/core/a.ts")],
];

for (const [what, sources] of FALSE_CLAIMS) {
  test(`the claims test goes red on ${what}`, () => {
    const { sound, faults } = citationsOf(sources, known);
    assert.equal(faults.length, 1);
    assert.deepEqual(sound, []);
  });
}

test("sound claims are found in tests of both kinds, with options and computed names", () => {
  const sources = [
    ...inFile('test("a", async (t) => { verifies("P-01", "A-02"); });'),
    ...inFile(["test(`b $", '{x}`, { timeout: 5 }, () => { verifies("P-01"); });'].join(""), "test/e2e/b.lane.ts"),
  ];
  const { sound, faults } = citationsOf(sources, known);
  assert.deepEqual(faults, []);
  assert.deepEqual(
    sound.map(({ id, test: name }) => `${id} ${name}`),
    ["P-01 a", "A-02 a", "P-01 b …"],
  );
});

test("a requirement that no test shows is listed as such", () => {
  const map = coverageMap(known.slice(0, 1), { sound: [], faults: [] });
  assert.match(map, /0 of 1 requirements/);
  assert.match(map, /Not shown by any test yet/);
});
