import type { Sentence } from "./sentences.ts";

const NEVER = /\b(?:never|do not|don't|must not|may not|under no circumstances|nie|niemals|nicht|keinesfalls|auf keinen Fall|keine[mnrs]?)\b/i;
const ALWAYS = /\b(?:always|must|every time|in any case|immer|stets|m(?:ü|ue)ssen|auf jeden Fall|in jedem Fall)\b/i;
const SMALL = new Set(
  "always never must not may your you the and that this with from for are what when which have always under circumstances immer stets niemals nicht sie der die das den dem ein eine einen einem einer und oder auf bei mit von müssen dürfen jeden jedem fall ihre ihren ihnen dich dein deine ihr ihm kein keine keinen keiner keinem".split(
    " ",
  ),
);

/** Orders of which only one can be kept. */
const OPPOSITES: readonly (readonly [RegExp, RegExp])[] = [
  [
    /\b(?:be brief|keep (?:it|your answers?) (?:short|brief)|short answers|fass\w* (?:Sie )?sich kurz|antwort\w* (?:Sie )?kurz)\b/i,
    /\b(?:in (?:great |full )?detail|detailed answers|as detailed as|ausf(?:ü|ue)hrlich\w*|so ausf(?:ü|ue)hrlich)\b/i,
  ],
  [
    /\b(?:only|always) (?:in|answer in|reply in) German\b|\b(?:nur|immer|ausschließlich) (?:auf|in) Deutsch\b/i,
    /\b(?:only|always) (?:in|answer in|reply in) English\b|\b(?:nur|immer|ausschließlich) (?:auf|in) Englisch\b/i,
  ],
];
/** More sentences than these are compared with none: a prompt of that size is a document. */
const MOST = 400;

/** The lines of sentences that say the opposite of an earlier one. */
export function contradictions(sentences: readonly Sentence[]): readonly number[] {
  const orders = sentences.slice(0, MOST).map(({ text, line }) => {
    const never = NEVER.test(text);
    return {
      text,
      line,
      says: never ? -1 : ALWAYS.test(text) ? 1 : 0,
      words: new Set(
        text
          .toLowerCase()
          .match(/\p{L}{3,}/gu)
          ?.filter((word) => !SMALL.has(word)),
      ),
    };
  });
  const lines: number[] = [];
  orders.forEach((later, at) => {
    const against = orders
      .slice(0, at)
      .some(
        (earlier) =>
          (earlier.says * later.says === -1 && likeness(earlier.words, later.words) >= 0.6) ||
          OPPOSITES.some(([one, other]) => (one.test(earlier.text) && other.test(later.text)) || (other.test(earlier.text) && one.test(later.text))),
      );
    if (against) lines.push(later.line);
  });
  return lines;
}

/** The share of words that both hold, of the shorter one's. */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const least = Math.min(a.size, b.size);
  if (least < 2) return 0;
  let both = 0;
  for (const word of a) if (b.has(word)) both++;
  return both / Math.max(least, Math.max(a.size, b.size) * 0.75);
}
