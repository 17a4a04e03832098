import assert from "node:assert/strict";
import { test } from "node:test";
import { isPlain, written } from "./written.ts";

const shown = (text: string): string =>
  written(text)
    .map(({ text: piece, kind }) => (kind === "plain" ? piece : `[${piece}]`))
    .join("");

const CASES: readonly (readonly [what: string, text: string, shown: string])[] = [
  ["an ordinary text", "Grüße, 5 €\n\tan alle", "Grüße, 5 €\n\tan alle"],
  ["a text that runs backwards", "a\u202ecod.exe", "a[‹U+202E›]cod.exe"],
  ["a zero-width space", "pay\u200bpal", "pay[‹U+200B›]pal"],
  ["a tag character", "a\u{e0041}b", "a[‹U+E0041›]b"],
  ["a variation selector and a filler", "a\ufe0f\u3164b", "a[‹U+FE0F›‹U+3164›]b"],
  ["a control character and a lone surrogate", "a\u0007\ud800b", "a[‹U+0007›‹U+D800›]b"],
  ["a blank that is no space", "a\u00a0b\u2800c", "a[‹U+00A0›]b[‹U+2800›]c"],
  ["blanks at the ends", " a \n", "[‹U+0020›]a[‹U+0020›‹U+000A›]"],
  ["a Cyrillic letter in a Latin word", "p\u0430ypal", "p[\u0430‹U+0430›]ypal"],
  ["a full-width and a mathematical letter", "\uff41 \u{1d41a}", "[\uff41‹U+FF41›] [\u{1d41a}‹U+1D41A›]"],
  ["a word of another script", "Привет мир", "Привет мир"],
  ["markup", "<b>&amp;</b>", "<b>&amp;</b>"],
];
for (const [what, text, expected] of CASES) {
  test(`${what} is written so that a person reads what it is`, () => {
    assert.equal(shown(text), expected);
    assert.equal(isPlain(text), text === expected);
  });
}

test("nothing of a text is lost, whatever it holds", () => {
  const back = (text: string): string =>
    written(text)
      .map(({ text: piece, kind }) =>
        kind === "plain" ? piece : Array.from(piece.matchAll(/U\+([0-9A-F]+)/g), ([, code = ""]) => String.fromCodePoint(Number.parseInt(code, 16))).join(""),
      )
      .join("");
  for (let first = 0; first < 0x11000; first += 7) {
    const text = `a${String.fromCodePoint(first, first + 1, first + 3)}b`;
    assert.equal(back(text), text, first.toString(16));
  }
});
