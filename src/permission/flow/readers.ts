/**
 * May whoever gets this read it? Sources say who may read what they bring; a text that goes out may hold nothing of a source whose readers do
 * not include everybody it goes to. What is looked at are the words, not their meaning: a text that stands nowhere may say anything that was
 * read, in other words, so it is as confidential as all of it.
 */
import { type Content, sourceName } from "../../core/content.ts";
import { type Json, stringsOf } from "../../core/json.ts";
import { includes, type Label } from "../../core/label.ts";
import { bareAddress } from "./address.ts";
import { fold, isDisguised, LOOK, mayGoThrough, type Search, standsIn } from "./fold.ts";
import { folded } from "./folded.ts";
import type { Manifest } from "./manifest.ts";
import { remembering, SHORTEST_REMEMBERED } from "./remember.ts";
import { searching } from "./search.ts";
import { leavesOf, valueLeaves } from "./structure.ts";
import { RUN, wordsOf } from "./word-prints.ts";

/** Something that was read. */
interface Text {
  /** Its place among what was read: a text that stood in one source first is not another's because that repeats it. */
  readonly at: number;
  /** Folded. */
  readonly text: string;
  readonly prints: Prints;
}

/** Something that only some may read. */
export interface Restricted extends Text {
  readonly readers: readonly string[];
  /** `tool:hr.read#4`: what a person is shown. */
  readonly origin: string;
  /** The arguments of the call that brought it: a file that is attached is what was read of it. */
  readonly askedWith: readonly string[];
}

/** What everybody may read. `own`: the user or the operator wrote it, whenever. */
interface Free extends Text {
  readonly own: boolean;
}

export interface Confidential {
  readonly restricted: readonly Restricted[];
  readonly free: readonly Free[];
  /** Those that may hold a folded value, and among them all that do. */
  readonly holding: { readonly restricted: (value: string) => readonly Restricted[]; readonly free: (value: string) => readonly Free[] };
}

/** What was read, by who may read it. `manifest` says it of single fields. */
export function confidentialOf(read: readonly Content[], manifest: (tool: string) => Manifest | undefined): Confidential {
  const restricted: Restricted[] = [];
  const free: Free[] = [];
  let calls: { readonly tool: string; readonly asked: readonly string[] }[] = [];
  for (const [at, { source, label, text, value }] of read.entries()) {
    if (source.kind === "model") {
      if (source.id !== undefined && value !== undefined) calls = [...calls, { tool: source.id, asked: stringsOf(value).map(fold) }].slice(-MOST_CALLS);
      continue;
    }
    if (source.kind === "definition") continue;
    const said = text ?? stringsOf(value as Json).join("\n");
    const askedWith = source.kind === "tool" ? calls.filter(({ tool }) => tool === source.id).flatMap(({ asked }) => asked) : [];
    const fields = label.readers === "public" || source.id === undefined ? undefined : fieldsOf(text, value, manifest(source.id));
    for (const [readers, some] of fields ?? [[label.readers, said] as const]) {
      const one = { at, text: folded(some), prints: printsOf(some) };
      if (readers !== "public") restricted.push({ ...one, readers, origin: `${sourceName(source)}#${at}`, askedWith });
      else free.push({ ...one, own: source.kind === "user" || source.kind === "system" });
    }
  }
  return { restricted, free, holding: { restricted: searching(restricted), free: searching(free) } };
}

/** Calls whose results are told apart by what was asked for. */
const MOST_CALLS = 64;

/** The fields of a structured result by who may read them; undefined where it has none, or nothing is said of single ones. */
function fieldsOf(
  text: string | undefined,
  value: Json | undefined,
  manifest: Manifest | undefined,
): readonly (readonly [readers: Label["readers"], text: string])[] | undefined {
  if (manifest?.tabular !== true) return undefined;
  const leaves = text === undefined ? valueLeaves(value as Json) : leavesOf(text);
  if (leaves === undefined) return undefined;
  const groups = Map.groupBy(leaves, ({ path }) => JSON.stringify(manifest.readers(path)));
  return [...groups].map(([readers, some]) => [JSON.parse(readers) as Label["readers"], some.map((leaf) => leaf.text).join("\n")]);
}

/** What of a restricted source stands in a text that goes to these, and stood in nothing that is free. No answer counts once `search` is over. */
export function carriedIn(
  value: string,
  { restricted, free, holding }: Confidential,
  to: readonly string[],
  isLink: boolean,
  search: Search,
): Restricted | undefined {
  // Of a thousand results of one tool all have the same readers.
  const readable = new Map<Label["readers"], boolean>();
  const forbidden = restricted.filter(({ readers }) => {
    if (!readable.has(readers)) readable.set(readers, mayRead(to, readers));
    return readable.get(readers) === false;
  });
  const whole = fold(value);
  if (forbidden.length === 0 || whole === "") return undefined;
  const plain = isLink ? plainAddress(value) : value;
  const { runs, units } = printsOf(plain);
  const [wanted, sentences] = [new Set(runs), new Set(units)];
  const parts = [...(whole.length >= SHORTEST_VALUE ? [whole] : []), ...tokensOf(plain)].flatMap((part) => {
    if (!mayGoThrough(search, LOOK * (restricted.length + free.length))) return [];
    const there = new Set(holding.restricted(part).filter(({ text }) => standsIn(text, part, search)));
    return there.size === 0 ? [] : [{ there, freed: holding.free(part).filter(({ text }) => standsIn(text, part, search)) }];
  });
  return forbidden.find((one) => {
    if (one.askedWith.includes(whole)) return true;
    // A link that is followed as it stands tells its host nothing but that.
    if (isLink && standsIn(one.text, whole, search)) return false;
    if (parts.some(({ there, freed }) => there.has(one) && !freed.some(({ at, own }) => own || at < one.at))) return true;
    const shared = sharedWith(one.prints, wanted, sentences);
    for (const { at, prints } of shared.size === 0 ? [] : free)
      if (at < one.at) for (const print of sharedWith(prints, wanted, sentences)) shared.delete(print);
    return shared.size > 0;
  });
}

/** Two runs in a row, or a short sentence: a single run of so many words may look like another by chance. */
function sharedWith({ runs, units }: Prints, wanted: ReadonlySet<number>, sentences: ReadonlySet<number>): Set<number> {
  const shared = new Set<number>();
  for (let at = 1; at < runs.length && wanted.size > 0; at++)
    if (wanted.has(runs[at] as number) && wanted.has(runs[at - 1] as number)) shared.add(runs[at] as number);
  for (const print of sentences.size > 0 ? units : []) if (sentences.has(print)) shared.add(print);
  return shared;
}

/** True for a text that the user, the operator or a source for everybody said as it is. */
export function isFree(value: string, { holding }: Confidential, isLink: boolean, search: Search): boolean {
  const whole = fold(value);
  return whole === "" || [...holding.free(whole), ...(isLink ? holding.restricted(whole) : [])].some(({ text }) => standsIn(text, whole, search));
}

/** True if all of them are among the readers. Nobody is nobody whom anybody knows. */
export const mayRead = (to: readonly string[], readers: Label["readers"]): boolean =>
  readers === "public" || (to.length > 0 && to.every((one) => isReader(one, readers)));

function isReader(value: string, readers: readonly string[]): boolean {
  if (isDisguised(value)) return false;
  const whole = fold(value);
  if ([whole, whole.replace(/^#/, ""), bareAddress(whole)].some((name) => readers.includes(name))) return true;
  // `Anna <anna@corp.example>, ben@corp.example`: each address in it is somebody who reads it, and what is none could be anybody.
  const addresses = whole.match(/[^\s<>(),;:"']{1,200}@[^\s<>(),;:"']{1,200}/g) ?? [];
  return whole.split(/[,;]/).every((part) => part.includes("@")) && addresses.every((address) => includes(readers, address));
}

/** Shorter ones stand anywhere. */
const SHORTEST_VALUE = 6;

function plainAddress(value: string): string {
  let text = value;
  try {
    text = decodeURIComponent(value.replaceAll("+", " "));
  } catch {
    // What is not encoded is read as it is.
  }
  return text.replace(/[/?&=_-]+/g, " ");
}

interface Prints {
  readonly runs: Int32Array;
  readonly units: Int32Array;
}

const printsOf = remembering(
  (text): Prints => {
    const { count, runs, units } = wordsOf(text, SEED);
    return { runs: runs.slice(Math.min(RUN - 1, count), count), units: Int32Array.from(units, ({ print }) => print) };
  },
  (_, { runs, units }) => 2 * (runs.length + units.length),
  { shortest: SHORTEST_REMEMBERED, by: "digest" },
);
const SEED = 0x5bd1e995;

/** What tells texts apart although it is short: numbers, names of accounts, addresses. */
const tokensOf = (text: string): readonly string[] => [
  ...new Set(
    fold(text)
      .match(/[\p{L}\p{N}][\p{L}\p{N}._%+@-]{3,200}[\p{L}\p{N}]/gu)
      ?.filter((word) => /\d.*\d|@/.test(word)),
  ),
];
