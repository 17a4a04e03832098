import type { Condition } from "./cel/condition.ts";
import type { Scope } from "./cel/scope.ts";

/**
 * The part of a rule that looks back: an automaton with two states for each session. An action that is let through and that `after`
 * describes arms the rule, one that `until` describes disarms it; `when` only counts while it is armed.
 */
export interface Sequence {
  /**
   * The same for the same rule in the next version of a configuration. What arms a rule is its `after`: where that was changed, nobody
   * can tell what of the past it would have meant, so it is another rule and begins unarmed. A change of anything else disarms nobody.
   */
  readonly key: string;
  readonly after: Condition;
  readonly until?: Condition;
}

/**
 * What is armed once an action was not denied. An action that may still be refused (`permitted` is false: a person is asked, or the input
 * layer objects) arms, because it may happen, and does not disarm, because it may not: else asking for an approval would be one.
 * Where a condition could not be evaluated, the rule is armed, and stays so.
 */
export function advance(sequences: readonly Sequence[], before: readonly string[], scope: Scope, permitted: boolean): readonly string[] {
  let armed = before;
  for (const { key, after, until } of sequences) {
    const begins = after.holds(scope) !== false;
    const was = armed.includes(key);
    if (begins && !was) armed = [...armed, key];
    else if (was && !begins && permitted && until?.holds(scope) === true) armed = armed.filter((other) => other !== key);
  }
  return armed;
}
