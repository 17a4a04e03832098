import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { assertLinear } from "../../../test/linear.ts";
import { fold, isDisguised, standsIn } from "./fold.ts";

test("a value stands in a text only as a whole: never as a part of a longer word, number, address or path", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["Pay it to DE89370400440532013000, please.", "DE89370400440532013000", true],
    ["Pay it to DE893704004405320130001", "DE89370400440532013000", false],
    ["write to bob@shop.com.", "bob@shop.com", true],
    ["write to bob@shop.com.evil.org", "bob@shop.com", false],
    ["write to not-bob@shop.com", "bob@shop.com", false],
    ["read notes.txt and go on", "notes.txt", true],
    ["read my-notes.txt", "notes.txt", false],
    ["save it to /documents/a", "/documents", false],
    ["save it to /documents.", "/documents", true],
    ["see www.shop.com", "shop.com", false],
    ["amount 1200", "120", false],
    ["Grüße an MÜLLER", "müller", true],
    ["two\n  lines", "two lines", true],
    ["IBAN: DE89370400440532013000\nThank you", "DE89370400440532013000", true],
    ["Total\t98.70\r\nDue", "98.70", true],
    ["al\u0000ice\u200b@corp.com", "alice@corp.com", true],
    ["", "", false],
  ];
  for (const [text, value, expected] of cases) assert.equal(standsIn(fold(text), fold(value)), expected, `${value} in ${text}`);
});

test("what looks like the user's value and is another one is disguised, plain text in any language is not", () => {
  for (const value of ["alice\u200b@corp.com", "ＡＬＩＣＥ", "pay\u202epal", "a\u00adlice", "\u{e0041}x", "ﬁle.txt", "alice\u115f"])
    assert.equal(isDisguised(value), true, value);
  for (const value of ["alice@corp.com", "Müller & Söhne", "zwei\nZeilen", "данные", "日本語", "naïve café"]) assert.equal(isDisguised(value), false, value);
});

test("folding is stable, and a text holds each of its own words", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
      assert.equal(fold(fold(text)), fold(text));
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z0-9]{1,8}$/), { minLength: 1, maxLength: 8 }), (words) => {
      const text = fold(words.join(" "));
      for (const word of words) assert.ok(standsIn(text, word));
    }),
  );
});

test("where a value stands does not depend on how it is looked for, and costs no more than the lengths of both", () => {
  const plain = (text: string, value: string): boolean => {
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1))
      if (!/[\p{L}\p{N}_]/u.test(text[at - 1] ?? "") && !/[\p{L}\p{N}_]/u.test(text[at + value.length] ?? "")) return true;
    return false;
  };
  const words = fc.array(fc.constantFrom("a", "b", "aa", " ", "ab ", "a".repeat(64), "ab ".repeat(30)), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(words, words, fc.nat(8), fc.nat(40), (before, inside, cut, times) => {
      const value = inside.join("").trim();
      if (value === "") return;
      const text = before.join("") + value.slice(0, -cut || undefined).repeat(times) + before.join("") + value;
      for (const one of [text, text.slice(0, -1), `${text}a`]) assert.equal(standsIn(one, value), plain(one, value), JSON.stringify([one, value]));
    }),
    { numRuns: 2_000 },
  );
  for (const [piece, end] of [
    ["a", ""],
    ["a", "b"],
    ["ab ", "a"],
    ["a-", "a"],
    [". ", "a"],
    ["b a", ""],
  ] as const)
    assertLinear((length) => standsIn(`x${piece.repeat(length)}y`, piece.repeat(length / 2) + end), 65_536, { name: piece + end });
});
