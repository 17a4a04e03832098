import { HoldfastError } from "../core/errors.ts";
import { isObject, type Json } from "../core/json.ts";
import type { Approval } from "./approval.ts";

/** Where approvals outlive a restart. `put` and `remove` are durable when they resolve; calls may run at once; nothing here retries. */
export interface Documents {
  get(collection: string, key: string): Json | undefined | Promise<Json | undefined>;
  put(collection: string, key: string, value: Json): void | Promise<void>;
  remove(collection: string, key: string): void | Promise<void>;
  list(collection: string): readonly { readonly key: string; readonly value: Json }[] | Promise<readonly { readonly key: string; readonly value: Json }[]>;
}

/** The approvals of this installation: those that a request may still meet lie in memory as well. */
export interface Shelf {
  /** What is kept under this id, whatever became of it. */
  get(id: string): Promise<Approval | undefined>;
  /** The questions for exactly this that are in memory, the newest first. */
  of(digest: string): readonly Approval[];
  /** Durable when it resolves; nothing is changed in memory before. */
  put(approval: Approval): Promise<void>;
  nextId(): string;
  /** In memory, oldest first. */
  all(): readonly Approval[];
  /** The newest `limit`, newest first. */
  newest(limit: number): Promise<readonly Approval[]>;
  /** Lets memory go of those; the disk keeps them. Gives which they were. */
  unload(which: (approval: Approval) => boolean): readonly Approval[];
  /** Takes those off the disk that were asked before the first that memory does not hold and that has to stay. */
  remove(which: (approval: Approval) => boolean): Promise<void>;
  /** The latest time that anything here was asked or answered: a wall clock that stands before it was turned back. */
  readonly latest: number;
}

const COLLECTION = "approvals";

/** Rejects with `configuration` where something is kept that cannot be read: nobody could say what was approved. */
export async function openShelf(documents: Documents): Promise<Shelf> {
  const kept = new Map<string, Approval>();
  const byDigest = new Map<string, Set<string>>();
  let highest = 0;
  let latest = 0;
  const hold = (approval: Approval): void => {
    kept.set(approval.id, approval);
    const same = byDigest.get(approval.digest) ?? new Set();
    byDigest.set(approval.digest, same.add(approval.id));
    highest = Math.max(highest, numberOf(approval.id));
    latest = Math.max(latest, approval.asked, ...approval.answers.map(({ at }) => at), ...approval.uses.map(({ at }) => at));
  };
  const read = [...(await documents.list(COLLECTION))].map(({ key, value }) => parsed(key, value));
  for (const approval of read.sort((a, b) => numberOf(a.id) - numberOf(b.id))) hold(interrupted(approval));
  /** Nothing on the disk has a number below this. */
  let lowest = Math.min(highest, ...[...kept.values()].slice(0, 1).map(({ id }) => numberOf(id)));

  const get = async (id: string): Promise<Approval | undefined> => {
    if (!/^HF-[1-9]\d{0,14}$/.test(id)) return undefined;
    const known = kept.get(id);
    if (known !== undefined) return known;
    const value = await documents.get(COLLECTION, id);
    return value === undefined ? undefined : interrupted(parsed(id, value));
  };
  return {
    get,
    of: (digest) => [...(byDigest.get(digest) ?? [])].flatMap((id) => kept.get(id) ?? []).reverse(),
    async put(approval) {
      await documents.put(COLLECTION, approval.id, approval as unknown as Json);
      hold(approval);
    },
    nextId: () => `HF-${++highest}`,
    all: () => [...kept.values()],
    async newest(limit) {
      const found: Approval[] = [];
      for (let number = highest, missing = 0; number > 0 && found.length < limit && missing < limit; number--) {
        const approval = await get(`HF-${number}`);
        if (approval === undefined) missing++;
        else found.push(approval);
      }
      return found;
    },
    unload(which) {
      const gone = [...kept.values()].filter(which);
      for (const { id, digest } of gone) {
        kept.delete(id);
        const same = byDigest.get(digest);
        if (same?.delete(id) === true && same.size === 0) byDigest.delete(digest);
      }
      return gone;
    },
    async remove(which) {
      let isFirst = true;
      // The last number is not given twice, so it stays.
      for (let number = lowest; number < highest; number++) {
        const id = `HF-${number}`;
        const inMemory = kept.has(id);
        const approval = await get(id);
        const goes = approval !== undefined && !inMemory && which(approval);
        if (approval !== undefined && !goes && !inMemory) return;
        if (goes) await documents.remove(COLLECTION, id);
        isFirst &&= !inMemory;
        if (isFirst) lowest = number + 1;
      }
    },
    get latest() {
      return latest;
    },
  };
}

const numberOf = (id: string): number => Number(id.slice(3));

/** What began before a restart, and nobody saw end, may have happened. */
function interrupted(approval: Approval): Approval {
  return { ...approval, uses: approval.uses.map((use) => (use.outcome === undefined ? { ...use, outcome: "unknown" } : use)) };
}

function parsed(id: string, value: Json): Approval {
  const whole = isObject(value) && value["id"] === id && typeof value["digest"] === "string" && typeof value["expires"] === "number";
  if (!whole || ![value["answers"], value["uses"], value["needs"], value["reasons"]].every(Array.isArray) || !isObject(value["bound"]))
    throw new HoldfastError("configuration", `what is kept of approval \`${id}\` cannot be read`);
  return value as unknown as Approval; // written by `put`; a use of it is checked against its signature
}
