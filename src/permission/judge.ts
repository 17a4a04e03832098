import { type Decision, NEUTRAL } from "../core/decision.ts";
import type { Policy } from "./policy.ts";
import type { Rule } from "./rules.ts";
import type { Subject } from "./subject.ts";

/** What role, bounds and rules say together. `say` is asked what one bound or rule says; NEUTRAL where it has nothing to say. */
export function judgeBy({ join }: Pick<Policy, "join">, { base, bounds, rules, blocked }: Subject, say: (rule: Rule) => Decision): Decision {
  let said: Decision = NEUTRAL;
  let lifted: Decision = NEUTRAL;
  for (const rule of bounds) said = join(said, say(rule));
  for (const rule of rules) {
    const answer = say(rule);
    if (rule.effect === "permit" && rule.enforced) lifted = join(lifted, answer);
    else said = join(said, answer);
  }
  // INVARIANT: this is the only place where anything but a role's grant becomes a permission, and a block is never lifted.
  const lifts = lifted !== NEUTRAL && !blocked;
  return join(!lifts ? base : base.effect === "permit" ? join(base, lifted) : lifted, said);
}
