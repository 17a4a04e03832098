import type { Clock } from "./layers.ts";

/** A question of our own to a model. */
export interface Asked {
  readonly system: string;
  readonly text: string;
}

/**
 * A model that is asked something by Holdfast itself. Resolves with what it said, as it said it; anything else is a rejection. It may be called many
 * times at once, must stop at `signal`, and tries nothing twice.
 */
export type AskModel = (asked: Asked, signal: AbortSignal) => Promise<string>;

export interface AskLimits {
  /** Milliseconds. */
  readonly deadline: number;
  /** A budget of its own: questions of ours use up no agent's. */
  readonly calls: { readonly count: number; readonly ms: number };
}

/** What it said, or why it said nothing: the end of a sentence about a model. */
export type Said = { readonly text: string } | { readonly failed: string };

const MOST_AT_ONCE = 32;

/** Puts questions within a deadline and a budget. It never rejects. */
export function withinLimits(ask: AskModel, { deadline, calls }: AskLimits, clock: Clock): (asked: Asked) => Promise<Said> {
  let [began, used, now] = [Number.NEGATIVE_INFINITY, 0, 0];
  const mayAsk = (): boolean => {
    const time = clock.monotonic();
    if (time - began >= calls.ms) [began, used] = [time, 0];
    return now < MOST_AT_ONCE && used++ < calls.count;
  };
  return async (asked) => {
    if (!mayAsk()) return { failed: "has no calls left" };
    now++;
    const aborting = new AbortController();
    let cancel = (): void => {};
    const late = new Promise<Said>((resolve) => {
      cancel = clock.timer(deadline, () => resolve({ failed: "did not answer in time" }));
    });
    try {
      return await Promise.race([ask(asked, aborting.signal).then((text): Said => ({ text })), late]);
    } catch {
      return { failed: "could not be asked" };
    } finally {
      cancel();
      aborting.abort();
      now--;
    }
  };
}
