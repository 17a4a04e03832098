import type { Finding, FindingKind, Passage, Principal, Request, Veil, Veils } from "../core/index.ts";
import { maskOf } from "./actions.ts";

/** What happens to something found on its way to a model's provider. A pseudonym is exchanged for the value again; a mask is not. */
export const MODEL_ACTIONS = ["report", "mask", "pseudonym"] as const;
export type ModelAction = (typeof MODEL_ACTIONS)[number];

export interface ModelActions {
  readonly kinds: { readonly [kind in FindingKind]?: ModelAction };
  /** By detector, where it does something else than its kind. */
  readonly own: ReadonlyMap<string, ModelAction>;
}

export interface Pseudonyms {
  /** Veils with these actions over the sessions; undefined where nothing is hidden. A session that was idle for `idle` milliseconds is forgotten. */
  veils(actions: ModelActions, idle: number): Veils | undefined;
  readonly sessions: number;
}

export interface PseudonymOptions {
  readonly random: (bytes: number) => Uint8Array;
  readonly clock: { monotonic(): number };
  readonly most?: { readonly sessions: number; readonly values: number };
}

/** The values of a session. A full one is left to those who use it, and a fresh one takes its place: every model call brings its values along. */
interface Session {
  /** Drawn by lot: whoever has seen no stand-in of this session cannot write one. */
  readonly tag: string;
  readonly byValue: Map<string, Named>;
  readonly byStandIn: Map<string, string>;
  readonly counts: Map<string, number>;
  over: number;
}
interface Named {
  readonly standIn: string;
  readonly detector: string;
  readonly kind: FindingKind;
}

const MOST = { sessions: 10_000, values: 2_000 };
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

/** The stand-ins of all sessions. They outlive a configuration and not the process. Of too many sessions the one goes that was idle longest. */
export function createPseudonyms({ random, clock, most = MOST }: PseudonymOptions): Pseudonyms {
  // In the order of their last use.
  const sessions = new Map<string, Session>();
  const made = new WeakMap<Request, Veil>();

  const known = (key: string): Session | undefined => {
    const session = sessions.get(key);
    return session === undefined || session.over <= clock.monotonic() ? undefined : session;
  };
  const keep = (key: string, session: Session, idle: number): void => {
    const now = clock.monotonic();
    session.over = now + idle;
    sessions.delete(key);
    for (const [oldest, { over }] of sessions) {
      if (over > now && sessions.size < most.sessions) break;
      sessions.delete(oldest);
    }
    sessions.set(key, session);
  };
  const fresh = (): Session => ({
    tag: Array.from(random(8), (byte) => LETTERS[byte % LETTERS.length]).join(""),
    byValue: new Map(),
    byStandIn: new Map(),
    counts: new Map(),
    over: 0,
  });

  return {
    get sessions() {
      return sessions.size;
    },
    veils({ kinds, own }, idle) {
      if (![...Object.values(kinds), ...own.values()].some((action) => action !== "report")) return undefined;
      const actionOf = ({ kind, detector }: Finding): ModelAction => own.get(detector) ?? kinds[kind] ?? "report";
      return {
        over(request, passages) {
          const key = keyOf(request.principal);
          const found = valuesOf(passages, actionOf);
          if (found.size > most.values) return undefined;
          let session = known(key) ?? fresh();
          const further = [...found.keys()].filter((value) => !session.byValue.has(value)).length;
          if (session.byValue.size + further > most.values) session = fresh();
          for (const [value, finding] of found) if (!session.byValue.has(value)) name(session, value, finding, actionOf(finding));
          if (session.byValue.size > 0) keep(key, session, idle);
          const veil = veilOver(session);
          made.set(request, veil);
          return veil;
        },
        of: (request) => made.get(request),
        known(principal) {
          const session = known(keyOf(principal));
          return session === undefined ? undefined : veilOver(session);
        },
      };
    },
  };
}

const keyOf = ({ agent, capability = "", user = "", session = "" }: Principal): string => JSON.stringify([agent, capability, user, session]);

/** What was found in the content and must not be seen, each once. */
function valuesOf(passages: readonly Passage[], actionOf: (finding: Finding) => ModelAction): ReadonlyMap<string, Finding> {
  const found = new Map<string, Finding>();
  for (const { at, text, findings } of passages) {
    if (!at.startsWith("content/")) continue;
    for (const finding of findings) {
      const value = text.slice(finding.start, finding.end);
      if (actionOf(finding) !== "report" && !found.has(value)) found.set(value, finding);
    }
  }
  return found;
}

function name({ tag, byValue, byStandIn, counts }: Session, value: string, finding: Finding, action: ModelAction): void {
  const { detector, kind } = finding;
  const number = (counts.get(detector) ?? 0) + 1;
  const standIn = action === "mask" ? maskOf(finding) : `<${detector}-${number}-${tag}>`;
  byValue.set(value, { standIn, detector, kind });
  if (action !== "mask") {
    counts.set(detector, number);
    byStandIn.set(standIn, value);
  }
}

/** Shorter values stand in many words; only where they stand alone are they meant. */
const SHORT = 6;
const WORD = /[\p{L}\p{N}]/u;
/** A stand-in is at most this long: the name of a detector, a number, the tag. */
const LONGEST = 96;
const UNFINISHED = /^<[a-z0-9-]*$/;

interface Place {
  readonly start: number;
  readonly value: string;
}

function veilOver({ tag, byValue, byStandIn }: Session): Veil {
  const standIns = new RegExp(`<[a-z0-9-]{1,${LONGEST}}-${tag}>`, "g");
  let [next, size] = [searching([]), 0];
  const places = (text: string): readonly Place[] => {
    if (size !== byValue.size) [next, size] = [searching([...byValue.keys()]), byValue.size];
    const found: Place[] = [];
    for (let place = next(text, 0); place !== undefined; place = next(text, place.start + place.value.length)) found.push(place);
    return found;
  };
  return {
    find: (text) =>
      places(text).map(({ start, value }) => {
        const { detector, kind } = byValue.get(value) as Named;
        return { detector, kind, start, end: start + value.length, score: 1 };
      }),
    hide(text) {
      let [out, done] = ["", 0];
      for (const { start, value } of places(text)) {
        out += text.slice(done, start) + (byValue.get(value) as Named).standIn;
        done = start + value.length;
      }
      return done === 0 ? text : out + text.slice(done);
    },
    show: (text, write = (value) => value) =>
      text.replace(standIns, (standIn) => {
        const value = byStandIn.get(standIn);
        return value === undefined ? standIn : write(value);
      }),
    open(text) {
      const begin = text.lastIndexOf("<");
      return begin >= 0 && text.length - begin < LONGEST && UNFINISHED.test(text.slice(begin)) ? begin : text.length;
    },
  };
}

/**
 * Finds the next place, at `from` or behind it, at which one of the values begins, and the longest that does, by bisection: values that are alike cost no
 * more than others.
 */
function searching(values: readonly string[]): (text: string, from: number) => Place | undefined {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : 1));
  const longest = sorted.reduce((most, { length }) => Math.max(most, length), 0);
  const least = sorted.reduce((least, { length }) => Math.min(least, length), longest);
  // By what as many code units as the shortest has say, where in the list those lie that begin so.
  const alike = new Map<string, { readonly from: number; to: number }>();
  // The nearest value before each that it begins with.
  const shorter = new Int32Array(sorted.length);
  const nested: number[] = [];
  // By the hash of its first code units, whether a value may begin there: most places of a text need no more than this look.
  const [begins, beginsShort] = [new Uint8Array(0x10000), new Uint8Array(0x10000)];
  let isShort = false;
  sorted.forEach((value, index) => {
    while (nested.length > 0 && !value.startsWith(sorted[nested.at(-1) as number] as string)) nested.pop();
    shorter[index] = nested.at(-1) ?? -1;
    nested.push(index);
    const same = alike.get(value.slice(0, least));
    if (same === undefined) alike.set(value.slice(0, least), { from: index, to: index + 1 });
    else same.to = index + 1;
    if (value.length < WINDOW) {
      beginsShort[value.charCodeAt(0)] = 1;
      isShort = true;
    } else begins[windowOf(value, 0, WINDOW)] = 1;
  });
  const valueAt = (text: string, at: number): string | undefined => {
    const same = alike.get(text.slice(at, at + least));
    if (same === undefined) return undefined;
    const rest = text.slice(at, at + longest);
    let [low, high] = [same.from, same.to];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] as string) <= rest) low = middle + 1;
      else high = middle;
    }
    for (let index = low - 1; index >= same.from; index = shorter[index] as number) {
      const value = sorted[index] as string;
      if (text.startsWith(value, at) && (value.length >= SHORT || standsAlone(text, at, at + value.length))) return value;
    }
    return undefined;
  };
  return (text, from) => {
    let window = windowOf(text, from, WINDOW - 1);
    for (let at = from; at < text.length; at++) {
      window = moved(window, text.charCodeAt(at + WINDOW - 1));
      if (begins[window] !== 1 && !(isShort && beginsShort[text.charCodeAt(at)] === 1)) continue;
      const value = valueAt(text, at);
      if (value !== undefined) return { start: at, value };
    }
    return undefined;
  };
}

/** A hash of so many code units that needs only the next one to move on: what came before them has been shifted out. */
const WINDOW = 4;
/** Behind the end of a text there is no code unit, and this makes it 0. */
const moved = (window: number, unit: number): number => ((window << 4) ^ unit) & 0xffff;

function windowOf(text: string, from: number, length: number): number {
  let window = 0;
  for (let at = from; at < from + length; at++) window = moved(window, text.charCodeAt(at));
  return window;
}

const standsAlone = (text: string, start: number, end: number): boolean => !WORD.test(text[start - 1] ?? " ") && !WORD.test(text[end] ?? " ");
