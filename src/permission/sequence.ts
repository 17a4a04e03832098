import type { Condition } from "./cel/condition.ts";
import type { Scope } from "./cel/scope.ts";
import type { History } from "./histories.ts";

/**
 * The part of a rule that looks back: an automaton with two states for each session. An action that is let through and that `after`
 * describes arms the rule, one that `until` describes disarms it; `when` only counts while it is armed.
 */
export interface Sequence {
  /** The same for the same rule in the next version of a configuration; a rule whose `after` or `until` was changed is another one, and begins unarmed. */
  readonly key: string;
  readonly after: Condition;
  readonly until?: Condition;
}

export const isArmed = ({ key }: Sequence, { armed }: History): boolean => armed.includes(key);

/** What an action that was let through means for what comes next. Where a condition could not be evaluated, the rule is armed, and stays so. */
export function advance(sequences: readonly Sequence[], history: History, scope: Scope): void {
  for (const sequence of sequences) {
    const armed = isArmed(sequence, history);
    const ends = armed && sequence.until?.holds(scope) === true;
    const begins = sequence.after.holds(scope) !== false;
    if (armed ? ends && !begins : begins) history.armed = armed ? history.armed.filter((key) => key !== sequence.key) : [...history.armed, sequence.key];
  }
}
