import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { searching } from "./search.ts";

/** Reads every text. */
const plainly =
  <T extends { readonly text: string }>(items: readonly T[]) =>
  (value: string): readonly T[] =>
    items.filter(({ text }) => text.includes(value));

// Few signs, so that pieces repeat, of one byte and of two, and two that differ in their upper byte only.
const signs = fc.string({ unit: fc.constantFrom("a", "b", "@", ".", " ", "\n", "ä", "š", "語", "\u{1f600}", "\ud83d"), maxLength: 40 });
const long = fc.tuple(signs, fc.nat(90)).map(([text, times]) => ({ text: text.repeat(times) }));

test("what is found is what reading every text finds", () => {
  fc.assert(
    fc.property(fc.array(long, { maxLength: 8 }), signs, fc.nat(5_000), fc.nat(24), (items, other, from, length) => {
      const found = searching(items);
      for (const { text } of items) {
        const part = text.slice(from % (text.length + 1)).slice(0, length);
        for (const value of [part, `${part}${other}`, other]) assert.deepEqual(plainly(found(value))(value), plainly(items)(value));
      }
    }),
    { numRuns: 300 },
  );
});

test("each piece of a text is found in it, from its first sign to its last, at every length about which a table grows", () => {
  for (const length of [511, 512, 513, 1023, 1024, 1025, 4_096]) {
    const text = Array.from({ length }, (_, at) => String.fromCharCode(33 + ((at * at + 7 * at) % 700))).join("");
    const found = searching([{ text }]);
    for (let at = 0; at < length; at++) assert.equal(found(text.slice(at, at + 9)).length, 1, `${at} of ${length}`);
  }
});

test("a text that does not hold a value is hardly ever one that may", () => {
  const items = Array.from({ length: 500 }, (_, n) => ({
    text: `Message ${n}: the quick brown fox owes ${n * 7} to someone-${n}@example.org. `.repeat(20),
  }));
  const found = searching(items);
  const read = ["anna.kern@corp.example", "report.pdf", "someone-x@example.org"].flatMap(found);
  assert.ok(read.length <= 30, `${read.length} of 1,500`);
});
