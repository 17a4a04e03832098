import { type Decision, deny, type Match, type Passage, permit, type Request, type Scanner } from "../../core/index.ts";
import type { OutputAction } from "../actions.ts";
import type { Act } from "../channel.ts";
import { PROMPT, type Quotes, quotesOf, withQuotes } from "./quotes.ts";

export interface PromptActions {
  /** What happens where an answer repeats the system prompt. */
  readonly action: OutputAction;
  /** How many words in a row are a repetition. */
  readonly words: number;
}

export const PROMPT_ACTIONS: PromptActions = { action: "report", words: 12 };

export interface PromptOptions extends PromptActions {
  /** The marker in the system prompt of this request, if there is one. */
  readonly canary: string | undefined;
  /** What else a text says: the readings of its codes. */
  readonly decode: (text: string) => readonly { readonly text: string }[];
  /** A text in plain letters, whatever alphabet or dress they wear. */
  readonly fold: (text: string) => string;
}

/** The system prompt in one answer. */
export interface Prompt {
  /** What is looked for while the answer passes. */
  scanner(rest: Scanner): Scanner;
  /** Undefined for a match that is not about the prompt. */
  act(match: Match, text: string): Act | undefined;
  /** What became of it, with what only showed in the answer as a whole. */
  decisions(passages: readonly Passage[]): readonly Decision[];
}

const NUMBERING = /^[ \t]{0,8}\d{1,4}[.):][ \t]{1,4}/gm;
const IDS = { canary: "output/canary", prompt: "output/system_prompt" } as const;

export function prompt({ action, words, canary, decode, fold }: PromptOptions, { content }: Request): Prompt {
  // Who calls with no system prompt has none to lose.
  const said = content.flatMap(({ source, text }) => (source.kind === "system" && text !== undefined ? [text] : [])).join("\n");
  let known: { readonly quotes: Quotes | undefined } | undefined;
  const quotes = (): Quotes | undefined => (known ??= { quotes: said === "" ? undefined : quotesOf(said, words) }).quotes;
  const foldedQuotes = (): Quotes | undefined => (said === "" ? undefined : quotesOf(fold(said), words));
  const decided = new Map<string, Decision>();
  const isCanary = (text: string): boolean =>
    canary !== undefined && (text.toLowerCase() === canary || Array.from(text.toLowerCase()).reverse().join("") === canary);

  return {
    scanner(rest) {
      const own = action === "report" ? undefined : quotes();
      return own === undefined ? rest : withQuotes(rest, own);
    },
    act({ detector }, text) {
      if (detector === "canary") {
        if (!isCanary(text)) return "leave";
        decided.set(IDS.canary, deny({ id: IDS.canary, text: "the marker of the system prompt stood in the answer: the rest was withheld" }));
        return "block";
      }
      if (detector !== PROMPT) return undefined;
      if (action === "block") {
        decided.set(IDS.prompt, deny({ id: IDS.prompt, text: "the answer repeated the system prompt: the rest was withheld" }));
        return "block";
      }
      decided.set(IDS.prompt, permit({ id: IDS.prompt, text: "what the answer repeated of the system prompt was taken out" }));
      return { by: `[${PROMPT}]` };
    },
    decisions(passages) {
      if (said !== "" && !decided.has(IDS.canary)) {
        const own = quotes();
        const holds = (text: string): boolean =>
          (canary !== undefined && text.toLowerCase().includes(canary)) || (own !== undefined && own.matches(text).length > 0);
        // ATTACK: an answer in other letters, or with a number before each word, is read as the prompt by anybody.
        const undressed = (text: string): boolean => {
          const plain = fold(text).replace(NUMBERING, "");
          return plain !== text && (foldedQuotes()?.matches(plain).length ?? 0) > 0;
        };
        if (passages.some(({ text }) => (!holds(text) && undressed(text)) || decode(text).some((layer) => holds(layer.text))))
          decided.set(`${IDS.prompt}/coded`, permit({ id: `${IDS.prompt}/coded`, text: "the answer repeats the system prompt in a code" }));
        if (!decided.has(IDS.prompt) && passages.some(({ text }) => holds(text)))
          decided.set(IDS.prompt, permit({ id: IDS.prompt, text: "the answer repeats the system prompt" }));
      }
      return [...decided.values()];
    },
  };
}
