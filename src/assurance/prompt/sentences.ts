export interface Sentence {
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Longer than this, a sentence is looked at in part: prompts are foreign text too. */
const LONGEST = 600;

/** The sentences and items of a text. A sentence may go over a single line break, and ends with an empty line or before the next item. */
export function sentencesOf(text: string): readonly Sentence[] {
  const sentences: Sentence[] = [];
  let [line, last] = [1, 0];
  for (const { 0: whole, index } of text.matchAll(/(?:[^.!?\n]|[.!?](?!\s|$)|\n(?![ \t]*(?:\n|[-*#•]|\d{1,3}[.)]))){1,4000}[.!?]?/g)) {
    line += count(text, last, index);
    last = index;
    const lead = whole.length - whole.trimStart().length;
    const said = whole.trim().replace(/\s+/g, " ").slice(0, LONGEST);
    if (/\p{L}/u.test(said)) sentences.push({ text: said, line: line + count(whole, 0, lead) });
  }
  return sentences;
}

/** Line breaks between two places; no step looks beyond the second, or a text without any would be read once for each sentence. */
function count(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at++) if (text.charCodeAt(at) === 0x0a) lines++;
  return lines;
}
