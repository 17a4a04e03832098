/** Sentences by moves: each is a set of frames, and the words in braces are drawn from lists. The draw is a small generator of numbers, so the same seed gives the same rows. */
export interface Moves {
  /** What stands in braces, one of several; may hold braces itself. */
  readonly words: { readonly [slot: string]: string };
  /** Ways to say one thing; `|` parts them. */
  readonly moves: { readonly [name: string]: readonly string[] };
}

export type Draw = (below: number) => number;

export function drawing(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

const SLOT = /\{(\w+)\}/g;
const DEEPEST = 6;

/** One sentence of a frame. Throws on a slot without words: a row with a brace in it teaches braces. */
export function said(frame: string, { words }: Moves, draw: Draw): string {
  let text = frame;
  for (let depth = 0; depth < DEEPEST && text.includes("{"); depth++) {
    text = text.replace(SLOT, (_, slot: string) => {
      const choices = words[slot]?.split("|");
      if (choices === undefined) throw new RangeError(`a frame asks for \`${slot}\`, and no words are given for it`);
      return choices[draw(choices.length)] as string;
    });
  }
  return text.replace(/ {2,}/g, " ").replace(/(?:^|[.!?] )\p{Ll}/gu, (first) => first.toUpperCase());
}

/** So many different sentences, dealt evenly over the moves and their frames. */
export function* sentences(moves: Moves, count: number, draw: Draw): Generator<{ readonly text: string; readonly move: string }> {
  const frames = Object.entries(moves.moves).flatMap(([move, all]) => all.map((frame) => ({ move, frame })));
  const seen = new Set<string>();
  for (let at = 0; seen.size < count && at < 8 * count; at++) {
    const { move, frame } = frames[at % frames.length] as (typeof frames)[number];
    const text = said(frame, moves, draw);
    if (seen.has(text)) continue;
    seen.add(text);
    yield { text, move };
  }
}
