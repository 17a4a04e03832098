import assert from "node:assert/strict";
import { test } from "node:test";
import { conduct, detectors } from "../../src/detectors/index.ts";
import { allSaid } from "../answers/said.ts";
import { KINDS, RECOGNISERS, VALIDATORS } from "../personal/kinds.ts";
import { isPlaceholder } from "../secrets/rules.ts";
import { f1, percent } from "./part.ts";

test("a measure names only detectors that there are", () => {
  const ids = new Set(detectors.map(({ id }) => id));
  const named = [...Object.values(KINDS), ...[...Object.values(RECOGNISERS), ...Object.values(VALIDATORS)].map((known) => known?.[1])];
  for (const id of named.flatMap((list) => list ?? [])) assert.ok(ids.has(id), `\`${id}\` is no detector`);
});

test("of every kind of conduct and language there are sixty sentences to be found and sixty that are none, each once", () => {
  const all = allSaid();
  assert.equal(new Set(all.map(({ text }) => text)).size, all.length);
  const kinds = Object.groupBy(all, ({ kind, language, meant }) => `${kind} ${language} ${meant}`);
  assert.equal(Object.keys(kinds).length, conduct.length * 2 * 2);
  for (const [name, sentences = []] of Object.entries(kinds)) {
    assert.ok(sentences.length >= 60, name);
    const seen = sentences.filter((one) => one.seen).length;
    assert.ok(seen > 20 && seen < sentences.length - 20, `${name}: ${seen} seen`);
  }
});

test("a placeholder is what a variable, one sign or a word stands for, and no chosen password", () => {
  for (const value of ["$Password", "%nothing%", "######", "a".repeat(40), "00-aaaaaaaaaaaaa-aaaaaaaaaaaaaaaaaaaaaaaaa", "YOURPASSWORD", "secret"])
    assert.ok(isPlaceholder(value), value);
  for (const value of ["$1$28772684$iEwNOgGugqO9", "open sesame", "super$ecret", "Xy7Kd92LmQ4vT8sBn1Rz"]) assert.ok(!isPlaceholder(value), value);
});

test("a share of nothing is no share, and nothing found is an F1 of 0", () => {
  assert.equal(percent(1, 8), "12.5 %");
  assert.equal(percent(0, 0), "–");
  assert.equal(f1({ found: 0, missed: 3, wrong: 0 }), "0");
  assert.equal(f1({ found: 9, missed: 1, wrong: 1 }), "0.900");
});
