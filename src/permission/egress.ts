import { isAddress, parseRange, sameAddress } from "../core/address.ts";
import type { Action, Request } from "../core/request.ts";
import { blocks } from "./names.ts";
import type { HostConfig, Problem } from "./policy-config.ts";
import type { Role } from "./roles/resolve.ts";

/** The surfaces whose connections Holdfast makes itself: the proxy, and requests that undo something. */
const OURS: ReadonlySet<string> = new Set(["egress-proxy", "rollback"]);

/** True for a connection that Holdfast makes, and that is therefore bound by the agent's `egress`, whatever its role grants. */
export const isProxied = ({ action, context }: Pick<Request, "action" | "context">): boolean => action.type === "net.connect" && OURS.has(context.surface);

/** `GET api.example.com 443`: what a connection is to, in one word that can be remembered; "" where it does not say. */
export function targetOf({ args = {} }: Pick<Action, "args">): string {
  const { host, port, method } = args;
  return typeof host === "string" && typeof method === "string" && Number.isInteger(port) ? `${method} ${host} ${String(port)}` : "";
}

/** The first entry of a list that a target (`targetOf`) fits. A star stands for one name or more below, and alone for every name. */
export function hostFor(hosts: readonly HostConfig[], target: string): HostConfig | undefined {
  const [method = "", host = "", port = ""] = target.split(" ");
  if (host === "") return undefined;
  return hosts.find((one) => one.ports.includes(Number(port)) && (one.methods?.includes(method) ?? true) && fits(one.host, host));
}

function fits(pattern: string, host: string): boolean {
  if (isAddress(host)) return sameAddress(pattern, host);
  if (pattern === "*") return true;
  return pattern.startsWith("*.") ? host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1 : pattern === host;
}

/** Bits of a prefix: what is shorter is no network of anybody's. */
const NARROW = 8;

/** What is allowed and perhaps not meant, in the list of `who` at `path`. */
export function notesOnHosts(who: string, path: Problem["path"], hosts: readonly HostConfig[]): readonly Problem[] {
  return hosts.flatMap(({ host, ports, methods, addresses }, index): readonly Problem[] => {
    const notes: Problem[] = [];
    if (host === "*") notes.push({ path: [...path, index], message: `${who} may reach every public host` });
    if (methods?.includes("CONNECT") === false && ports.every((port) => port === 443))
      notes.push({
        path: [...path, index, "methods"],
        message: "clients reach port 443 through a tunnel only, and `methods` has no `CONNECT`: nothing is reached",
      });
    for (const [position, range] of addresses.entries())
      if ((parseRange(range)?.bits ?? 0) < NARROW)
        notes.push({ path: [...path, index, "addresses", position], message: `\`${range}\` opens most of what is not public to \`${host}\`` });
    return notes;
  });
}

/** The same for an agent, whose role may block what its list grants. */
export function notesOnEgress(agent: string, { deny }: Pick<Role, "deny">, hosts: readonly HostConfig[]): readonly Problem[] {
  const path = ["agents", agent, "egress"];
  const block = deny.find(({ pattern }) => blocks(pattern, "net.connect"));
  if (hosts.length === 0 || block === undefined) return notesOnHosts(`agent \`${agent}\``, path, hosts);
  return [{ path, at: "key", message: `\`egress\` opens nothing: role \`${block.role}\` blocks \`net.connect\`` }];
}

/** `api.example.com:443`, for people. */
export const hostText = ({ host, ports }: HostConfig): string => `${host}:${ports.join(",")}`;
