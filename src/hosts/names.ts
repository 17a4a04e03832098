/** As `holdfast.yaml` demands of a name; a test compares the two. */
const LEGAL = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const LONGEST = 64;

export const isLegalName = (name: string): boolean => LEGAL.test(name);

/**
 * A legal name for each of a file's servers; `known` are those that have one, as name and legal name. A legal one stays, but nobody is
 * given a name that another server has: it would get that server's facts and grants.
 */
export function legalNames(names: readonly string[], known: readonly (readonly [string, string])[]): ReadonlyMap<string, string> {
  const legal = new Map(known);
  const used = new Set(legal.values());
  const fresh = [...new Set(names)].filter((name) => !legal.has(name));
  const stay = fresh.filter((name) => isLegalName(name) && !used.has(name));
  for (const name of stay) {
    used.add(name);
    legal.set(name, name);
  }
  for (const name of fresh.filter((one) => !legal.has(one))) {
    const free = unused(derived(name), used);
    used.add(free);
    legal.set(name, free);
  }
  return legal;
}

function derived(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+|-+$/g, "")
    .slice(0, LONGEST);
  return plain === "" ? "server" : plain;
}

function unused(name: string, used: ReadonlySet<string>): string {
  if (!used.has(name)) return name;
  for (let number = 2; ; number++) {
    const next = `${name.slice(0, LONGEST - String(number).length - 1)}-${number}`;
    if (!used.has(next)) return next;
  }
}
