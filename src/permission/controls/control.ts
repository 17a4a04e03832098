import type { Decision, Effect } from "../../core/decision.ts";
import type { Inspection } from "../../core/layers.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { Request } from "../../core/request.ts";

/**
 * Something that can only tighten: a rate, a budget, a breaker. It answers NEUTRAL where it has nothing to say, at once and without
 * I/O; what it counts, it counts once per request, also when another part then denies. `now` is monotonic
 * milliseconds. It never throws; if it did, the whole layer would deny.
 */
export interface Control {
  readonly id: string;
  /** Fetches what `check` will look at, where that is not at hand; undefined where it is. Where it rejects, the whole layer denies. */
  ready?(request: Request, now: number): undefined | Promise<void>;
  check(request: Request, inspection: Inspection, now: number): Decision;
  /** Asked last, and only of what nothing else denies: `would` is what came of the request without it. */
  review?(request: Request, would: Exclude<Effect, "deny">): Decision;
  /** Told of an action that the whole layer did not deny: it happens, or (`permitted` is false) may once a person was asked. */
  done?(request: Request, now: number, permitted: boolean): void;
  /** Told how each request ended that was decided, once: what was reserved can be settled, what failed be counted. */
  settle?(request: Request, outcome: Outcome, now: number): void;
}
