import type { SinkAction } from "../../core/index.ts";
import type { Channel } from "../channel.ts";

/** One stretch of a text that begins with a sign that means something to the sink. */
export interface Piece {
  readonly length: number;
  /** What the sink would do with it that nobody may do by writing an answer: a key of WORDS. Absent where it is harmless. */
  readonly found?: string;
  /** What leaves in its place where the sink is made safe. */
  readonly safe: string;
}

/** How a sink reads a text. `ended`: no more will come. */
export interface Reading {
  /** Where something may begin; global. Everything between two such places leaves as it is. */
  readonly signs: RegExp;
  /** The piece that begins at `at`; undefined where more text is needed to say. INVARIANT: what it says does not change when more comes. */
  read(text: string, at: number, ended: boolean): Piece | undefined;
}

/** A text on its way into a sink: what leaves is the same however it was cut, because each piece is decided once, from its beginning on. */
export function openReading({ signs, read }: Reading, action: SinkAction, found: (what: string) => void): Channel {
  let text = "";
  let ended = false;
  const run = (): string => {
    let out = "";
    for (let at = 0; ; ) {
      signs.lastIndex = at;
      const next = signs.exec(text)?.index;
      out += text.slice(at, next);
      if (next === undefined) {
        text = "";
        return out;
      }
      const piece = read(text, next, ended);
      if (piece === undefined) {
        text = text.slice(next);
        return out;
      }
      if (piece.found !== undefined) found(piece.found);
      if (piece.found !== undefined && action === "block") {
        [text, ended] = ["", true];
        return out;
      }
      at = next + piece.length;
      out += action === "report" ? text.slice(next, at) : piece.safe;
    }
  };
  return {
    push(more) {
      if (ended || more === "") return "";
      text += more;
      return run();
    },
    end() {
      if (ended) return "";
      ended = true;
      return run();
    },
  };
}
