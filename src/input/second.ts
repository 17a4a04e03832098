import { hash } from "node:crypto";
import {
  ask,
  compareMatches,
  type Decision,
  deny,
  type Finding,
  type Judge,
  type Match,
  type Opinion,
  permit,
  resolve,
  type SourceKind,
} from "../core/index.ts";
import { decodings } from "./decoding/decode.ts";
import { OVERLAP, WINDOW } from "./hidden.ts";
import type { InputAction } from "./inspect.ts";
import { normalise } from "./normalise.ts";
import type { Found } from "./texts.ts";

export interface Second {
  readonly opinion: Opinion;
  /** The probability from which on the first judges count as unsure, and the one from which on the opinion is a finding. */
  readonly from: number;
  readonly at: number;
  /** What follows where it gave no answer. */
  readonly missing: InputAction;
}

export interface Heard {
  /** By the place of the text in the list. */
  readonly findings: ReadonlyMap<number, readonly Finding[]>;
  /** Set where something was to be asked and no answer came. */
  readonly missing: Decision | undefined;
}

/** No request asks about more stretches than this, the likeliest first. What is left counts as not answered. */
const MOST = 16;
const REMEMBERED = 4_096;

interface Doubt {
  readonly text: number;
  readonly words: string;
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/**
 * Asks for a second opinion about what the judges are unsure of. Answers are remembered by a hash: a conversation is sent again with every
 * turn. What the model answers outside of 0 to 1 is no answer.
 */
export function secondOpinion(
  { opinion, from, at: least, missing }: Second,
  judges: readonly Judge[],
): (texts: readonly Found[], named: readonly (readonly Finding[])[], rest: () => Promise<void>) => Promise<Heard> {
  const known = new Map<string, number>();
  const keyOf = (words: string): string => hash("sha256", words, "base64");

  return async (texts, named, rest) => {
    const doubts: Doubt[] = [];
    for (const [index, { text, source }] of texts.entries()) {
      // The operator's own words are orders to the model: that is what they are for.
      if (source === "system") continue;
      for (let at = 0; at === 0 || at + OVERLAP < text.length; at += WINDOW - OVERLAP) {
        for (const { start, end, ...doubt } of doubtsIn(text.slice(at, at + WINDOW), source, judges, from)) {
          // What has a name already needs no second one.
          if (named[index]?.some((one) => one.kind === opinion.finds && one.start < at + end && at + start < one.end) === true) continue;
          doubts.push({ ...doubt, text: index, start: at + start, end: at + end });
        }
        if (text.length > WINDOW) await rest();
      }
    }
    const asked = doubts.sort((a, b) => b.score - a.score).slice(0, MOST);
    // Its own, because what is remembered may be thrown away while the model is asked: by this request, or by another.
    const scores = new Map<string, number>();
    const open: string[] = [];
    for (const words of new Set(asked.map((doubt) => doubt.words))) {
      const score = known.get(keyOf(words));
      if (score === undefined) open.push(words);
      else scores.set(words, score);
    }
    let why = doubts.length > asked.length ? `it is asked about ${MOST} stretches of a request at most` : undefined;
    if (open.length > 0) {
      try {
        const said = await opinion.ask(open);
        if (said.length !== open.length || !said.every((score) => score >= 0 && score <= 1))
          throw new Error("the larger model gave no answer: its form is wrong");
        if (known.size + open.length > REMEMBERED) known.clear();
        for (const [index, words] of open.entries()) {
          known.set(keyOf(words), said[index] as number);
          scores.set(words, said[index] as number);
        }
      } catch (error) {
        why = error instanceof Error ? error.message : "the larger model gave no answer";
      }
    }
    const found = new Map<number, Match[]>();
    for (const { text, words, start, end } of asked) {
      const score = scores.get(words);
      if (score === undefined || score < least) continue;
      found.set(text, [...(found.get(text) ?? []), { detector: opinion.id, kind: opinion.finds, start, end, score, order: 0 }]);
    }
    return {
      findings: new Map([...found].map(([text, matches]) => [text, resolve(matches.sort(compareMatches))])),
      missing: why === undefined ? undefined : { report: permit, ask, deny }[missing]({ id: `detectors/${opinion.id}/missing`, text: why }),
    };
  };
}

/** What stands in a window in plain or in a code, and leaves the judges in doubt. */
function doubtsIn(piece: string, source: SourceKind, judges: readonly Judge[], from: number): Omit<Doubt, "text">[] {
  const normal = normalise(piece);
  const place = (unit: number): { from: number; to: number } => normal.place?.(unit) ?? { from: unit, to: unit + 1 };
  const layers = [{ text: normal.text, place: (unit: number) => ({ from: unit, to: unit + 1 }) }, ...decodings(normal.text)];
  return layers.flatMap((layer) =>
    judges.flatMap((judge) =>
      (judge.unsure?.({ text: layer.text, source }, from) ?? []).map(({ start, end, score = 0 }) => {
        const [first, last] = [layer.place(start), layer.place(end - 1)];
        const [low, high] = [Math.min(first.from, last.from), Math.max(first.to, last.to)];
        return { words: layer.text.slice(start, end), start: place(low).from, end: place(Math.max(low, high - 1)).to, score };
      }),
    ),
  );
}
