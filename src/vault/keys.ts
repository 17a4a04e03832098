import { hash as digest, timingSafeEqual } from "node:crypto";
import { HoldfastError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import type { Clock } from "../core/layers.ts";
import { withoutAbsent } from "../core/without-absent.ts";
import type { Documents } from "./documents.ts";
import { isKeyText, writeKey } from "./key-text.ts";

/** What a key stands for. Never the key itself. */
export interface Key {
  /** Public name of the key, `key_…`: goes into records and logs. */
  readonly id: string;
  readonly agent: string;
  readonly user?: string;
  /** Patterns such as `openai/*`. Absent: every model the agent may use. */
  readonly models?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly expires?: number;
}

export type Grant = Pick<Key, "agent" | "user" | "models" | "expires">;

/** The `hf_` keys that agents show. */
export interface Keys {
  /** Makes a key. The text is returned once and cannot be had again; it is durable when the promise resolves. */
  mint(grant: Grant): Promise<{ readonly text: string; readonly key: Key }>;
  /** The key behind a text, or undefined for what is not one, is unknown, expired or revoked. Throws `unavailable` if that cannot be known now. */
  verify(text: string): Key | undefined | Promise<Key | undefined>;
  /** Revokes durably, then ends everything live that the key opened. False if there is no such key. */
  revoke(id: string): Promise<boolean>;
  list(): Promise<readonly Key[]>;
  /** When a key was shown last, in milliseconds since the epoch; undefined where that was not in this process. */
  usedAt(id: string): number | undefined;
  /** Which models a capability's id reaches: undefined where it has no scope of its own, none for a key that is not known (any more). */
  modelsOf(id: string): readonly string[] | undefined;
  /** Calls `end` once when the key stops being good (revoked here or by another process, expired). Returns how to stop watching. */
  watch(id: string, end: () => void): () => void;
}

const COLLECTION = "keys";
const ID_PREFIX = "key_";
/** How long an answer of the store is believed, in milliseconds: a revocation by another process takes effect within this time. */
const FRESH = 1000;
/** A store that fails this many times in a row ends what is live: whether the keys are still good cannot be known. */
const MOST_FAILURES = 3;

interface Known {
  readonly key: Key;
  readonly hash: Buffer;
  /** Monotonic time of the last look at the store. */
  readonly read: number;
  /** Monotonic time after which the key is over, however the wall clock is set. */
  readonly deadline: number;
}

/**
 * Keys over a store. Only SHA-256 of a key is kept: of 256 random bits nothing can be guessed from a fast hash, so a slow one would
 * only make logging in expensive for us. `random` gives bytes from the operating system's generator.
 */
export function createKeys(options: { readonly documents: Documents; readonly clock: Clock; readonly random: (bytes: number) => Uint8Array }): Keys {
  const { documents, clock, random } = options;
  const known = new Map<string, Known>();
  const watched = new Map<string, Set<() => void>>();
  /** Of keys that exist, so this holds no more than the store does. */
  const used = new Map<string, number>();
  let failures = 0;
  let checking = false;

  /** Takes what the store says. Only keys that exist are remembered, so this holds no more than the store does. */
  function remember(id: string, stored: Json | undefined): Known | undefined {
    const before = known.get(id);
    known.delete(id);
    const read = parseKey(id, stored);
    if (read === undefined) return undefined;
    const { expires } = read.key;
    const left = expires === undefined ? Number.POSITIVE_INFINITY : expires - clock.now();
    // INVARIANT: turning the wall clock back never lengthens a key's life within this process.
    const deadline = Math.min(before?.deadline ?? Number.POSITIVE_INFINITY, clock.monotonic() + left);
    const entry = { ...read, read: clock.monotonic(), deadline };
    known.set(id, entry);
    return good(entry);
  }

  function good(entry: Known): Known | undefined {
    const over = clock.monotonic() >= entry.deadline || (entry.key.expires !== undefined && clock.now() >= entry.key.expires);
    return over ? undefined : entry;
  }

  function look(id: string): Known | undefined | Promise<Known | undefined> {
    const entry = known.get(id);
    if (entry !== undefined && clock.monotonic() - entry.read < FRESH) return good(entry);
    const stored = attempt(() => documents.get(COLLECTION, id));
    return stored instanceof Promise ? stored.then((value) => remember(id, value), unavailable) : remember(id, stored);
  }

  function shown(entry: Known | undefined, hash: Buffer): Key | undefined {
    const key = matching(entry, hash);
    if (key !== undefined) used.set(key.id, clock.now());
    return key;
  }

  async function check(): Promise<void> {
    checking = false;
    try {
      const gone: string[] = [];
      for (const id of watched.keys()) if (remember(id, await documents.get(COLLECTION, id)) === undefined) gone.push(id);
      failures = 0;
      gone.forEach(end);
    } catch {
      failures += 1;
      if (failures >= MOST_FAILURES) [...watched.keys()].forEach(end);
    }
    schedule();
  }

  function schedule(): void {
    // A timer that finds nothing to watch is the last: cheaper than one for every request.
    if (watched.size === 0 || checking) return;
    checking = true;
    clock.timer(FRESH, () => void check());
  }

  function end(id: string): void {
    const enders = watched.get(id);
    watched.delete(id);
    for (const each of enders ?? []) each();
  }

  return {
    async mint(grant) {
      const text = writeKey(random(32));
      const hash = hashOf(text);
      const key: Key = { id: idOf(hash), created: clock.now(), ...withoutAbsent(grant) };
      if ((await documents.get(COLLECTION, key.id)) !== undefined) throw new HoldfastError("internal", "the random source repeated itself");
      await documents.put(COLLECTION, key.id, { ...key, hash: hash.toString("hex") } as unknown as Json);
      return { text, key };
    },
    verify(text) {
      if (!isKeyText(text)) return undefined;
      const hash = hashOf(text);
      const found = look(idOf(hash));
      return found instanceof Promise ? found.then((entry) => shown(entry, hash)) : shown(found, hash);
    },
    async revoke(id) {
      const there = (await documents.get(COLLECTION, id)) !== undefined;
      await documents.remove(COLLECTION, id);
      known.delete(id);
      used.delete(id);
      end(id);
      return there;
    },
    async list() {
      return (await documents.list(COLLECTION)).flatMap(({ key, value }) => parseKey(key, value)?.key ?? []);
    },
    usedAt: (id) => used.get(id),
    modelsOf: (id) => (id.startsWith(ID_PREFIX) && !known.has(id) ? [] : known.get(id)?.key.models),
    watch(id, ender) {
      const enders = watched.get(id) ?? new Set();
      watched.set(id, enders.add(ender));
      schedule();
      return () => {
        enders.delete(ender);
        if (enders.size === 0 && watched.get(id) === enders) watched.delete(id);
      };
    },
  };
}

// The id is the start of the hash; the whole of it is then compared in constant time.
const matching = (entry: Known | undefined, hash: Buffer): Key | undefined =>
  entry !== undefined && timingSafeEqual(entry.hash, hash) ? entry.key : undefined;
// Of all forms a hash can be asked for, Node makes a buffer slowest.
const hashOf = (text: string): Buffer => Buffer.from(digest("sha256", text, "latin1"), "latin1");
const idOf = (hash: Buffer): string => `${ID_PREFIX}${hash.toString("hex", 0, 8)}`;

/** A stored document as a key, or undefined: a document that is not one is no key. */
function parseKey(id: string, stored: Json | undefined): { key: Key; hash: Buffer } | undefined {
  if (typeof stored !== "object" || stored === null || Array.isArray(stored)) return undefined;
  const { agent, user, models, created, expires, hash } = stored as { readonly [name: string]: Json };
  if (typeof agent !== "string" || typeof created !== "number" || typeof hash !== "string" || !/^[0-9a-f]{64}$/.test(hash)) return undefined;
  if (user !== undefined && typeof user !== "string") return undefined;
  if (expires !== undefined && typeof expires !== "number") return undefined;
  if (models !== undefined && !isStrings(models)) return undefined;
  return { key: { id, agent, created, ...withoutAbsent({ user, models, expires }) }, hash: Buffer.from(hash, "hex") };
}

const isStrings = (value: Json): value is readonly string[] => Array.isArray(value) && value.every((item) => typeof item === "string");

function attempt<T>(ask: () => T): T {
  try {
    return ask();
  } catch (cause) {
    return unavailable(cause);
  }
}

function unavailable(cause: unknown): never {
  throw new HoldfastError("unavailable", "the store of keys does not answer", { cause });
}
