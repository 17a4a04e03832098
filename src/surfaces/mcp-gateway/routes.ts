import { CLIENT_METHODS, isModern, isTaskMethod, type Message, readMessage, versionIn, writeMessage } from "../../codecs/mcp/index.ts";
import { isObject, parseJson } from "../../core/json.ts";
import type { Principal } from "../../core/request.ts";
import { readBody } from "../http/body.ts";
import { Refusal, type Wording } from "../http/refusal.ts";
import type { Exchange, Route } from "../http/routes.ts";
import { allServers } from "./all-servers.ts";
import type { McpGateway } from "./gateway.ts";
import { httpClient } from "./http-client.ts";
import { mismatch } from "./mirrored.ts";
import { fault, unknownMethod } from "./refusals.ts";
import type { Session } from "./sessions.ts";
import { HEADER_MISMATCH, mismatched, oneServer, type Target, type Visit } from "./target.ts";

/** JSON-RPC's own envelope, also where a request never got as far as being one. */
export const RPC: Wording = {
  type: "application/json",
  body: (status, code, message) => writeMessage(fault(null, status === 400 ? -32600 : -32000, message, code)),
};

/** Every configured server at an address of its own, and all of them at one. */
export function mcpRoutes(gateway: McpGateway): readonly Route[] {
  const all = allServers(gateway);
  const one = ({ rest }: Exchange): Target => {
    const upstream = gateway.upstream(rest);
    if (upstream === undefined) throw new Refusal(404, "not-found", "no tool server of this name is configured with an address or a command");
    return oneServer(gateway, upstream);
  };
  return [
    { path: "/mcp/*", target: one },
    { path: "/mcp", target: () => all },
  ].flatMap(({ path, target }) => {
    const route = (method: Route["method"], run: typeof post): Route => ({
      method,
      path,
      wording: RPC,
      guarded: true,
      access: { needs: "key", tokens: true, run: async (exchange, principal) => run(gateway, target(exchange), withoutToken(exchange), principal) },
    });
    return [
      route("POST", post),
      route("GET", get),
      { ...route("DELETE", remove), guarded: false, because: "ends the caller's own session" },
      { ...route("*", refuse), guarded: false, because: "refuses whatever is asked" },
    ];
  });
}

/** A token in an address lies in logs and histories of everything on its way (MCP, authorization): who shows one there is told, however else it came in. */
function withoutToken(exchange: Exchange): Exchange {
  if (/[?&](?:access_token|token)=/i.test(exchange.request.url ?? "")) throw new Refusal(400, "bad-request", "a token never stands in an address");
  return exchange;
}

const refuse = async (): Promise<void> => {
  throw new Refusal(405, "bad-request", "an MCP address takes POST, GET and DELETE", { allow: "POST, GET, DELETE" });
};

async function post(gateway: McpGateway, target: Target, exchange: Exchange, principal: Principal): Promise<void> {
  const { headers } = exchange.request;
  if (!accepts(headers.accept, "application/json") || !accepts(headers.accept, "text/event-stream"))
    throw new Refusal(406, "bad-request", "`Accept` must name `application/json` and `text/event-stream`");
  const message = await received(gateway, exchange);
  const version = ("params" in message ? versionIn(message.params) : undefined) ?? header(headers["mcp-protocol-version"]);
  if (version !== undefined && !/^[A-Za-z0-9.-]{1,32}$/.test(version)) throw new Refusal(400, "bad-request", "`MCP-Protocol-Version` is no version");
  const modern = isModern(version);
  const begins = message.kind === "request" && message.method === "initialize" && !modern;
  const session = sessionFor(gateway, target, exchange, principal, modern ? "key" : begins ? "begin" : "named");
  const client = httpClient(exchange, () => ({ "x-request-id": exchange.id, ...(modern ? {} : { "mcp-session-id": session.id }) }));
  const { traceparent, chain, intents, watch } = exchange;
  const visit: Visit = {
    session,
    client,
    signal: exchange.signal,
    id: exchange.id,
    open: modern ? new Map() : session.open,
    ...(chain === undefined ? {} : { chain }),
    ...(intents === undefined ? {} : { intents }),
    ...(watch === undefined ? {} : { watch }),
    sending: { ...(version === undefined || begins ? {} : { version }), ...(traceparent === undefined ? {} : { traceparent }) },
  };
  if (message.kind !== "request") {
    const ending = await target.tell(visit, message);
    return ending === undefined ? client.end(undefined) : client.end(fault(null, -32600, ending.message, ending.code), ending.status);
  }
  try {
    const wrong = modern ? mismatch(headers, message, version as string) : undefined;
    const last = !CLIENT_METHODS.has(message.method)
      ? unknownMethod(message)
      : wrong !== undefined
        ? mismatched(message, wrong)
        : await target.ask(visit, message, modern ? headers : undefined);
    // What became of a task elsewhere says nothing of this session.
    const gone = !modern && !isTaskMethod(message.method) && isGone(last);
    client.end(last, gone ? 404 : statusOf(last, modern));
    if (gone) gateway.sessions.end(session);
  } finally {
    if (begins && session.version === undefined) gateway.sessions.end(session);
  }
}

/** Reads the one message of a body. */
async function received(gateway: McpGateway, { request, response }: Exchange): Promise<Message> {
  const parsed = parseJson(await readBody(request, response, gateway.limits.json.bytes), gateway.limits.json);
  if (!parsed.ok)
    throw new Refusal(parsed.code === "too-large" ? 413 : 400, parsed.code, `the body cannot be read: ${parsed.fault} (at character ${parsed.offset})`);
  const message = readMessage(parsed.value);
  if ("fault" in message) throw new Refusal(400, "bad-request", `\`${message.at}\` ${message.fault}`);
  return message;
}

async function get(gateway: McpGateway, target: Target, exchange: Exchange, principal: Principal): Promise<void> {
  const { headers } = exchange.request;
  const version = header(headers["mcp-protocol-version"]);
  if (isModern(version)) throw new Refusal(405, "bad-request", "this version of MCP has no such stream", { allow: "POST" });
  if (!accepts(headers.accept, "text/event-stream")) throw new Refusal(406, "bad-request", "`Accept` must name `text/event-stream`");
  const session = sessionFor(gateway, target, exchange, principal, "named");
  const client = httpClient(exchange, () => ({ "x-request-id": exchange.id, "mcp-session-id": session.id }));
  const visit: Visit = { session, client, signal: exchange.signal, id: exchange.id, open: session.open, sending: version === undefined ? {} : { version } };
  const ending = await target.listen(visit, header(headers["last-event-id"]));
  if (ending === undefined) client.end(undefined);
  else client.end(fault(null, -32603, ending.message, ending.code), ending.status === 404 ? 405 : ending.status);
}

async function remove(gateway: McpGateway, target: Target, exchange: Exchange, principal: Principal): Promise<void> {
  gateway.sessions.end(sessionFor(gateway, target, exchange, principal, "named"));
  exchange.response.writeHead(204, { "x-request-id": exchange.id }).end();
}

/** A name that is not this caller's is answered as one that does not exist: the client then begins anew. */
function sessionFor(
  { sessions }: McpGateway,
  { id }: Target,
  { request: { headers } }: Exchange,
  principal: Principal,
  how: "key" | "begin" | "named",
): Session {
  if (how === "named") {
    const name = header(headers["mcp-session-id"]);
    if (name === undefined) throw new Refusal(400, "bad-request", "`Mcp-Session-Id` is missing; begin with `initialize`");
    const known = sessions.named(name, id, principal);
    if (known === undefined) throw new Refusal(404, "not-found", "there is no such session; begin anew with `initialize`");
    return known;
  }
  const declared = declaredSession(headers["x-holdfast-session"]);
  const session = how === "key" ? sessions.ofKey(id, principal, declared) : sessions.begin(id, principal, declared);
  if (session === undefined) throw new Refusal(503, "unavailable", "there are too many sessions", { "retry-after": "60" });
  return session;
}

/** Which conversation the client says it carries on, where it says so. */
function declaredSession(value: string | string[] | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string" && /^[\w.@:+-]{1,128}$/.test(value)) return value;
  throw new Refusal(400, "bad-request", "`X-Holdfast-Session` must be a name of at most 128 letters, digits and `_ . @ : + -`");
}

/** A fault of the upstream or of ours is still an answer of the protocol. Only a session that is gone at the other end is told by status. */
function isGone(last: Message | undefined): boolean {
  const data = last?.kind === "error" ? last.error.data : undefined;
  return isObject(data) && (data["code"] === "upstream-not-found" || data["code"] === "not-found");
}

/** Since 2026 some faults have a status of their own. */
function statusOf(last: Message | undefined, modern: boolean): number {
  if (!modern || last?.kind !== "error") return 200;
  return last.error.code === HEADER_MISMATCH ? 400 : last.error.code === -32601 ? 404 : 200;
}

const header = (value: string | string[] | undefined): string | undefined => (typeof value === "string" ? value : undefined);

function accepts(accept: string | undefined, type: string): boolean {
  const family = `${type.slice(0, type.indexOf("/"))}/*`;
  return (accept ?? "").split(",").some((one) => [type, family, "*/*"].includes((one.split(";", 1)[0] ?? "").trim().toLowerCase()));
}
