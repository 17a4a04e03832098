import assert from "node:assert/strict";
import { test } from "node:test";
import { compact } from "./compact.ts";
import { DERIVED } from "./derived.table.ts";
import { detectors } from "./index.ts";
import { OVERRIDE } from "./injection/instruction-override.ts";

// Of the table, without their joints again.
const grown = Object.values(DERIVED).flatMap((row) => (JSON.parse(row) as { readonly grows?: string }).grows?.replaceAll("(?=)", "") ?? []);
const expressions = [OVERRIDE, ...grown].map((source) => ({ source, flags: "gi" }));

test("a compact expression matches at the same places, and as much", () => {
  const examples = detectors.flatMap(({ examples: { hit, miss } }) => [...hit, ...miss]);
  // Whole, and each cut somewhere, for what fits at the end only.
  const texts = examples.flatMap((text, at) => (at % 6 === 0 ? [text, text.slice(0, (7 * at) % (text.length + 1))] : []));
  let hits = 0;
  for (const { source, flags } of expressions.filter(({ source }) => compact(source) !== source)) {
    const [plain, made] = [new RegExp(source, flags), new RegExp(compact(source), flags)];
    for (const text of texts)
      for (let at = 0; at <= text.length; at++) {
        plain.lastIndex = at;
        made.lastIndex = at;
        const [wanted, got] = [plain.exec(text), made.exec(text)];
        if (wanted?.index !== got?.index || wanted?.[0] !== got?.[0]) assert.fail(`${source.slice(0, 100)} in ${text} from ${at}`);
        if (wanted === null) break;
        hits++;
        at = wanted.index;
      }
  }
  assert.ok(hits > 1_000, `${hits} matches`);
});

test("signs in classes and behind a backslash are none of the expression's own, and what only looks brings ways together by itself", () => {
  const long = "x".repeat(200);
  for (const [source, made] of [
    ["(?:a|b)c", "(?:a|b)(?=)c"],
    ["a?(?:b|c)d", "a?(?=)(?:b|c)(?=)d"],
    ["(?:a|b)[)|c]{0,9}d", "(?:a|b)[)|c]{0,9}d"],
    ["(?:a|b)\\)\\|c", "(?:a|b)(?=)\\)\\|c"],
    ["(?<!a|b)c(?=d|e)f", "(?<!a|b)c(?=d|e)f"],
    ["(?:a{2}b){0,6}c{0,3}d", "(?:a{2}b){0,6}c{0,3}(?=)d"],
    ["(?:a|bc?)|\\u0041?d", "(?:a|bc?)|\\u0041?(?=)d"],
  ] as const)
    assert.equal(compact(`${source}${long}`), `${made}${long}`);
  assert.equal(compact("(?:a|b)c"), "(?:a|b)c", "a short one stays as it is");
});
