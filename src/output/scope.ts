import { deny, NEUTRAL, type Request } from "../core/index.ts";
import type { Question } from "./whole/whole.ts";

/** What an agent is there to talk about. */
export interface Scope {
  readonly action: "report" | "block";
  /** Beginnings of words, by the topic that they belong to. None: everything is in scope. */
  readonly topics: { readonly [topic: string]: readonly string[] };
  /** An answer of fewer words may be about anything: a greeting, a question back. */
  readonly words: number;
}

const ID = "output/scope";

/** Whether an answer speaks of one of the topics at all: the only thing that can be said without knowing what it means. */
export function scopeOf({ action, topics, words }: Scope): ((request: Request) => Question) | undefined {
  const begins = Object.values(topics)
    .flat()
    .map((word) => ` ${folded(word).trim()}`);
  if (begins.length === 0) return undefined;
  const question: Question = {
    holds: action === "block",
    ask(text) {
      const said = folded(text);
      if (wordsIn(said) < words || begins.some((begin) => said.includes(begin))) return NEUTRAL;
      return deny({ id: ID, text: "the answer speaks of none of the topics that this agent is there for" });
    },
  };
  return () => question;
}

/** Letters and digits in lower case, one blank between words and one before the first. */
const folded = (text: string): string =>
  ` ${text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()}`;

function wordsIn(said: string): number {
  let count = 0;
  for (let at = said.indexOf(" "); at >= 0; at = said.indexOf(" ", at + 1)) count++;
  return count;
}
