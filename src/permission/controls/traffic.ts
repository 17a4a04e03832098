import { NEUTRAL } from "../../core/decision.ts";
import type { VolumeConfig } from "../policy-config.ts";
import type { Control } from "./control.ts";

/** What each agent's connections carried of late. It outlives a policy: a reload gives nobody a fresh allowance. */
export type Traffic = Map<string, Slice[]>;
export const createTraffic = (): Traffic => new Map();

interface Slice {
  /** Monotonic milliseconds of its first byte. */
  readonly since: number;
  bytes: number;
}

/** Slices of the stretch: it slides by one of them at a time, and what is left of the oldest counts in full. */
const SLICES = 60;

/** No new connection where the allowance is used up; those that are open are told by `spend`. */
export function trafficControl(agent: string, limit: VolumeConfig, traffic: Traffic): Control {
  const reason = { id: "limits/traffic", effect: "deny" as const, text: `the limit of ${limit.text} for this agent is reached` };
  return {
    id: "limits/traffic",
    check({ action }, _inspection, now) {
      if (action.type !== "net.connect" || used(agent, limit, traffic, now) < limit.bytes) return NEUTRAL;
      return {
        effect: "deny",
        reasons: [reason],
        obligations: [{ kind: "limit", name: "retry-after", amount: Math.max(1, Math.ceil(limit.ms / SLICES / 1000)) }],
      };
    },
  };
}

/** Counts what was carried. False where that is more than the agent may: then nothing more of it is. */
export function spend(agent: string, limit: VolumeConfig, traffic: Traffic, bytes: number, now: number): boolean {
  const before = used(agent, limit, traffic, now);
  const slices = traffic.get(agent) ?? [];
  const last = slices.at(-1);
  if (last !== undefined && now - last.since < limit.ms / SLICES) last.bytes += bytes;
  else slices.push({ since: now, bytes });
  traffic.set(agent, slices);
  return before + bytes <= limit.bytes;
}

function used(agent: string, { ms }: VolumeConfig, traffic: Traffic, now: number): number {
  const slices = traffic.get(agent);
  if (slices === undefined) return 0;
  while (slices.length > 0 && now - slices[0]!.since > ms + ms / SLICES) slices.shift();
  return slices.reduce((sum, { bytes }) => sum + bytes, 0);
}
