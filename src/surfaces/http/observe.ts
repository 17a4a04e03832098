/** Where a surface writes what happened. Facts are ids, codes and numbers of ours; never bodies, keys or foreign text. */
export interface Log {
  info(facts: LogFacts, message: string): void;
  warn(facts: LogFacts, message: string): void;
  error(facts: LogFacts, message: string): void;
}
export type LogFacts = { readonly [name: string]: string | number | boolean | undefined };

/** What a surface counts. Names of surfaces, effects, upstreams come from code and configuration, so there are few of each. */
export interface Metrics {
  /** One answered request. `effect` is `permit`, `deny`, `ask`, or `none` where nothing was decided. */
  answered(surface: string, effect: string, status: number): void;
  /** Seconds from taking a request in to performing or refusing it. */
  decided(surface: string, seconds: number): void;
  /** Seconds an upstream took for a whole answer. */
  upstream(name: string, seconds: number): void;
  /** A live stream began (1) or ended (-1). */
  live(change: 1 | -1): void;
}
