/** The sentences of our own that the injection classifier learns from. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { copyOf } from "../../models/injection/rows.ts";
import { drawing, sentences } from "../../models/injection/written/grammar.ts";
import { writtenRows } from "../../models/injection/written/rows.ts";

const all = writtenRows(() => false);

describe("the written sentences", () => {
  test("are the same each time, and no place in them is left open", () => {
    assert.deepEqual(
      writtenRows(() => false),
      all,
    );
    for (const { text } of all) assert.doesNotMatch(text, /\{\w+\}/);
  });

  test("are as many in German as in English, harmless as not, said as read", () => {
    const sizes = (["en", "de"] as const).flatMap((lang) =>
      ([0, 1] as const).map((label) => all.filter((row) => row.lang === lang && row.label === label).length),
    );
    assert.equal(new Set(sizes).size, 1);
    const read = all.filter(({ role }) => role === "read").length;
    assert.ok(read > 0.45 * all.length && read < 0.55 * all.length);
  });

  test("hold no near copy of a row that is measured", () => {
    const { text } = all[1_000] as (typeof all)[number];
    const known = copyOf([{ text: `It says here: ${text} And so on.` }]);
    assert.ok(known(text));
    assert.ok(!writtenRows(known).some((row) => row.text === text));
  });

  test("come from every move, and a frame that asks for words nobody gave is refused", () => {
    const moves = { words: { who: "you|we" }, moves: { a: ["{who} go."], b: ["{who} stay."] } };
    assert.deepEqual(new Set([...sentences(moves, 4, drawing(1))].map(({ move }) => move)), new Set(["a", "b"]));
    assert.throws(() => [...sentences({ ...moves, words: {} }, 1, drawing(1))], RangeError);
  });
});
