/**
 * Legal in `holdfast.yaml`, and what `holdfast run --server` takes as it is: it would write `GitHub` small, and two servers that
 * differ in nothing else would then be one.
 */
const LEGAL = /^[a-z](?:[a-z0-9_-]{0,62}[a-z0-9_])?$/;
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
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, LONGEST)
    .replace(/-+$/, "");
  return plain === "" ? "server" : plain;
}

function unused(name: string, used: ReadonlySet<string>): string {
  if (!used.has(name)) return name;
  for (let number = 2; ; number++) {
    const next = `${name.slice(0, LONGEST - String(number).length - 1)}-${number}`;
    if (!used.has(next)) return next;
  }
}
