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
  const lineAt = linesOf(text);
  for (const { 0: whole, index } of text.matchAll(/(?:[^.!?\n]|[.!?](?!\s|$)|\n(?![ \t]*(?:\n|[-*#•]|\d{1,3}[.)]))){1,4000}[.!?]?/g)) {
    const lead = whole.length - whole.trimStart().length;
    const said = whole.trim().replace(/\s+/g, " ").slice(0, LONGEST);
    if (/\p{L}/u.test(said)) sentences.push({ text: said, line: lineAt(index + lead) });
  }
  return sentences;
}

/** In which line a place is, for places that come in order: no step goes back, or each place would read the text from its beginning. */
export function linesOf(text: string): (at: number) => number {
  let [line, read] = [1, 0];
  return (at) => {
    for (; read < at; read++) if (text.charCodeAt(read) === 0x0a) line++;
    return line;
  };
}
