import { createHash } from "node:crypto";
import type { Config } from "../../config/index.ts";
import { isAddress } from "../../core/address.ts";
import { HoldfastError } from "../../core/errors.ts";
import { type Json, type JsonObject, writeJson } from "../../core/json.ts";
import type { Clock, Layers } from "../../core/layers.ts";
import { guard } from "../../core/monitor.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { Principal, Request } from "../../core/request.ts";
import { type HostConfig, serverOf } from "../../permission/index.ts";
import { dial } from "../../sandbox/egress/dial.ts";
import { secured, sendOver } from "../../sandbox/egress/send.ts";
import type { HttpUndo, Performed, Step } from "../../sandbox/rollback/index.ts";

type ConfiguredHttp = HttpUndo &
  Pick<HostConfig, "addresses"> & {
    readonly headers: { readonly [name: string]: { reveal(): string } };
    readonly accept: readonly number[];
  };

/** What is sent, where to, and what stands of it in the configuration. */
export interface Sending {
  readonly configured: ConfiguredHttp;
  /** The one host that it may reach. */
  readonly hosts: readonly HostConfig[];
  readonly request: Request;
  readonly url: URL;
  readonly body: string | undefined;
}

interface About {
  readonly config: Config;
  readonly step: Step & { readonly undo: NonNullable<Step["undo"]> };
  readonly principal: Principal;
  readonly id: string;
  readonly surface: string;
  readonly clock: Pick<Clock, "now">;
  readonly resolve: (name: string) => Promise<readonly string[]>;
}

/**
 * Gets ready to send what the journal holds. Its secrets are not there: they are what the configuration has now, and only for the method and
 * host that it still names. The name is looked up here, once.
 */
export async function readySending({ config, step, principal, id, surface, clock, resolve }: About): Promise<Sending | { readonly refused: string }> {
  const { method, url: written, body } = step.undo.args;
  const url = new URL(String(written));
  const configured = httpUndoOf(config, step.tool);
  if (configured === undefined || configured.method !== method || new URL(configured.url).origin !== url.origin)
    return { refused: "the configuration does not say any more that it is undone by this request" };
  // INVARIANT: what may be tried again is tried under its key, or not at all.
  if (step.undo.http?.repeatable === true && configured.idempotency === undefined)
    return { refused: "the configuration does not name a header any more by which its server tells a repetition" };
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? 443 : Number(url.port);
  // In one order: a question about it would otherwise be another each time that a name server turns its answer.
  const [address, ...others] = isAddress(host) ? [host] : [...(await resolve(host))].sort();
  const args: JsonObject = {
    host,
    port,
    method: String(method),
    path: url.pathname + url.search,
    ...(body === undefined ? {} : { body }),
    ...(address === undefined ? {} : { address }),
    ...(others.length === 0 ? {} : { others }),
  };
  return {
    configured,
    hosts: [{ host, ports: [port], methods: [String(method)], addresses: configured.addresses, tls: true }],
    url,
    body: body === undefined ? undefined : writeJson(body),
    request: {
      id,
      principal,
      action: { type: "net.connect", args },
      resource: { type: "host", id: `${host.includes(":") ? `[${host}]` : host}:${port}` },
      content: [],
      context: { time: clock.now(), surface, parent: step.request },
    },
  };
}

/** Sends it through `guard`, to the addresses that were decided about, once. */
export async function sendThrough(
  layers: Layers,
  { request, url, body, configured }: Sending,
  step: Step,
  signal: AbortSignal,
  timeout: number,
): Promise<Performed> {
  let sent = false;
  let status: number | undefined;
  let outcome: Outcome | undefined;
  try {
    outcome = await guard(
      layers,
      request,
      async (decided, abort) => {
        if (writeJson(decided.action.args ?? {}) !== writeJson(request.action.args ?? {}))
          throw new HoldfastError("denied", "what undoes a step cannot be another request");
        const { host, port, method, path, address, others = [] } = decided.action.args ?? {};
        const addresses = [address, ...(others as readonly Json[])].map(String);
        const socket = await secured(await dial(addresses, Number(port), abort), String(host), abort);
        const own = Object.entries(configured.headers).map(([name, value]) => [name, value.reveal()] as const);
        const key = configured.idempotency === undefined ? [] : [[configured.idempotency, keyOf(step)] as const];
        const headers = Object.fromEntries([...own, ["user-agent", "holdfast"], ...key]);
        sent = true;
        status = await sendOver(socket, { method: String(method), host: String(host), port: Number(port), path: String(path), headers, body }, abort);
        return { pump: () => {}, facts: () => ({ upstream_status: status ?? 0 }) };
      },
      () => {},
      signal,
    );
  } catch {
    return { state: "refused", why: "it could not be recorded, so nothing was done" };
  }
  const { host } = url;
  const refused = refusedIn(outcome);
  if (refused !== undefined) return refused;
  if (outcome.status !== "failed") return endOf(host, status ?? 0, configured.accept);
  // Before a byte of it was sent, nothing can have been done.
  if (!sent) return { state: "refused", why: `\`${host}\` could not be reached (${outcome.code}), so nothing was sent` };
  return { state: "unknown", why: unseen(outcome.code, signal.aborted ? timeout : undefined) };
}

/** Why nothing was done, where that is certain. */
export function refusedIn(outcome: Outcome): Performed | undefined {
  if (outcome.status === "pending") return { state: "refused", why: `a person has to approve it first (${outcome.ticket})` };
  if (outcome.status !== "denied") return undefined;
  const said = outcome.decision.reasons.find(({ effect }) => effect === "deny");
  return { state: "refused", why: said === undefined ? "denied" : `${said.text} (${said.id})` };
}

/** Why nobody knows what became of it; `late`: it had so many milliseconds. */
export const unseen = (code: string, late: number | undefined): string =>
  late === undefined ? `it failed on its way (${code}): look whether it was done` : `it was not over in ${late} ms: look whether it was done`;

/** What the server's answer says. A redirect is not followed, and what it refuses was not done; what broke in it may have been. */
function endOf(host: string, status: number, accept: readonly number[]): Performed {
  if ((status >= 200 && status < 300) || accept.includes(status)) return { state: "done" };
  if (status < 500) return { state: "failed", why: `\`${host}\` answered ${status}` };
  return { state: "unknown", why: `\`${host}\` answered ${status}: look whether it was done` };
}

/** The same for every try of one step, and for no other: a server that knows it does nothing twice. */
const keyOf = ({ task, number, request }: Step): string => createHash("sha256").update(`${task}\n${number}\n${request}`).digest("base64url").slice(0, 32);

function httpUndoOf({ tools }: Config, tool: string): ConfiguredHttp | undefined {
  const server = serverOf(tool);
  const listed = Object.hasOwn(tools, server) ? tools[server]?.tools : undefined;
  const name = tool.slice(server.length + 1);
  const undo = listed !== undefined && Object.hasOwn(listed, name) ? listed[name]?.undo : undefined;
  return undo !== undefined && "http" in undo ? undo.http : undefined;
}
