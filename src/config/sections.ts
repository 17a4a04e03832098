/** The two sections of a configuration that a person changes from the console, as they stand in the file: text, not values. */
import { isDeepStrictEqual } from "node:util";
import { type Document, isMap, isScalar, parseDocument } from "yaml";
import { lineEnd } from "./end-of.ts";
import { hideReferences } from "./references.ts";

const SECTIONS = ["rules", "tests"] as const;
type Section = (typeof SECTIONS)[number];

interface Place {
  readonly section: Section;
  /** The first character of the key, and behind the last character of the line in which the section ends. */
  readonly start: number;
  readonly end: number;
}

/** `rules` and `tests` as the file has them, with the comments in them; undefined where they do not stand there as lines of their own. */
export function sectionsOf(text: string): string | undefined {
  const places = placesIn(text);
  return places?.map(({ start, end }) => `${text.slice(start, end).replaceAll("\r", "")}\n`).join("");
}

export type Written = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };

/**
 * The text of a configuration with a draft in place of its two sections. INVARIANT: every byte outside of them stays, and so does every value: what
 * comes out is read again and compared, so that an anchor, an end mark or an indentation in a draft cannot reach into the rest of the file.
 */
export function withSections(text: string, draft: string): Written {
  const places = placesIn(text);
  const pieces = piecesOf(draft.replaceAll("\r", ""));
  if (places === undefined || pieces === undefined) return { ok: false, why: BRACES };
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = (piece: string): string => piece.replaceAll("\n", eol);
  let next = text;
  for (const { section, start, end } of places.toReversed()) {
    // The line's own end stays as it is.
    const last = text[end - 1] === "\r" ? end - 1 : end;
    next = next.slice(0, start) + lines(pieces.get(section) ?? `${section}: []`) + next.slice(last);
  }
  for (const [section, piece] of pieces)
    if (!places.some((place) => place.section === section)) next += `${next === "" || next.endsWith("\n") ? "" : eol}${lines(piece)}${eol}`;
  return isOnly(text, draft, next) ? { ok: true, text: next } : { ok: false, why: ELSEWHERE };
}

const BRACES = "the file does not hold `rules` and `tests` as lines of their own: change them there by hand";
const ELSEWHERE = "the draft cannot be put into the file without touching what stands beside it: change it there by hand";

/** The sections in the order of the file. Undefined where the text is not a map of lines, or one of them cannot be cut out. */
function placesIn(text: string): readonly Place[] | undefined {
  const document = parsed(text);
  if (document === undefined) return undefined;
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return [];
  if (!isMap(contents) || contents.flow === true) return undefined;
  const places: Place[] = [];
  for (const pair of contents.items) {
    const section = isScalar(pair.key) ? SECTIONS.find((name) => isScalar(pair.key) && pair.key.value === name) : undefined;
    if (section === undefined || !isScalar(pair.key)) continue;
    const start = pair.key.range?.[0] ?? -1;
    if (start > 0 && text[start - 1] !== "\n" && !(start === 1 && text.startsWith("\ufeff"))) return undefined;
    places.push({ section, start, end: lineEnd(text, pair) });
  }
  return places.sort((a, b) => a.start - b.start);
}

/** A draft in pieces, one for each section. Nothing of it is lost: comments between the sections go with the one that follows. */
function piecesOf(draft: string): ReadonlyMap<Section, string> | undefined {
  const places = placesIn(draft);
  if (places === undefined) return undefined;
  const whole = draft.trimEnd();
  if (places.length === 0) return new Map(whole === "" ? [] : [["rules", `${whole}\nrules: []`]]);
  return new Map(
    places.map(({ section, end }, at) => {
      const from = places[at - 1]?.end;
      return [section, whole.slice(from === undefined ? 0 : from + 1, at === places.length - 1 ? whole.length : end)];
    }),
  );
}

/** True if `next` says what `text` says, but for the two sections, which say what the draft says. */
function isOnly(text: string, draft: string, next: string): boolean {
  const [before, wanted, after] = [text, draft, next].map(valuesOf);
  if (before === undefined || wanted === undefined || after === undefined) return false;
  const rest = (value: Values): object => Object.fromEntries(Object.entries(value).filter(([name]) => !SECTIONS.some((one) => one === name)));
  const same = (section: Section): boolean => isDeepStrictEqual(after[section] ?? [], wanted[section] ?? []);
  return isDeepStrictEqual(rest(before), rest(after)) && SECTIONS.every(same);
}

type Values = { readonly [name: string]: unknown };

function valuesOf(text: string): Values | undefined {
  try {
    const value: unknown = parsed(text)?.toJS({ maxAliasCount: MOST_ALIASES });
    return value === null ? {} : typeof value === "object" && !Array.isArray(value) ? (value as Values) : undefined;
  } catch {
    return undefined;
  }
}
const MOST_ALIASES = 64;

function parsed(text: string): Document.Parsed | undefined {
  const hidden = hideReferences(text);
  if (hidden === undefined) return undefined;
  const document = parseDocument(hidden, { prettyErrors: false, uniqueKeys: true, strict: true });
  return document.errors.length > 0 ? undefined : document;
}
