import { LOOKBEHIND } from "../core/index.ts";
import type { After, Channel } from "./channel.ts";

/** What leaves the first goes through the second. Where either ends the answer, what stands before that place still leaves. */
export function inTurn(first: Channel, second: Channel | undefined, ended: () => boolean): Channel {
  if (second === undefined) return first;
  return {
    push(text) {
      const out = second.push(first.push(text));
      return ended() ? out + second.end() : out;
    },
    end: () => second.push(first.end()) + second.end(),
  };
}

/** Any sign that is not surely seen: what is taken out begins with one, and until one comes there is nothing that could be put together. */
export const UNSEEN = /[^\t\n\f\r -~\u00a1-\u00ac\u00ae-\u02ff\u0391-\u052f\u2010-\u2027\u2030-\u203b\u20ac]/;

/** What comes from the first such sign on goes through the second too. INVARIANT: what a match may begin with before it is still held by the first. */
export function sinceUnseen(first: Channel, open: (after: After) => Channel, ended: () => boolean): Channel {
  let both: Channel | undefined;
  let [left, text] = [0, ""];
  const alone = (more: string): string => {
    const out = first.push(more);
    left += out.length;
    text = (text + out).slice(-LOOKBEHIND);
    return out;
  };
  return {
    push(more) {
      if (both !== undefined) return both.push(more);
      const at = more.search(UNSEEN);
      if (at < 0) return alone(more);
      // Exactly from the sign on, however the answer is cut: what stands in place of a match could else begin another one for the second.
      const out = alone(more.slice(0, at));
      both = inTurn(first, open({ left, text }), ended);
      return out + both.push(more.slice(at));
    },
    end: () => (both ?? first).end(),
  };
}
