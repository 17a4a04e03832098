import { parseRange, standingOf } from "../../core/address.ts";
import { type Decision, deny, NEUTRAL } from "../../core/decision.ts";
import type { Json } from "../../core/json.ts";
import { hostFor, isProxied, targetOf } from "../egress.ts";
import type { HostConfig } from "../policy-config.ts";
import type { Control } from "./control.ts";

const NOT_LISTED = deny({ id: "egress/host", text: "this host, port or method is not in the agent's list of hosts" });
const NO_ADDRESS = deny({ id: "egress/no-address", text: "the name leads to no address" });
const OWN = deny({ id: "own/address", text: "the call names an address of Holdfast itself" });

/**
 * Where the egress proxy may lead an agent: to hosts of its list, and only where every address that the name has is public or excepted. The
 * addresses stand in the request and are what is connected to, so a name cannot lead elsewhere once this was asked.
 */
export function egressControl(hosts: readonly HostConfig[], isOwn: (address: string, port: number) => boolean = () => false): Control {
  const ranges = new Map(hosts.map((one) => [one, one.addresses.flatMap((range) => parseRange(range) ?? [])]));
  return {
    id: "egress",
    check(request) {
      if (!isProxied(request)) return NEUTRAL;
      const { args = {} } = request.action;
      const entry = hostFor(hosts, targetOf(request.action));
      if (entry === undefined) return NOT_LISTED;
      const addresses = addressesOf(args);
      if (addresses.length === 0) return NO_ADDRESS;
      for (const address of addresses) {
        if (isOwn(address, Number(args["port"]))) return OWN;
        const standing = standingOf(address, ranges.get(entry));
        // One that leads inside refuses them all: an answer of a good and a bad address is how rebinding begins.
        if (!standing.ok) return refused(standing.kind);
      }
      return NEUTRAL;
    },
  };
}

/** What `net.connect` may be made to: the first is tried, then the others. */
export function addressesOf({ address, others = [] }: { readonly [name: string]: Json }): readonly string[] {
  const rest = Array.isArray(others) ? others : [others];
  return (address === undefined ? [] : [address, ...rest]).map((one) => (typeof one === "string" ? one : ""));
}

const refused = (kind: string): Decision => deny({ id: "egress/address", text: `the name leads to an address that is not public: \`${kind}\`` });
