/** Who wrote a record. A field of it says so, never its text: what somebody writes must not say who wrote it. */
import { INTEGRITIES, type Integrity } from "../../core/label.ts";
import { fold } from "./fold.ts";
import type { Leaf } from "./structure.ts";

/** Fields that name who wrote the record they stand in. */
export const AUTHOR: ReadonlySet<string> = new Set("sender from author von absender verfasser".split(" "));

/** True for a field that names who wrote the record it stands in. ATTACK: a name with invisible letters in it is nobody's, however it looks. */
export const namesAuthor = ({ field, disguised }: Leaf): boolean => AUTHOR.has(field) && disguised !== true;

/** How far what somebody wrote may be trusted, by the number of the record; a record that is not in it is labelled as the rest of the result. */
export type Authored = (leaves: readonly Leaf[]) => ReadonlyMap<number, Integrity>;

/** `senders` says it by address (`anna@corp.example`) and by domain (`@corp.example`, none below it); the address itself comes first. */
export function authoredBy(senders: { readonly [sender: string]: Integrity }): Authored {
  const known = new Map(Object.entries(senders).map(([sender, trust]) => [fold(sender), trust] as const));
  const trustOf = (leaf: Leaf): Integrity | undefined => {
    const address = namesAuthor(leaf) ? addressOf(leaf.text) : undefined;
    return address === undefined ? undefined : (known.get(address) ?? known.get(address.slice(address.indexOf("@"))));
  };
  return (leaves) => {
    const found = new Map<number, Integrity | undefined>();
    for (const leaf of leaves) {
      if (!AUTHOR.has(leaf.field)) continue;
      const [before, own] = [found.get(leaf.record), trustOf(leaf)];
      // ATTACK: one field says what the server found out, another what whoever wrote it claims. Whoever is not known decides, then who is trusted least.
      found.set(leaf.record, found.has(leaf.record) ? lesser(before, own) : own);
    }
    return new Map([...found].flatMap(([record, trust]) => (trust === undefined ? [] : [[record, trust] as const])));
  };
}

const lesser = (one: Integrity | undefined, other: Integrity | undefined): Integrity | undefined =>
  one === undefined || other === undefined ? undefined : INTEGRITIES.indexOf(one) < INTEGRITIES.indexOf(other) ? one : other;

/** `anna@corp.example`, also as `anna kern <anna@corp.example>`. ATTACK: the name before it is free, and so may be an address. */
function addressOf(text: string): string | undefined {
  const [, inside = text] = /^[^<>@]*<([^<>]*)>$/.exec(text) ?? [];
  return /^[^\s@<>",;]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(inside) ? inside : undefined;
}
