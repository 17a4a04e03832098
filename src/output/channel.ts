import { CALM, LOOKBEHIND, LOUD, type Match, type Scanner, wholeCharacters } from "../core/index.ts";
import type { Logged } from "./passage.ts";

/** One channel of an answer: text comes in pieces cut anywhere, and leaves as soon as it is known to be clean. */
export interface Channel {
  /** What may leave now that `text` came. After a block it is empty. */
  push(text: string): string;
  /** What was held back. */
  end(): string;
}

export interface ChannelOptions {
  /** Finds what must not leave as it is. */
  readonly holding: Scanner;
  readonly log?: Logged;
  readonly after?: After;
  /** How many code units before a match `act` sees, where that is more than a detector does. */
  readonly behind?: number;
  /** What becomes of a match: asked once for each, in order. */
  readonly act: (match: Match, place: Place) => Act;
}

/** What has left before the first piece: how many code units, and the last of them. */
export interface After {
  readonly left: number;
  readonly text: string;
}

/** A match in the text around it: of what stands before it the last `behind` code units, or all there is. */
export interface Place {
  readonly text: string;
  readonly before: string;
  /** How many code units have left when the match is reached. */
  readonly left: number;
}

/** It leaves as it is, something stands in its place, or the whole answer ends here. */
export type Act = "leave" | "block" | { readonly by: string };

/** A text that is held at this length is looked at again only when it has grown by an eighth: single letters must not cost a scan each. */
const PATIENCE = 512;

/**
 * INVARIANT: what leaves is the same however the text was cut. A match is decided where it begins (Detector), overlaps are resolved from
 * left to right (`resolve`), and nothing at or after the smallest `open` leaves; so both only ever see what more text cannot change.
 */
export function openChannel({ holding, log, act, behind = LOOKBEHIND, after = { left: 0, text: "" } }: ChannelOptions): Channel {
  /** A decided text is cut when it is this long and not with every piece: cutting copies. */
  const window = 8 * behind;
  // The text from `base` on: what is still needed of the decided code units, then the others. Offsets count from the channel's beginning.
  let base = after.left - after.text.length;
  let text = after.text;
  /** Everything that begins before it is decided. */
  let decided = after.left;
  /** Everything before it has left, or was masked: a masked match may reach beyond `decided`. */
  let sent = after.left;
  let masked: string | undefined;
  let left = after.left;
  let due = 0;
  let blocked = false;
  /** Where the scanner stands while nothing could begin in what it read. LOUD: the window is looked at, until all of it is calm again. */
  let calm = after.text === "" ? CALM : holding.calm(CALM, after.text);

  /** True if everything that came, but for its last code units, is decided and has left. */
  const settled = (last = 0): boolean => sent === decided && decided === base + text.length - last;

  /** Hands over the text up to `end`, once. */
  const take = (end: number): string => {
    if (end <= sent) return "";
    const taken = text.slice(sent - base, end - base);
    log?.add(taken);
    sent = end;
    masked = undefined;
    return taken;
  };

  const release = (open: number): string => {
    let out = "";
    for (const match of holding.matches(text, "model", decided - base)) {
      const [start, end] = [match.start + base, match.end + base];
      if (start >= open) break;
      const acted = act(
        { ...match, start, end },
        {
          text: text.slice(match.start, match.end),
          before: text.slice(Math.max(0, match.start - behind), match.start),
          left: left + out.length + Math.max(0, start - sent),
        },
      );
      if (acted === "leave") continue;
      log?.found({ ...match, start, end });
      out += take(start);
      if (acted === "block") {
        take(end);
        blocked = true;
        return out;
      }
      if (end <= sent) continue;
      const goesOn = masked === match.detector && start <= sent;
      take(end);
      masked = match.detector;
      if (!goesOn) out += acted.by;
    }
    out += take(open);
    left += out.length;
    decided = open;
    forget();
    return out;
  };

  /** While it is calm, text leaves as it came, but for what may have begun at its end. What is decided stays so. */
  const pass = (more: string): string => {
    const open = Math.max(decided, base + wholeCharacters(text, holding.open(text, calm)));
    const whole = settled(more.length) && open === base + text.length;
    const out = whole ? more : text.slice(sent - base, open - base);
    log?.add(out);
    left += out.length;
    decided = sent = open;
    masked = undefined;
    if (text.length > window) forget();
    return out;
  };

  /** Of what is decided, only `behind` code units are needed again. */
  const forget = (): void => {
    const keep = Math.max(base, decided - behind);
    text = text.slice(keep - base);
    base = keep;
  };

  return {
    push(more) {
      if (blocked || more === "") return "";
      text += more;
      if (calm !== LOUD) calm = holding.calm(calm, more);
      if (calm !== LOUD) return pass(more);
      if (text.length < due) return "";
      const open = base + wholeCharacters(text, holding.open(text));
      const out = open > decided ? release(open) : "";
      // All of the window is looked at again, so that what began further back cannot matter: it reaches no further than LOOKBEHIND.
      if (settled() && text.length >= LOOKBEHIND) calm = holding.calm(CALM, text);
      const held = base + text.length - decided;
      due = held > PATIENCE ? text.length + (held >> 3) : 0;
      return out;
    },
    end() {
      return blocked || settled() ? "" : release(base + text.length);
    },
  };
}
