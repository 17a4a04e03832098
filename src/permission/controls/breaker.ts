import { type Decision, NEUTRAL } from "../../core/decision.ts";
import type { ErrorCode } from "../../core/errors.ts";
import type { Request } from "../../core/request.ts";
import type { BreakerConfig } from "../policy-config.ts";
import type { Control } from "./control.ts";

/** The state of everything that may break, by name. It outlives a policy. */
export type Breakers = Map<string, Breaker>;
export const createBreakers = (): Breakers => new Map();

interface Breaker {
  /** In a row. */
  failures: number;
  /** Monotonic time until which nothing passes; then one request tries. */
  open: number | undefined;
  /** The request that tries, and since when. */
  probe: { readonly id: string; readonly since: number } | undefined;
}

const MOST = 1_000;
/** A probe of which nothing was heard for so long does not keep the next one waiting. */
const PROBE_MS = 60_000;

/**
 * After so many failures in a row nothing passes for a while, then one request at a time until one succeeds. Only what was performed and
 * failed counts, as `fails` says; what a client broke off is nobody's failure.
 */
export function breakerControl(
  what: "agent" | "downstream",
  { failures, pause }: BreakerConfig,
  breakers: Breakers,
  nameOf: (request: Request) => string | undefined,
  fails: (code: ErrorCode) => boolean,
): Control {
  const text = `${what === "agent" ? "the agent" : "what this reaches"} failed ${failures} times in a row and rests; one request may try after ${Math.ceil(pause / 1000)} s`;
  const refuse = (ms: number): Decision => ({
    effect: "deny",
    reasons: [{ id: `limits/breaker-${what}`, effect: "deny", text }],
    obligations: [{ kind: "limit", name: "retry-after", amount: Math.max(1, Math.ceil(ms / 1000)) }],
  });
  const of = (request: Request): Breaker | undefined => {
    const name = nameOf(request);
    return name === undefined ? undefined : breakers.get(`${what}\n${name}`);
  };
  return {
    id: `breaker-${what}`,
    check(request, _inspection, now) {
      const breaker = of(request);
      if (breaker?.open === undefined) return NEUTRAL;
      if (now < breaker.open) return refuse(breaker.open - now);
      const { probe } = breaker;
      return probe === undefined || now - probe.since >= PROBE_MS ? NEUTRAL : refuse(1_000);
    },
    done(request, now, permitted) {
      const breaker = of(request);
      if (permitted && breaker?.open !== undefined) breaker.probe = { id: request.id, since: now };
    },
    settle(request, outcome, now) {
      const name = nameOf(request);
      if (name === undefined) return;
      const key = `${what}\n${name}`;
      const breaker = breakers.get(key);
      // What was answered from a record was not tried: it says nothing of what it would have reached.
      const tried = !outcome.decision.obligations.some(({ kind }) => kind === "recorded");
      if (outcome.status === "done" && tried) breakers.delete(key);
      else if (outcome.status === "failed" && fails(outcome.code)) {
        const failed = breaker ?? { failures: 0, open: undefined, probe: undefined };
        failed.failures++;
        failed.probe = undefined;
        if (failed.failures >= failures) failed.open = now + pause;
        for (const oldest of breakers.keys()) if (breakers.size >= MOST && breaker === undefined) breakers.delete(oldest);
        breakers.set(key, failed);
      } else if (breaker?.probe?.id === request.id) breaker.probe = undefined;
    },
  };
}

/** The connection broke, or what came is not an answer. That an upstream refuses a request is no failure of it. */
export const downstreamFails = (code: ErrorCode): boolean => code === "upstream-unreachable" || code === "upstream-timeout" || code === "upstream-invalid";
export const agentFails = (code: ErrorCode): boolean => code !== "cancelled" && code !== "unauthenticated" && code !== "forbidden" && code !== "unavailable";

/** The server of a tool, or the upstream of a model. What the decision API is told is the caller's word, and breaks nothing for others. */
export function downstreamOf({ action, resource, context }: Request): string | undefined {
  if (context.surface === "api") return undefined;
  if (action.type === "model.call") return resource === undefined ? undefined : `models/${resource.id.split("/", 1)[0]}`;
  // A call that a model proposes is handed on, not performed here.
  if (action.tool === undefined || context.parent !== undefined) return undefined;
  return `tools/${action.tool.split(".", 1)[0]}`;
}
