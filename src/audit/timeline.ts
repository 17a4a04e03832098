import type { Effect } from "../core/decision.ts";
import type { DecisionIndex } from "./decision-index.ts";

/** How many decisions of each kind were made from a moment on, until the next slice begins. */
export interface Slice extends Readonly<Record<Effect, number>> {
  /** Milliseconds since the epoch. */
  readonly from: number;
}

export interface Timeline {
  /** The oldest first, each as long as the others; the last one is not over. */
  readonly slices: readonly Slice[];
  /** What denied or asked most often, with how often; the most frequent first. */
  readonly reasons: readonly { readonly id: string; readonly effect: Effect; readonly count: number }[];
  /** False where there are decisions in this time that are not counted, because the index does not know them (yet). */
  readonly whole: boolean;
}

const MOST_REASONS = 5;

/** Counts the decisions of the last slices, of `length` milliseconds each, which begin where the clock is a multiple of that. */
export async function timelineOf(
  index: Pick<DecisionIndex, "each">,
  { now, length, count }: { readonly now: number; readonly length: number; readonly count: number },
): Promise<Timeline> {
  const first = Math.floor(now / length) * length - (count - 1) * length;
  const slices = Array.from({ length: count }, (_, i) => ({ from: first + i * length, permit: 0, ask: 0, deny: 0 }));
  const because = new Map<string, { readonly id: string; readonly effect: Effect; count: number }>();
  const whole = await index.each(first, ({ kind, time }) => {
    // The wall clock may have been set back since: what it says lies ahead belongs to now.
    const slice = slices[Math.min(count - 1, Math.floor((time - first) / length))];
    if (slice !== undefined) slice[kind.effect]++;
    if (kind.because === undefined) return;
    const key = `${kind.effect} ${kind.because}`;
    const one = because.get(key);
    if (one === undefined) because.set(key, { id: kind.because, effect: kind.effect, count: 1 });
    else one.count++;
  });
  return { slices, reasons: [...because.values()].sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1)).slice(0, MOST_REASONS), whole };
}
