import type { AddressInfo } from "node:net";
import type { Config } from "../../config/index.ts";
import { HoldfastError } from "../../core/errors.ts";
import type { Clock, Layers } from "../../core/layers.ts";
import type { Switch } from "../../oversight/switch.ts";
import { hostFor, type Policy, spend, type Traffic } from "../../permission/index.ts";
import { dial } from "../../sandbox/egress/dial.ts";
import { type Resolve, resolver } from "../../sandbox/egress/resolve.ts";
import { keyedDoor } from "../../surfaces/egress-proxy/door.ts";
import type { EgressMetrics } from "../../surfaces/egress-proxy/lead.ts";
import { type EgressServer, egressProxy } from "../../surfaces/egress-proxy/proxy.ts";
import type { KeyCheck } from "../../surfaces/http/authenticate.ts";
import type { Listen } from "../../surfaces/http/bind.ts";
import type { Log } from "../../surfaces/http/observe.ts";
import { openWayOut, type WayOut } from "./way-out.ts";

export interface EgressParts {
  readonly current: () => { readonly config: Config; readonly policy: Policy; readonly layers: Layers };
  readonly traffic: Traffic;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: EgressMetrics;
  /** Ends what an agent without a key has open, when it is paused. */
  readonly held?: Pick<Switch, "watch">;
}

/** The way out of a running Holdfast. */
export interface Egress {
  /** For agents that show a key. */
  listen(at: Listen, keys: KeyCheck): Promise<AddressInfo>;
  /** For the program of one sandbox, which is this agent. */
  wayOut(agent: string): Promise<WayOut>;
  /** Every address of a name, by the name servers of the configuration in force. */
  resolve(name: string): Promise<readonly string[]>;
  /** Ends every connection, and takes no more. */
  shut(): Promise<void>;
}

export function composeEgress({ current, traffic, clock, log, metrics, held }: EgressParts): Egress {
  let asked: { readonly servers: string; readonly resolve: Resolve } | undefined;
  const resolve = (name: string): Promise<readonly string[]> => {
    const { resolvers } = current().config.egress;
    const servers = resolvers.join(" ");
    if (asked?.servers !== servers) asked = { servers, resolve: resolver(resolvers) };
    return asked.resolve(name);
  };
  const proxy = egressProxy({
    // Each connection is decided by the configuration in force when it is asked for.
    get layers() {
      return current().layers;
    },
    wayTo: (agent, { host, port, method }) => hostFor(current().policy.agents.get(agent)?.egress ?? [], `${method} ${host} ${port}`),
    resolve,
    dial,
    spend(agent, bytes) {
      const limit = current().policy.agents.get(agent)?.limits.traffic;
      return limit !== undefined && spend(agent, limit, traffic, bytes, clock.monotonic());
    },
    limits: () => current().config.egress,
    clock,
    log,
    metrics,
  });
  const open: EgressServer[] = [];
  const door = (agent: string): Parameters<typeof proxy.serve>[0] => ({
    who: () => ({ agent }),
    watch: (_principal, end) => held?.watch(agent, () => end(new HoldfastError("forbidden", "an operator has paused this agent"))) ?? (() => {}),
  });
  return {
    listen: (at, keys) =>
      new Promise((resolve, reject) => {
        const served = proxy.serve(keyedDoor(keys));
        const { server } = served;
        open.push(served);
        server.once("error", (cause: NodeJS.ErrnoException) =>
          reject(new HoldfastError("configuration", `cannot listen on \`${at.host}:${at.port}\`: \`${cause.code}\``, { cause })),
        );
        server.listen(at.port, at.host, () => resolve(server.address() as AddressInfo));
      }),
    resolve,
    wayOut: (agent) => openWayOut(proxy.serve(door(agent))),
    async shut() {
      proxy.shut();
      await Promise.all(open.map((served) => served.close()));
    },
  };
}
