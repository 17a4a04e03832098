import assert from "node:assert/strict";
import { test } from "node:test";
import { detectors } from "../../src/detectors/index.ts";
import { KINDS, RECOGNISERS, VALIDATORS } from "../personal/kinds.ts";
import { f1, percent } from "./part.ts";

test("a measure names only detectors that there are", () => {
  const ids = new Set(detectors.map(({ id }) => id));
  const named = [...Object.values(KINDS), ...[...Object.values(RECOGNISERS), ...Object.values(VALIDATORS)].map((known) => known?.[1])];
  for (const id of named.flatMap((list) => list ?? [])) assert.ok(ids.has(id), `\`${id}\` is no detector`);
});

test("a share of nothing is no share, and nothing found is an F1 of 0", () => {
  assert.equal(percent(1, 8), "12.5 %");
  assert.equal(percent(0, 0), "–");
  assert.equal(f1({ found: 0, missed: 3, wrong: 0 }), "0");
  assert.equal(f1({ found: 9, missed: 1, wrong: 1 }), "0.900");
});
