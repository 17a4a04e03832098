/**
 * How much of what an agent changes a person sees first, from strictest to loosest. *shadow*: nothing is done, and what would have been done is on
 * record. *supervised*: a person answers every write. *spot-checked*: one in five, chosen so that nobody can tell which. *exception-based*: what
 * rules and information flow ask about.
 */
export const PHASES = ["shadow", "supervised", "spot-checked", "exception-based"] as const;
export type Phase = (typeof PHASES)[number];

export const isLooser = (a: Phase, than: Phase): boolean => PHASES.indexOf(a) > PHASES.indexOf(than);

/** One step on or back; undefined where there is none. */
export const nextPhase = (phase: Phase, step: 1 | -1): Phase | undefined => PHASES[PHASES.indexOf(phase) + step];
