import type { Answer, controlOf } from "./approval.ts";

type Control = NonNullable<ReturnType<typeof controlOf>>;

/** One answer of a person, as far as it says how they look. */
export interface Glance {
  readonly at: number;
  readonly action: Answer["action"];
  /** Milliseconds in which they can have looked at it, at most. */
  readonly took: number;
  readonly control?: Control;
}

export interface AttentionStore {
  load(): Promise<readonly { readonly person: string; readonly glances: readonly Glance[] }[]>;
  save(person: string, glances: readonly Glance[]): Promise<void>;
}

/** Who approves more than this share in less than this time, over so many answers, is not looking. */
export interface Limits {
  readonly share: number;
  readonly ms: number;
  readonly last: number;
}

export interface Attention {
  readonly person: string;
  /** Of the last ones. */
  readonly answers: number;
  readonly approved: number;
  /** Milliseconds. */
  readonly median: number;
  readonly caught: number;
  readonly missed: number;
  /** Their answers are no evidence while this stands. */
  readonly warning?: "approves-unseen" | "missed-control";
}

/** How people look at what they answer. */
export interface Reviewers {
  /** Durable when it resolves. */
  noted(person: string, glance: Glance): Promise<void>;
  of(person: string): Attention;
  all(): readonly Attention[];
}

const MOST_KEPT = 500;

export async function openReviewers(store: AttentionStore, limits: () => Limits): Promise<Reviewers> {
  const kept = new Map((await store.load()).map(({ person, glances }) => [person, glances]));
  const of = (person: string): Attention => attention(person, kept.get(person) ?? [], limits());
  return {
    async noted(person, glance) {
      const glances = [...(kept.get(person) ?? []), glance].slice(-MOST_KEPT);
      kept.set(person, glances);
      await store.save(person, glances);
    },
    of,
    all: () => [...kept.keys()].sort().map(of),
  };
}

export function attention(person: string, glances: readonly Glance[], { share, ms, last }: Limits): Attention {
  const recent = glances.slice(-last);
  const real = recent.filter(({ control }) => control === undefined);
  const approved = real.filter(({ action }) => action === "approve").length;
  const took = recent.map((one) => one.took).sort((a, b) => a - b);
  const median = took[Math.floor(took.length / 2)] ?? 0;
  const of = (what: Control): number => recent.filter(({ control }) => control === what).length;
  const missed = of("missed");
  const unseen = recent.length >= last && approved > share * real.length && median < ms;
  const warning = missed > 0 ? "missed-control" : unseen ? "approves-unseen" : undefined;
  return { person, answers: recent.length, approved, median, caught: of("caught"), missed, ...(warning === undefined ? {} : { warning }) };
}
