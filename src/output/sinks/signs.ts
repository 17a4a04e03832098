import type { Reading } from "./stream.ts";

/** A terminal obeys control characters. Written out they are seen, as are the sequences that they began. */
export const terminal = (): Reading => ({
  signs: /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
  read(text, at, ended) {
    const sign = text[at] as string;
    if (sign === "\r") {
      if (at + 1 === text.length && !ended) return undefined;
      // By itself it goes back to the beginning of the line, and what follows stands over what was read.
      if (text[at + 1] === "\n") return { length: 1, safe: sign };
    }
    return { length: 1, found: "control", safe: `\\x${sign.charCodeAt(0).toString(16).padStart(2, "0")}` };
  },
});

const ENDS = ["</script", "<!--", "<script"];

/** JSON that somebody writes into a page: the same value, without a sign that could end the script or begin a tag. */
export const json = (): Reading => ({
  signs: /[<>&\u2028\u2029]/g,
  read(text, at, ended) {
    const sign = text[at] as string;
    const safe = `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
    if (sign !== "<") return { length: 1, safe };
    const next = text.slice(at, at + 8).toLowerCase();
    if (ENDS.some((end) => next.startsWith(end))) return { length: 1, found: "script", safe };
    return !ended && ENDS.some((end) => end.startsWith(next)) ? undefined : { length: 1, safe };
  },
});

/** Nothing in it means anything. */
export const plain = (): Reading => ({ signs: /(?!)/g, read: () => undefined });
