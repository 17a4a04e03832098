import { INTEGRITIES, type Integrity, joinReaders, type Label } from "../../core/label.ts";
import type { Declassified, Need, Restricted, ToolConfig } from "../policy-config.ts";
import { isMailAt, isOnHost } from "./address.ts";
import { type Authored, authoredBy } from "./author.ts";
import { fold } from "./fold.ts";

/** What configuration says of a tool's single arguments and of the single fields of its results. */
export interface Manifest {
  /** What the argument at this path needs; undefined where its name decides. */
  readonly need: (path: string) => Need | undefined;
  /** The value of the argument at this path is an address on a host that may be named by anybody. */
  readonly isKnownHost: (path: string, value: string) => boolean;
  /** It is a mail address at such a host: somebody of the house. */
  readonly isOfHouse: (path: string, value: string) => boolean;
  /** How far the field at this path may be trusted, in a record of this author. What is said of the field comes first. */
  readonly trust: (path: string, author?: Integrity) => Integrity | Declassified;
  readonly authored: Authored;
  /** Configuration speaks of single fields, so the tool answers with records: also one whose name sounds like documents. */
  readonly tabular: boolean;
  /** It says what some argument needs. */
  readonly demanding: boolean;
  /** Who may read the field at this path. */
  readonly readers: (path: string) => Label["readers"];
  /** Who may read all of them. */
  readonly everyField: Label["readers"];
  /** The argument that names who will read the one at this path; undefined where names alone say it. */
  readonly readBy: (path: string) => string | undefined;
  /** The least that any part of a result is trusted: what the result as a whole is labelled with. */
  readonly floor: Integrity;
}

/** `rest` is the trust of every field that is not listed. */
export function manifestOf(
  { args = {}, paths = {}, senders = {} }: Pick<ToolConfig, "args" | "paths" | "senders">,
  rest: Integrity,
  readers: Label["readers"] = "public",
): Manifest | undefined {
  const needs = Object.entries(args).flatMap(([name, { needs: need }]) => (need === undefined ? [] : [[segments(name), need] as const]));
  const known = Object.entries(args).flatMap(([name, { hosts }]) => (hosts === undefined ? [] : [[segments(name), hosts] as const]));
  const fields = Object.entries(paths).map(([path, said]) => [segments(path), said] as const);
  const read = Object.entries(args).flatMap(([name, { readers: by }]) => (by === undefined ? [] : [[segments(name), by] as const]));
  const trusts = fields.map(([path, said]) => [path, isRestricted(said) ? (said.trust ?? rest) : said] as const);
  const restricted = fields.flatMap(([path, said]) => (isRestricted(said) ? [[path, plainReaders(said.readers)] as const] : []));
  const authors = Object.values(senders);
  if (needs.length === 0 && trusts.length === 0 && read.length === 0 && known.length === 0 && authors.length === 0) return undefined;
  const integrities = [rest, ...authors, ...trusts.map(([, trust]) => (typeof trust === "string" ? trust : "untrusted"))];
  return {
    need: (path) => needs.find(([pattern]) => covers(pattern, segments(path)))?.[1],
    isKnownHost: (path, value) => known.some(([pattern, hosts]) => covers(pattern, segments(path)) && isOnHost(value, hosts)),
    isOfHouse: (path, value) => known.some(([pattern, hosts]) => covers(pattern, segments(path)) && isMailAt(value, hosts)),
    trust: (path, author = rest) => longest(trusts, path) ?? author,
    authored: authoredBy(senders),
    readers: (path) => longest(restricted, path) ?? readers,
    everyField: restricted.reduce((all, [, some]) => joinReaders(all, some), readers),
    readBy: (path) => read.find(([pattern]) => covers(pattern, segments(path)))?.[1],
    tabular: trusts.length > 0 || authors.length > 0,
    demanding: needs.length > 0,
    floor: integrities.reduce((least, one) => (INTEGRITIES.indexOf(one) < INTEGRITIES.indexOf(least) ? one : least)),
  };
}

/** As they are compared: an address is the same in capitals. */
export const plainReaders = (readers: Label["readers"]): Label["readers"] => (readers === "public" ? readers : [...new Set(readers.map(fold))].sort());

const isRestricted = (said: Integrity | Declassified | Restricted): said is Restricted => typeof said === "object" && "readers" in said;

/** Of several that fit, the longest is the one that is meant. */
const longest = <T>(all: readonly (readonly [pattern: readonly string[], said: T])[], path: string): T | undefined =>
  all.filter(([pattern]) => fits(pattern, segments(path))).toSorted(([a], [b]) => b.length - a.length)[0]?.[1];

const segments = (path: string): readonly string[] => path.split("/");

/** One name fits the field of that name wherever it stands; several fit from the top, `*` any one step. */
function fits(pattern: readonly string[], path: readonly string[]): boolean {
  const names = path.filter((step, at) => at < path.length - 1 || !/^\d+$/.test(step));
  if (pattern.length === 1) return pattern[0] === names.at(-1);
  return pattern.length === path.length && pattern.every((step, at) => step === "*" || step === path[at]);
}

/** An argument and everything below it: `to` covers `to/0/address`. */
function covers(pattern: readonly string[], path: readonly string[]): boolean {
  return pattern.length <= path.length && pattern.every((step, at) => step === "*" || step === path[at]);
}

/** The most that a value of this kind can say, in bits; undefined for a value that is not of the kind. */
export function bitsOf({ as }: Declassified, value: string): number | undefined {
  if (as === "boolean") return /^(?:true|false|yes|no|ja|nein)$/.test(value) ? 1 : undefined;
  // Numbers and dates are bounded in length, or they could spell out anything.
  if (as === "number") return /^-?\d{1,9}(?:\.\d{1,2})?$/.test(value) ? 40 : undefined;
  if (as === "date") return /^\d{4}-\d{2}-\d{2}(?:[t ]\d{2}:\d{2}(?::\d{2})?z?)?$/.test(value) ? 32 : undefined;
  return as.some((word) => word.toLowerCase() === value) ? Math.ceil(Math.log2(Math.max(2, as.length))) : undefined;
}
