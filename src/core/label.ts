/** Information-flow labels: where content came from and who may read it. Text never vouches for itself; labels come from configuration. */

/** From least to most trusted; a label's integrity is the least trusted thing that went into it. */
export const INTEGRITIES = ["untrusted", "internal", "user", "operator", "system"] as const;
export type Integrity = (typeof INTEGRITIES)[number];

export const CATEGORIES = ["financial", "health", "pii", "secret", "source"] as const;
export type Category = (typeof CATEGORIES)[number];

export interface Label {
  readonly integrity: Integrity;
  /** Who may read it: everybody, or only these, `@corp.example` being everybody of that domain. An empty list means nobody outside. */
  readonly readers: "public" | readonly string[];
  readonly categories: readonly Category[];
  /** Ids of the sources that went into it, for the person who asks why. */
  readonly origins: readonly string[];
}

/** The neutral element of `joinLabels`: says nothing, taints nothing. */
export const NEUTRAL_LABEL: Label = { integrity: "system", readers: "public", categories: [], origins: [] };

/** What an unknown source gets. */
export const UNTRUSTED: Label = { integrity: "untrusted", readers: "public", categories: [], origins: [] };

/**
 * The only propagation there is: the lower integrity, the intersection of readers, the union of categories and origins.
 * INVARIANT: a semilattice (associative, commutative, idempotent, NEUTRAL_LABEL neutral), so the order of joining never matters.
 */
export function joinLabels(a: Label, b: Label): Label {
  if (a === b) return a;
  return {
    integrity: rank(a.integrity) <= rank(b.integrity) ? a.integrity : b.integrity,
    readers: joinReaders(a.readers, b.readers),
    categories: union(a.categories, b.categories),
    origins: union(a.origins, b.origins),
  };
}

/** Of all that a request carries together. */
export const labelOfAll = (content: readonly { readonly label: Label }[]): Label =>
  content.reduce((joined, { label }) => joinLabels(joined, label), NEUTRAL_LABEL);

/** True if `label` is at least as trusted as `needed`. */
export function atLeast(label: Label, needed: Integrity): boolean {
  return rank(label.integrity) >= rank(needed);
}

// An integrity that is not in the list ranks below everything: unknown is untrusted.
const rank = (integrity: Integrity): number => INTEGRITIES.indexOf(integrity);

/** Who may read both: of everybody of a domain and one of them, the one. */
export function joinReaders(a: Label["readers"], b: Label["readers"]): Label["readers"] {
  if (a === "public" || a === b) return b;
  if (b === "public") return a;
  const both = [...a.filter((one) => includes(b, one)), ...b.filter((one) => includes(a, one))];
  return [...new Set(both)].sort();
}

/** True if this reader is among those: by name, or as one of a domain (`@corp.example`). */
export function includes(readers: readonly string[], one: string): boolean {
  return readers.some((reader) => reader === one || (reader.startsWith("@") && one.endsWith(reader) && one.indexOf("@") === one.length - reader.length));
}

function union<T extends string>(a: readonly T[], b: readonly T[]): readonly T[] {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return [...new Set([...a, ...b])].sort();
}
