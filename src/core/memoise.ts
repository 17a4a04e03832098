/** Longer names are rare, and would be a way to fill our memory. */
const LONGEST = 500;

/**
 * A function that remembers up to `most` of its answers. Keys come from outside, so only so many are kept, and no long ones; when there are
 * more it begins afresh, which costs time and never an answer. `of` gives the same answer each time, and never `undefined`.
 */
export function memoise<Key, Value>(most: number, of: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    let value = known.get(key);
    if (value !== undefined) return value;
    value = of(key);
    if (typeof key === "string" && key.length > LONGEST) return value;
    if (known.size >= most) known.clear();
    known.set(key, value);
    return value;
  };
}
