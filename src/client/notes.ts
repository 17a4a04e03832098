import { isObject, JSON_LIMITS, type JsonObject, parseJsonText } from "../core/json.ts";
import { NotKept, Unsettled } from "./faults.ts";
import { digestOf } from "./json.ts";

/**
 * Where the notes of guarded calls lie while they are not over. Texts under names (letters, digits, hyphens). When `put` or `remove` resolves,
 * it is on stable storage; `put` replaces a text whole or not at all. A store belongs to one process at a time: what another one is in the
 * middle of looks like what nobody saw the end of.
 */
export interface Store {
  put(name: string, text: string): Promise<void>;
  /** It is no fault if it is not there. */
  remove(name: string): Promise<void>;
  /** `text` is absent where it cannot be read. */
  list(): Promise<readonly { readonly name: string; readonly text?: string }[]>;
}

/**
 * What is written down of a call. `waiting`: a person is asked; nothing was done. `performing`: it was permitted and may have happened.
 * `performed`: it happened, and its result was not released.
 */
export interface Note {
  /** The digest of the request, and something random. */
  readonly name: string;
  readonly state: "waiting" | "performing" | "performed";
  readonly since: string;
  /** As it was asked for. Absent where the note cannot be read, or is not what was written. */
  readonly request?: JsonObject;
  readonly ticket?: string;
  /** The decision that permitted it. */
  readonly decision?: string;
}

/** The note of one call that is under way in this process. Every write is durable before the call goes on. */
export interface OpenNote {
  waiting(ticket: string): Promise<void>;
  performing(decision: string): Promise<void>;
  /** Does not reject: the note of before says less, and stops the same things. */
  performed(decision: string): Promise<void>;
  /** It is over, and its caller knows how. Does not reject: a note that stays behind is looked at as if it were not over. */
  over(): Promise<void>;
  /** This process does not follow it any more; what was written stays. */
  close(): void;
}

/** Names of notes that calls in this process write. */
const live = new Set<string>();

/** Opens the note of a call. Throws `Unsettled` where the same was begun before and nobody saw how it ended. */
export async function openNote(store: Store, request: JsonObject): Promise<OpenNote> {
  const digest = await digestOf(request);
  const left = (await notesIn(store)).filter(({ name }) => name.startsWith(digest) && !live.has(name));
  const begun = left.find(({ state }) => state !== "waiting");
  if (begun !== undefined) throw new Unsettled(begun.name, begun.state === "performed" ? "yes" : "unknown");
  const name = left[0]?.name ?? `${digest}-${crypto.randomUUID()}`;
  live.add(name);
  let written = left.length > 0;
  const write = async (state: Note["state"], more: { readonly ticket?: string; readonly decision?: string }): Promise<void> => {
    written = true;
    const note = { name, state, since: new Date().toISOString(), request, ...more };
    await kept(store.put(name, JSON.stringify(note)));
  };
  return {
    waiting: (ticket) => write("waiting", { ticket }),
    performing: (decision) => write("performing", { decision }),
    performed: (decision) => write("performed", { decision }).catch(() => {}),
    over: async () => (written ? store.remove(name).catch(() => {}) : undefined),
    close: () => void live.delete(name),
  };
}

/** Of a call that may be repeated, or where nothing is kept. */
export const NO_NOTE: OpenNote = { waiting: async () => {}, performing: async () => {}, performed: async () => {}, over: async () => {}, close: () => {} };

/** What calls left behind that this process does not follow, the oldest first. */
export async function notesLeft(store: Store): Promise<readonly Note[]> {
  const notes = (await notesIn(store)).filter(({ name }) => !live.has(name));
  return notes.sort((a, b) => (a.since < b.since ? -1 : 1));
}

async function notesIn(store: Store): Promise<readonly Note[]> {
  const listed = await kept(store.list());
  return Promise.all(listed.map(({ name, text }) => noteOf(name, text)));
}

/** A note holds a whole request, and little else. */
const LIMITS = { ...JSON_LIMITS, bytes: 2 * JSON_LIMITS.bytes };

/** INVARIANT: what cannot be read counts as begun: it may be the note of something that happened. */
async function noteOf(name: string, text: string | undefined): Promise<Note> {
  const unreadable: Note = { name, state: "performing", since: "" };
  const parsed = text === undefined ? undefined : parseJsonText(text, LIMITS);
  if (parsed?.ok !== true || !isObject(parsed.value)) return unreadable;
  const { state, since, request, ticket, decision } = parsed.value;
  if (!isObject(request) || !name.startsWith(`${await digestOf(request)}-`) || typeof since !== "string") return unreadable;
  if (state !== "waiting" && state !== "performing" && state !== "performed") return unreadable;
  return {
    name,
    state,
    since,
    request,
    ...(typeof ticket === "string" ? { ticket } : {}),
    ...(typeof decision === "string" ? { decision } : {}),
  };
}

async function kept<T>(doing: Promise<T>): Promise<T> {
  try {
    return await doing;
  } catch (cause) {
    throw new NotKept(cause);
  }
}
