import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { safeJson } from "./line.ts";

test("whatever Unicode calls a control, a format or ignorable is written as an escape, and reads back as it was", () => {
  verifies("A-02");
  const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;
  for (let code = 0; code <= 0x10ffff; code++) {
    const character = String.fromCodePoint(code);
    if (!hidden.test(character)) continue;
    const line = safeJson({ text: character });
    assert.match(line, /^[\x20-\x7e]*$/, code.toString(16));
    assert.deepEqual(JSON.parse(line), { text: character });
  }
});

test("what people write and see stays as it is", () => {
  const text = "Grüße, 日本語, עברית, 👍🏽, “quoted” — done\ttab";
  assert.ok(safeJson({ text }).includes("Grüße, 日本語, עברית, 👍🏽, “quoted” — done"));
});
