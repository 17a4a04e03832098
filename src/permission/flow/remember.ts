import { hash } from "node:crypto";

/** Characters that the remembered texts and what was made of them may hold together, per kind of work; the older half goes when it is full. */
export const MOST_REMEMBERED = 8 << 20;

/** Where the work is cheap: what is shorter than this costs more to keep than to do again. */
export const SHORTEST_REMEMBERED = 256;

/**
 * A conversation is sent again with every turn, so what was made of its texts is remembered by the text. `weight` is what a result costs, in
 * characters: attackers choose the texts, and a small one must not be able to hold much memory. `digest`: for texts that nobody holds as they
 * are, so that they are not held for being looked up.
 */
export function remembering<T>(
  work: (text: string) => T,
  weight: (text: string, result: T) => number,
  { most = MOST_REMEMBERED, shortest = 0, by = "text" }: { readonly most?: number; readonly shortest?: number; readonly by?: "text" | "digest" } = {},
): (text: string) => T {
  let [young, old, size] = [new Map<string, T>(), new Map<string, T>(), 0];
  return (text) => {
    // A digest is of UTF-8, in which halves of signs are all alike.
    if (text.length < shortest || (by === "digest" && !text.isWellFormed())) return work(text);
    const key = by === "text" ? text : digestOf(text);
    if (young.has(key)) return young.get(key) as T;
    const result = old.has(key) ? (old.get(key) as T) : work(text);
    const costs = key.length + weight(text, result);
    if (costs > most / 2) return result;
    if (size + costs > most / 2) [young, old, size] = [new Map(), young, 0];
    young.set(key, result);
    size += costs;
    return result;
  };
}

/** Several things are made of one text in a row. */
let [last, digest] = ["", ""];
function digestOf(text: string): string {
  if (text !== last) [last, digest] = [text, hash("sha256", text, "base64")];
  return digest;
}
