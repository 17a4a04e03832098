import { canonicalJson, type Json, type JsonObject } from "../../../src/core/json.ts";

/** An argument, and what an approver made of it. */
export interface Change {
  readonly name: string;
  readonly kind: "same" | "changed" | "added" | "removed";
  /** What it is now; for a removed one, nothing. */
  readonly now?: Json;
  readonly was?: Json;
}

/** Every argument of either side once: those that there are in their order, then those that were taken away. */
export function changes(before: JsonObject | undefined, args: JsonObject): readonly Change[] {
  const old = before ?? args;
  const kept = Object.entries(args).map(([name, now]): Change => {
    if (!Object.hasOwn(old, name)) return { name, kind: "added", now };
    const was = old[name] ?? null;
    return canonicalJson(was) === canonicalJson(now) ? { name, kind: "same", now } : { name, kind: "changed", now, was };
  });
  const gone = Object.entries(old).filter(([name]) => !Object.hasOwn(args, name));
  return [...kept, ...gone.map(([name, was]): Change => ({ name, kind: "removed", was }))];
}
