import { nearest } from "../nearest.ts";
import type { Problem, RoleConfig } from "../policy-config.ts";
import { type Bound, READY_ROLES, type ReadyRole } from "./ready.ts";

/** A pattern with the role it was written in, which is the one a decision names. */
export interface Granted {
  readonly pattern: string;
  readonly role: string;
}

/** A role with everything it builds on. */
export interface Role {
  readonly read: readonly Granted[];
  readonly write: readonly Granted[];
  readonly deny: readonly Granted[];
  readonly bounds: readonly (Bound & { readonly role: string })[];
}

export const READY_PREFIX = "builtin/";
const READY: ReadonlyMap<string, ReadyRole> = new Map(Object.entries(READY_ROLES).map(([name, role]) => [READY_PREFIX + name, role]));

/**
 * Follows `extends` to the end. A child adds to what it builds on and can take nothing back: blocks and bounds of every parent stay.
 * A name that leads nowhere, or in a circle, is a problem at the place where it stands.
 */
export function resolveRole(name: string, roles: { readonly [name: string]: RoleConfig }, at: Problem["path"]): Role | Problem {
  const seen = new Set<string>();
  const parts: Role[] = [];
  let path = at;
  for (let current: string | undefined = name; current !== undefined; ) {
    if (seen.has(current)) return { path, message: `role \`${current}\` builds on itself` };
    seen.add(current);
    const configured: RoleConfig | undefined = Object.hasOwn(roles, current) ? roles[current] : undefined;
    const ready: ReadyRole | undefined = READY.get(current);
    const source = configured ?? ready;
    if (source === undefined) return { path, message: `there is no role \`${current}\``, ...nearest(current, [...Object.keys(roles), ...READY.keys()]) };
    const role = current;
    const from = (patterns: readonly string[]): readonly Granted[] => patterns.map((pattern) => ({ pattern, role }));
    parts.push({
      read: from(source.read),
      write: from(source.write),
      deny: from(source.deny),
      bounds: (ready?.bounds ?? []).map((bound) => ({ ...bound, role })),
    });
    path = ["roles", current, "extends"];
    current = configured?.extends;
  }
  return {
    read: parts.flatMap(({ read }) => read),
    write: parts.flatMap(({ write }) => write),
    deny: parts.flatMap(({ deny }) => deny),
    bounds: parts.flatMap(({ bounds }) => bounds),
  };
}
