import { cutAt } from "../core/whole-characters.ts";

/** Milliseconds from one piece to the next, and to the first: what is over sooner is told by its end alone. */
const EVERY = 500;
/** UTF-16 code units of one piece. */
const LONGEST = 16_384;

export interface Pieces {
  add(text: string): void;
  /** Nothing more is told. What was not told yet stays untold: whoever waits for the end gets the whole. */
  end(): void;
}

/** Tells a text in pieces while it grows, however it comes: so many and so long that whoever hears them keeps up. */
export function inPieces(tell: (piece: string) => void): Pieces {
  let untold = "";
  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    const end = cutAt(untold, LONGEST);
    const piece = untold.slice(0, end);
    untold = untold.slice(end);
    timer = untold === "" ? undefined : setTimeout(next, EVERY);
    tell(piece);
  };
  return {
    add(text) {
      if (text === "") return;
      untold += text;
      timer ??= setTimeout(next, EVERY);
    },
    end: () => clearTimeout(timer),
  };
}
