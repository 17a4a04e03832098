/** The items of a list that never changes its order, each with its place as a key: two of them may well be equal. */
export function numbered<T>(items: readonly T[]): readonly (readonly [key: string, item: T])[] {
  return items.map((item, place) => [String(place), item] as const);
}
