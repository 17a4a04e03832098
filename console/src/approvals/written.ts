/** A piece of a text as a person is to read it: as it is, or written out, because it could not be seen or looks like something else. */
export interface Piece {
  readonly text: string;
  readonly kind: "plain" | "hidden" | "alike";
}

// Controls, formats, surrogates without a partner, what nobody has assigned, blanks that are not the space, and what Unicode says to
// ignore. Blanks at either end as well: nobody sees them.
const HIDDEN = /(?:(?![ \t\n])[\p{C}\p{Z}\p{DI}\u2800])+|^[ \t\n]+|[ \t\n]+$/gu;
const HIDDEN_ONE = /\p{DI}/u;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const LATIN = /\p{Script=Latin}/u;
const LETTER = /\p{L}/u;

/** Cuts a text into pieces. Nothing is left out: the plain pieces and the characters behind the others are the whole text. */
export function written(text: string): readonly Piece[] {
  const marks = [...hiddenIn(text), ...alikeIn(text)].sort((a, b) => a.at - b.at);
  const pieces: Piece[] = [];
  let done = 0;
  for (const { at, length, piece } of marks) {
    if (at > done) pieces.push({ text: text.slice(done, at), kind: "plain" });
    pieces.push(piece);
    done = at + length;
  }
  return done < text.length ? [...pieces, { text: text.slice(done), kind: "plain" }] : pieces;
}

/** True where the text reads as what it is. */
export const isPlain = (text: string): boolean => written(text).every(({ kind }) => kind === "plain");

interface Mark {
  readonly at: number;
  readonly length: number;
  readonly piece: Piece;
}

function hiddenIn(text: string): readonly Mark[] {
  return Array.from(text.matchAll(HIDDEN), (found) => ({ at: found.index, length: found[0].length, piece: { text: numbered(found[0]), kind: "hidden" } }));
}

/** Letters that are not what they look like: of another script inside a word of Latin ones, or a styled form such as a full-width one. */
function alikeIn(text: string): readonly Mark[] {
  return Array.from(text.matchAll(WORD)).flatMap((word) => {
    const latin = LATIN.test(word[0]);
    let at = word.index;
    return [...word[0]].flatMap((letter): readonly Mark[] => {
      const mark: Mark = { at, length: letter.length, piece: { text: letter + numbered(letter), kind: "alike" } };
      at += letter.length;
      return LETTER.test(letter) && ((latin && !LATIN.test(letter)) || letter.normalize("NFKC") !== letter) && !HIDDEN_ONE.test(letter) ? [mark] : [];
    });
  });
}

/** \u2039U+202E\u203a for each character. */
function numbered(text: string): string {
  return Array.from(text, (one) => `\u2039U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}\u203a`).join("");
}
