/** One line of the table in docs/bench: a figure of ours, beside the least that must be paid and the best peer, measured in the same run. */
export interface Row {
  /** The id in the list of figures to reach: `P1`. A work item with several figures has several rows of the same id. */
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  /** The least that must be paid for the same work on the same machine. */
  readonly floor?: number;
  readonly peer?: number;
  /** Ours divided by what the target names (floor or peer). */
  readonly ratio?: number;
  /** The figure to reach, in words. */
  readonly target: string;
  readonly met: boolean;
  /** How many times the work was done for `ours`. */
  readonly n: number;
  /** What a reader must know to judge the figure. */
  readonly note?: string;
}

export interface BenchOptions {
  /** Fewer repetitions: shows that the bench runs, not what the figure is. */
  readonly quick: boolean;
  /** Whether rows of this id are asked for: a bench with several need not measure the others. */
  readonly wants: (id: string) => boolean;
}

/** What a bench file exports as `run`. */
export type Bench = (options: BenchOptions) => Promise<readonly Row[]>;

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which the share `q` (0..1) of the values lies; NaN of nothing. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
