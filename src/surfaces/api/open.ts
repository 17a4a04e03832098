import { HoldfastError } from "../../core/errors.ts";
import type { Answer, Clock, Layers } from "../../core/layers.ts";
import { type Decided, release } from "../../core/monitor.ts";
import type { Principal } from "../../core/request.ts";

/**
 * Permitted requests that a host performs itself and has not reported yet. Bounded in time and number, so that a host that never
 * reports costs nothing; what it does not report is recorded as failed, because the effect may exist.
 */
export interface OpenDecisions {
  /** Keeps a permitted request until it is taken, `ms` have passed, or the same agent opened too many after it. */
  keep(decided: Decided): void;
  /** Hands it out once, and only to the agent and key it was decided for: for anybody else it is not there. */
  take(id: string, principal: Principal): Decided | undefined;
  readonly size: number;
  /** Closes all of them; called when the server stops. */
  shut(): Promise<void>;
}

export interface OpenLimits {
  /** Milliseconds. */
  readonly ms: number;
  /** For one agent: its own oldest gives way, never another's. */
  readonly each: number;
}
export const OPEN_LIMITS: OpenLimits = { ms: 15 * 60_000, each: 1000 };

interface Kept {
  readonly decided: Decided;
  /** Monotonic. */
  readonly until: number;
}

export function openDecisions(layers: Layers, limits: OpenLimits = OPEN_LIMITS): OpenDecisions {
  const { clock } = layers;
  const kept = new Map<string, Kept>();
  const byAgent = new Map<string, Set<string>>();
  let stop: (() => void) | undefined;

  function drop(id: string): Decided | undefined {
    const found = kept.get(id);
    if (found === undefined) return undefined;
    kept.delete(id);
    const { agent } = found.decided.request.principal;
    const own = byAgent.get(agent);
    own?.delete(id);
    if (own?.size === 0) byAgent.delete(agent);
    return found.decided;
  }

  async function expire(id: string): Promise<void> {
    const decided = drop(id);
    if (decided !== undefined) await unreported(layers, decided);
  }

  // One timer for all: entries stand in the order of their deadlines.
  function sweep(): void {
    stop = undefined;
    for (const [id, { until }] of kept) {
      if (until > clock.monotonic()) break;
      void expire(id);
    }
    schedule(clock);
  }

  function schedule({ timer, monotonic }: Clock): void {
    const [first] = kept.values();
    if (first !== undefined && stop === undefined) stop = timer(Math.max(1, first.until - monotonic()), sweep);
  }

  return {
    keep(decided) {
      const { id, principal } = decided.request;
      const own = byAgent.get(principal.agent) ?? new Set<string>();
      byAgent.set(principal.agent, own);
      kept.set(id, { decided, until: clock.monotonic() + limits.ms });
      own.add(id);
      const [oldest] = own;
      if (own.size > limits.each && oldest !== undefined) void expire(oldest);
      schedule(clock);
    },
    take(id, principal) {
      const owner = kept.get(id)?.decided.request.principal;
      if (owner === undefined || owner.agent !== principal.agent || owner.capability !== principal.capability) return undefined;
      return drop(id);
    },
    get size() {
      return kept.size;
    },
    async shut() {
      stop?.();
      await Promise.all([...kept.keys()].map(expire));
      stop?.();
    },
  };
}

/** Closes a permitted request about which nobody said what happened: failed, not denied. */
async function unreported(layers: Layers, decided: Decided): Promise<void> {
  await release(layers, decided, NOT_REPORTED, () => {}, NEVER);
}

/** An answer that did not come. */
export function failing(error: HoldfastError): Answer {
  return { pump: () => Promise.reject(error) };
}

// Made once: a busy host that never reports closes one with every new one.
const NOT_REPORTED = failing(new HoldfastError("cancelled", "not reported"));
const NEVER = new AbortController().signal;
