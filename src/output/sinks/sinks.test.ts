import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { SINKS } from "./index.ts";

for (const [name, { examples, explain, found, escaped }] of Object.entries(SINKS))
  test(`${name} finds what its examples say, and does to a text what they say`, () => {
    verifies("O-11");
    for (const text of examples.hit) assert.ok(found(text) !== undefined, `found: ${text}`);
    for (const text of examples.miss) assert.equal(found(text), undefined, `left alone: ${text}`);
    for (const [text, safe] of examples.safe ?? []) assert.equal(escaped?.(text), safe);
    assert.ok(explain.en.length > 20 && explain.de.length > 20);
  });
