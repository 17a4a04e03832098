import { median } from "../row.ts";
import type { Load } from "./load.ts";
import { cpuSeconds, type Generator, type Subject } from "./subject.ts";

/** The medians of one subject over all rounds. */
export interface Measured {
  /** Microseconds of processor time of the server per request. */
  readonly cpu: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly first: number;
  readonly requests: number;
}

/** The same load on every subject in turn, round after round, each round beginning with another one: what disturbs the machine disturbs all. */
export async function interleave(
  generator: Generator,
  subjects: readonly Subject[],
  load: (subject: Subject) => Omit<Load, "origin">,
  rounds: number,
): Promise<ReadonlyMap<Subject, Measured>> {
  const seen = new Map<Subject, Measured[]>(subjects.map((subject) => [subject, []]));
  // The first round warms up: compilers, pools, caches.
  for (let round = -1; round < rounds; round++) {
    for (let i = 0; i < subjects.length; i++) {
      const subject = subjects[(i + Math.max(0, round)) % subjects.length] as Subject;
      const shape = load(subject);
      const before = cpuSeconds(subject.pid);
      const loaded = await generator.run({ ...shape, origin: subject.origin, headers: { ...shape.headers, ...subject.headers } });
      if (loaded.failed > 0) throw new Error(`${subject.name}: ${loaded.failed} of ${shape.requests} requests failed`);
      const cpu = ((cpuSeconds(subject.pid) - before) * 1e6) / shape.requests;
      if (round >= 0)
        seen
          .get(subject)
          ?.push({ cpu, perSecond: shape.requests / loaded.seconds, p50: loaded.p50, p99: loaded.p99, first: loaded.first, requests: shape.requests });
    }
  }
  return new Map([...seen].map(([subject, all]) => [subject, medians(all)]));
}

function medians(all: readonly Measured[]): Measured {
  const of = (pick: (one: Measured) => number): number => median(all.map(pick));
  return {
    cpu: of((one) => one.cpu),
    perSecond: of((one) => one.perSecond),
    p50: of((one) => one.p50),
    p99: of((one) => one.p99),
    first: of((one) => one.first),
    requests: all.reduce((sum, one) => sum + one.requests, 0),
  };
}
