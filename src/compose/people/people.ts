import type { Config } from "../../config/index.ts";
import { withoutAbsent } from "../../core/without-absent.ts";
import type { Person } from "../../oversight/index.ts";

/** A person as the configuration names them; whoever runs Holdfast on this machine stands in no file. */
export function personOf({ people }: Config, name: string, passkey?: string): Person {
  const person = Object.hasOwn(people, name) ? people[name] : undefined;
  return { name, ...withoutAbsent({ user: person?.user, login: person?.login, passkey }) };
}

/** The names of those who have a role. */
export const holders = ({ people }: Config, role: string): readonly string[] =>
  Object.entries(people).flatMap(([name, { roles }]) => (roles.includes(role) ? [name] : []));
