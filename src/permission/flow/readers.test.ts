import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Content, defaultLabel } from "../../core/content.ts";
import { newSearch, standsIn } from "./fold.ts";
import { carriedIn, confidentialOf, isFree } from "./readers.ts";

const HR = ["hr@corp.example"];
// Of fewer than four words: more are a sentence, which is found as such.
const value = fc.constantFrom("acct-100200", "acct-1002001", "ref-77-88", "anna7@corp.example", "anna7@corp.examples", "7788990");
const filler = fc.constantFrom("the order", "of", "a letter.", "see page", "(copy)");
const text = fc.tuple(fc.array(fc.oneof(value, filler), { maxLength: 8 }), fc.nat(80)).map(([words, times]) => `${words.join(" ")} `.repeat(times));

/** The user, a source for everybody, and one for a few; in any order. */
const said = fc.record({ who: fc.constantFrom("user", "open", "closed"), text }).map(({ who, text: own }): Content => {
  const source = who === "user" ? ({ kind: "user" } as const) : ({ kind: "tool", id: `desk.${who}` } as const);
  return { source, text: own, label: { ...defaultLabel(source), ...(who === "closed" ? { readers: HR } : {}) } };
});

test("a value is carried out of the first closed text that holds it whole and had it from nobody before, as reading all of them shows", () => {
  fc.assert(
    fc.property(fc.array(said, { maxLength: 10 }), value, (read, wanted) => {
      const confidential = confidentialOf(read, () => undefined);
      const { restricted, free } = confidential;
      const plainly = restricted.find(
        (one) => standsIn(one.text, wanted) && !free.some(({ at, own, text: other }) => (own || at < one.at) && standsIn(other, wanted)),
      );
      assert.equal(carriedIn(wanted, confidential, ["eve@other.example"], false, newSearch()), plainly);
      assert.equal(carriedIn(wanted, confidential, HR, false, newSearch()), undefined);
      assert.equal(
        isFree(wanted, confidential, false, newSearch()),
        free.some(({ text: other }) => standsIn(other, wanted)),
      );
    }),
    { numRuns: 500 },
  );
});
