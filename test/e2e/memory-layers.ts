import { type Decision, deny, NEUTRAL, permit } from "../../src/core/decision.ts";
import { HoldfastError } from "../../src/core/errors.ts";
import { NEUTRAL_LABEL } from "../../src/core/label.ts";
import type { Clock, Filter, Layers, Resolution } from "../../src/core/layers.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import type { Request } from "../../src/core/request.ts";
import { sandboxLayer } from "../../src/sandbox/execute.ts";

/** Layers that hold everything in memory and whose answers a test changes while they run. */
export interface MemoryLayers {
  readonly layers: Layers;
  readonly intents: { readonly request: Request; readonly decision: Decision }[];
  readonly outcomes: { readonly request: Request; readonly outcome: Outcome }[];
  decide: (request: Request) => Decision;
  resolve: () => Resolution;
  /** A word that blocks an answer, and one that is masked in it. */
  blocked: string;
  masked: string;
  healthy: boolean;
}

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timer(ms, fire) {
    const timer = setTimeout(fire, ms);
    return () => clearTimeout(timer);
  },
};

export const PERMIT = permit({ id: "roles/test", text: "the test permits it" });
export const DENY = deny({ id: "roles/test", text: "the role does not allow it" });

export function memoryLayers(): MemoryLayers {
  const memory: MemoryLayers = {
    intents: [],
    outcomes: [],
    decide: () => PERMIT,
    resolve: () => ({ kind: "nobody" }),
    blocked: "FORBIDDEN",
    masked: "SECRET",
    healthy: true,
    layers: {
      clock: realClock,
      deadlines: { inspect: 1000, decide: 1000, record: 1000 },
      audit: {
        open(asked) {
          if (!memory.healthy) throw new HoldfastError("unavailable", "the log cannot be written");
          return {
            decided: async (request, decision) => void memory.intents.push({ request, decision }),
            close: (outcome) => void memory.outcomes.push({ request: asked, outcome }),
          };
        },
      },
      input: { inspect: () => ({ decision: NEUTRAL, label: NEUTRAL_LABEL, passages: [] }) },
      permission: { decide: (request) => memory.decide(request) },
      oversight: { resolve: () => memory.resolve() },
      sandbox: sandboxLayer({ drivers: {} }),
      output: { open: () => filter(memory) },
    },
  };
  return memory;
}

/** Holds back as much as a forbidden word could still need, masks one and blocks on the other. */
function filter({ blocked: bad, masked }: MemoryLayers): Filter {
  const held = new Map<string, string>();
  const keep = Math.max(bad.length, masked.length) - 1;
  let blocked = false;
  const clean = (text: string): string => {
    if (text.includes(bad)) blocked = true;
    return text.replaceAll(masked, "[masked]");
  };
  return {
    get blocked() {
      return blocked;
    },
    text(channel, text) {
      const all = clean((held.get(channel) ?? "") + text);
      const cut = Math.max(0, all.length - keep);
      held.set(channel, all.slice(cut));
      return blocked ? "" : all.slice(0, cut);
    },
    end(channel) {
      const rest = clean(held.get(channel) ?? "");
      held.delete(channel);
      return blocked ? "" : rest;
    },
    value: (value) => JSON.parse(clean(JSON.stringify(value))),
    verdict: () => ({ decision: blocked ? deny({ id: "output/blocked", text: "the answer held something that may not leave" }) : PERMIT, passages: [] }),
  };
}
