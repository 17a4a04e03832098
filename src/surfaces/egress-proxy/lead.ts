import type { Socket } from "node:net";
import { isAddress } from "../../core/address.ts";
import { HoldfastError } from "../../core/errors.ts";
import type { Intent } from "../../core/intent.ts";
import type { Json } from "../../core/json.ts";
import type { Answer, Clock, Deliver, Layers } from "../../core/layers.ts";
import { guard } from "../../core/monitor.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { Principal, Request } from "../../core/request.ts";
import type { EgressLimits, Meter } from "./meter.ts";
import { meter } from "./meter.ts";
import type { Target } from "./target.ts";

export const SURFACE = "egress-proxy";

/** What configuration says of a host that an agent may reach. */
export interface Way {
  /** As it is written there; names the host in metrics, so there are few. */
  readonly host: string;
  /** Whether a tunnel must be TLS for the host that was asked for. */
  readonly tls: boolean;
}

export interface EgressMetrics {
  decided(surface: string, seconds: number): void;
  /** `host` as configuration writes it, `other` where it does not stand there. */
  connected(host: string, effect: "permit" | "ask" | "deny" | "none"): void;
  carried(host: string, way: "out" | "in", bytes: number): void;
}

export interface Leading {
  readonly layers: Layers;
  /** The entry of an agent's list that a target fits. */
  readonly wayTo: (agent: string, target: Target) => Way | undefined;
  /** Every address of a name; none where there is none. */
  readonly resolve: (name: string) => Promise<readonly string[]>;
  readonly dial: (addresses: readonly string[], port: number, signal: AbortSignal) => Promise<Socket>;
  /** Counts bytes against an agent; false where it may carry no more. */
  readonly spend: (agent: string, bytes: number) => boolean;
  readonly limits: () => EgressLimits;
  readonly clock: Clock;
  readonly metrics: EgressMetrics;
}

/** Carries one connection that was permitted, over a socket that leads to where was decided and ends with the signal. */
export type Carry = (host: Socket, meter: (over: () => void) => Meter, way: Way, signal: AbortSignal) => Answer | Promise<Answer>;

/** A connection that somebody asks for. */
export interface Connecting {
  readonly id: string;
  readonly principal: Principal;
  readonly target: Target;
  /** What the caller declared that it is about to do. */
  readonly intents: readonly Intent[];
}

/** Passes one connection through `guard`: looked up only where the name is listed, decided with its addresses, and made to exactly these. */
export async function lead(
  parts: Leading,
  { id, principal, target, intents, received }: Connecting & { readonly received: number },
  carry: Carry,
  deliver: Deliver,
  signal: AbortSignal,
): Promise<Outcome> {
  const { layers, resolve, dial, spend, limits, clock, metrics } = parts;
  const { host, port } = target;
  const way = parts.wayTo(principal.agent, target);
  // INVARIANT: a name that is not listed is not looked up. The question itself would leave the house, with whatever stands in the name.
  const addresses = way === undefined ? [] : isAddress(host) ? [host] : await resolve(host);
  const request: Request = {
    id,
    principal,
    action: { type: "net.connect", args: argsOf(target, addresses) },
    resource: { type: "host", id: `${host.includes(":") ? `[${host}]` : host}:${port}` },
    content: [],
    context: { time: clock.now(), surface: SURFACE, ...(intents.length === 0 ? {} : { intents }) },
  };
  const label = way?.host ?? "other";
  const counted = (way: "out" | "in", bytes: number): boolean => {
    metrics.carried(label, way, bytes);
    return spend(principal.agent, bytes);
  };
  const outcome = await guard(
    layers,
    request,
    async (decided, abort) => {
      metrics.decided(SURFACE, (clock.monotonic() - received) / 1000);
      // What an approver changed is another connection, and its name was never looked up.
      if (way === undefined || JSON.stringify(decided.action.args) !== JSON.stringify(request.action.args))
        throw new HoldfastError("denied", "a connection cannot be made to another host than was asked for");
      const socket = await dial(addresses, port, abort);
      const ended = (): void => void socket.destroy();
      abort.addEventListener("abort", ended, { once: true });
      return carry(socket, (over) => meter(limits(), counted, clock, over), way, abort);
    },
    deliver,
    signal,
  );
  metrics.connected(label, outcome.decision.effect);
  return outcome;
}

/** `address` is connected to, and `others` only where it does not answer. Method, host and port are what lists and rules are about. */
function argsOf({ host, port, method }: Target, [address, ...others]: readonly string[]): { readonly [name: string]: Json } {
  return { host, port, method, ...(address === undefined ? {} : { address }), ...(others.length === 0 ? {} : { others }) };
}
