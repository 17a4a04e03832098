/** Characters that the remembered texts and what was made of them may hold together, per kind of work; the older half goes when it is full. */
export const MOST_REMEMBERED = 8 << 20;

/** Where the work is cheap: what is shorter than this costs more to keep than to do again. */
export const SHORTEST_REMEMBERED = 256;

/**
 * A conversation is sent again with every turn, so what was made of its texts is remembered by the text. `weight` is what a result costs, in
 * characters: attackers choose the texts, and a small one must not be able to hold much memory.
 */
export function remembering<T>(
  work: (text: string) => T,
  weight: (text: string, result: T) => number,
  { most = MOST_REMEMBERED, shortest = 0 }: { readonly most?: number; readonly shortest?: number } = {},
): (text: string) => T {
  let [young, old, size] = [new Map<string, T>(), new Map<string, T>(), 0];
  return (text) => {
    if (text.length < shortest) return work(text);
    if (young.has(text)) return young.get(text) as T;
    const result = old.has(text) ? (old.get(text) as T) : work(text);
    const costs = text.length + weight(text, result);
    if (costs > most / 2) return result;
    if (size + costs > most / 2) [young, old, size] = [new Map(), young, 0];
    young.set(text, result);
    size += costs;
    return result;
  };
}
