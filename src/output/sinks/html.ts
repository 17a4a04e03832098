import { createRequire } from "node:module";
import type { Token, TokenHandler, Tokenizer } from "parse5";
import { activeIn, asText, isPassive, written } from "./passive.ts";
import type { Piece, Reading } from "./stream.ts";

/** The longest tag or comment. What is longer becomes text. */
export const LONGEST_TAG = 8_192;

/**
 * HTML, tag by tag, as a browser's tokenizer reads it (parse5; HTML standard, 13.2.5). INVARIANT: where the sink is made safe, every `<` that leaves
 * begins a tag of a short list or a plain comment, and within either stands no `<` and no `>`. So in whatever state a parser is, there is nothing
 * that it could take for another tag: no mutation, no second reading. Elements that change how the rest is read are not on the list.
 */
export function html(): Reading {
  return { signs: /</g, read: markup() };
}

/** Reads what begins with `<`. It remembers how far it came with a piece that is not complete, so that single letters do not cost a look at all of it. */
export function markup(seen: (read: Read) => void = () => {}): Reading["read"] {
  let begun: { readonly feed: (text: string) => Read | undefined; fed: number } | undefined;
  return (text, at, ended) => {
    const next = text[at + 1];
    if (next === undefined && !ended) return undefined;
    if (next === undefined || !/[a-z/!?]/i.test(next)) return { length: 1, safe: "&lt;" };
    begun ??= { feed: tokenizing(), fed: 0 };
    const most = at + LONGEST_TAG;
    for (;;) {
      const end = text.indexOf(">", at + begun.fed) + 1;
      if (end === 0 || end > most) break;
      const read = begun.feed(text.slice(at + begun.fed, end));
      begun.fed = end - at;
      if (read === undefined) continue;
      begun = undefined;
      seen(read);
      return pieceOf(read, text.slice(at, end));
    }
    if (text.length < most && !ended) return undefined;
    begun = undefined;
    const whole = text.slice(at, most);
    return { length: whole.length, safe: asText(whole), ...(/=/.test(whole) ? { found: "unfinished" } : {}) };
  };
}

/** What stood between `<` and `>`. */
export type Read =
  | { readonly kind: "start" | "end"; readonly tag: Token.TagToken }
  | { readonly kind: "comment"; readonly data: string }
  /** A doctype, or nothing that a parser keeps. */
  | { readonly kind: "other" };

function pieceOf(read: Read, raw: string): Piece {
  const [length, text] = [raw.length, asText(raw)];
  switch (read.kind) {
    case "start": {
      const found = activeIn(read.tag);
      if (found !== undefined) return { length, found, safe: text };
      return { length, safe: isPassive(read.tag) ? written(read.tag) : text };
    }
    case "end":
      return { length, safe: isPassive({ ...read.tag, attrs: [] }) ? `</${read.tag.tagName}>` : text };
    case "comment":
      return { length, safe: raw === `<!--${read.data}-->` && /^(?!-)(?:-?[^<>[\]-])*$/.test(read.data) ? raw : text };
    case "other":
      return { length, safe: /^<!doctype html>$/i.test(raw) ? raw : text };
  }
}

/** Takes a text that begins with `<`, in parts of which each ends with `>`; says what it is when it is complete. */
function tokenizing(): (text: string) => Read | undefined {
  let read: Read | undefined;
  const done = (one: Read): void => {
    read ??= one;
  };
  const tokenizer = tokenizerFor({
    onStartTag: (tag) => done({ kind: "start", tag }),
    onEndTag: (tag) => done({ kind: "end", tag }),
    onComment: ({ data }) => done({ kind: "comment", data }),
    onDoctype: () => done({ kind: "other" }),
    onEof: () => {},
    onCharacter: () => {},
    onNullCharacter: () => {},
    onWhitespaceCharacter: () => {},
  });
  /** The state in which it begins. */
  const text = tokenizer.state;
  return (piece) => {
    tokenizer.write(piece, false);
    // Of `</>` nothing is told.
    if (read === undefined && tokenizer.state === text) done({ kind: "other" });
    return read;
  };
}

/** A parser of whole documents comes with it, and most gateways make no page of anything: it is loaded with the first tag. */
function tokenizerFor(tells: TokenHandler): Tokenizer {
  parse5 ??= createRequire(import.meta.url)("parse5") as typeof import("parse5");
  return new parse5.Tokenizer({ sourceCodeLocationInfo: false }, tells);
}
let parse5: typeof import("parse5") | undefined;
