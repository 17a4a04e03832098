import { compareMatches, type FindingKind, HoldfastError, type Json, type Match, type Passage, rejoined, resolve, type Scanner } from "../core/index.ts";
import { type Actions, actionOf, maskOf } from "./actions.ts";
import { LOGGED } from "./passage.ts";

export interface ValueOptions {
  readonly all: Scanner;
  readonly actions: Actions;
  /** What was in the caller's own request: showing it to the caller discloses nothing. */
  readonly known: (kind: FindingKind, text: string) => boolean;
  readonly masked: (match: Match) => void;
  /** What becomes of a text once everything found in it is masked. */
  readonly last: (text: string) => string;
}

export interface Filtered {
  readonly value: Json;
  readonly passages: readonly Passage[];
  /** The match that blocks, if there is one. */
  readonly blocked: Match | undefined;
}

/** A parser of ours lets no deeper value through; one that comes from elsewhere is refused, not followed. */
const DEEPEST = 256;
/** A number as long as the shortest card number. */
const LONG = 1e11;

/**
 * Filters a whole value: string leaves with their name before them (`"password": "…"` says what the leaf alone does not), names, and
 * numbers long enough to be a card's, which become text when they are masked.
 */
export function filterValue(value: Json, at: string, { all, actions, known, masked, last }: ValueOptions): Filtered {
  const passages: Passage[] = [];
  let room = LOGGED;
  let blocked: Match | undefined;

  const text = (leaf: string, path: string, name: string): string => {
    const before = `${name.slice(-40)}="`;
    const whole = `${before}${leaf}"`;
    const found = all.matches(whole, "model", before.length);
    const hidden = rejoined(all, whole, "model", resolve(found.filter(({ kind }) => kind === "smuggling")));
    const kept = (hidden.length === 0 ? found : [...found, ...hidden].sort(compareMatches)).flatMap((match) => {
      const [start, end] = [match.start - before.length, Math.min(match.end - before.length, leaf.length)];
      return start >= 0 && start < end ? [{ ...match, start, end }] : [];
    });
    if (room > 0 && leaf.length > 0) {
      const shown = leaf.slice(0, room);
      const findings = resolve(kept).flatMap((finding) => (finding.start < shown.length ? [{ ...finding, end: Math.min(finding.end, shown.length) }] : []));
      passages.push({ at: path, text: shown, findings });
      room -= shown.length;
    }
    const changing = kept.filter((match) => actionOf(actions, match) !== "report" && !known(match.kind, leaf.slice(match.start, match.end)));
    if (changing.length === 0) return last(leaf);
    blocked ??= changing.find((match) => actionOf(actions, match) === "block");
    for (const match of changing) masked(match);
    let out = "";
    let done = 0;
    for (const finding of resolve(changing)) {
      out += leaf.slice(done, finding.start) + maskOf(finding);
      done = finding.end;
    }
    return last(out + leaf.slice(done));
  };

  const walk = (node: Json, path: string, name: string, depth: number): Json => {
    if (depth > DEEPEST) throw new HoldfastError("too-large", `a value is nested deeper than ${DEEPEST}`);
    if (typeof node === "string") return text(node, path, name);
    if (typeof node === "number") {
      if (!Number.isSafeInteger(node) || node < LONG) return node;
      const digits = String(node);
      const shown = text(digits, path, name);
      return shown === digits ? node : shown;
    }
    if (node === null || typeof node === "boolean") return node;
    if (Array.isArray(node)) return node.map((item: Json, index) => walk(item, `${path}/${index}`, name, depth + 1));
    const entries = new Map<string, Json>();
    for (const [key, item] of Object.entries(node)) {
      const shown = key.length < 8 ? key : text(key, `${path}/~`, "");
      entries.set(free(shown, entries), walk(item, `${path}/${shown}`, key, depth + 1));
    }
    // fromEntries defines, it does not assign: a key `__proto__` stays a key.
    return Object.fromEntries(entries);
  };

  return { value: walk(value, at, "", 0), passages, blocked };
}

/** Two names that are masked alike must not swallow one another. */
function free(name: string, taken: ReadonlyMap<string, Json>): string {
  let tried = name;
  for (let number = 2; taken.has(tried); number++) tried = `${name} ${number}`;
  return tried;
}
