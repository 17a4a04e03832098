import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../../test/verifies.ts";
import { askedIn, asking, MORSE, NUMBERS, stretches, WORD } from "./signs.ts";

const text = (...units: readonly string[]) => fc.array(fc.constantFrom(...units), { maxLength: 120 }).map((parts) => parts.join(""));

describe("a look at a text before it is decoded", () => {
  test("sees exactly the words that an expression would see, in whatever case and behind whatever sign", () => {
    verifies("I-04");
    const words = ["gur", "flfgrz", "erihsm"];
    const list = asking(words.map((word) => ({ word, name: word })));
    fc.assert(
      fc.property(text("gur", "GUR", "Flfgrz", "erihsm", "a", " ", ".", "7", "_", "[", "`", "ü", "\u2028"), (given) => {
        const seen = new Map<string, number>();
        for (const word of words) {
          const times = [...given.matchAll(new RegExp(`(?<![A-Za-z])${word}(?![A-Za-z])`, "gi"))].length;
          if (times > 0) seen.set(word, times);
        }
        assert.deepEqual([...askedIn(given, list)].sort(), [...seen].sort());
      }),
    );
  });

  for (const { name, kind, signs } of [
    { name: "numbers", kind: NUMBERS, signs: /[0-9a-fA-Fx ,:.-]+/g },
    { name: "Morse", kind: MORSE, signs: /[._ /|\r\n·•−-]+/g },
    { name: "words", kind: WORD, signs: /[!-~]+/g },
  ]) {
    test(`finds every stretch that is long enough, whole, and no other: ${name}`, () => {
      verifies("I-04");
      fc.assert(
        fc.property(text("0", "a1, ", "f:", "-", ". ", "·", "•−", "x", "g", "\n", "é", "  "), fc.integer({ min: 1, max: 30 }), (given, least) => {
          const all = [...given.matchAll(signs)].map(({ 0: { length }, index }) => ({ from: index, to: index + length }));
          assert.deepEqual(
            [...stretches(given, kind, least)],
            all.filter(({ from, to }) => to - from >= least),
          );
        }),
      );
    });
  }
});
