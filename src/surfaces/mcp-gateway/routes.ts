import { type Asking, CLIENT_METHODS, CLIENT_NOTICES, isModern, type Message, readMessage, versionIn, writeMessage } from "../../codecs/mcp/index.ts";
import { isObject, parseJson } from "../../core/json.ts";
import type { Principal } from "../../core/request.ts";
import { readBody } from "../http/body.ts";
import { Refusal, type Wording } from "../http/refusal.ts";
import type { Exchange, Route } from "../http/routes.ts";
import { ask, fault, listen, type Turn, tell } from "./converse.ts";
import type { McpGateway } from "./gateway.ts";
import { httpClient } from "./http-client.ts";
import { prepared } from "./list-tools.ts";
import { argumentMismatch, mirroredHeaders, mismatch } from "./mirrored.ts";
import type { Session } from "./sessions.ts";
import type { McpUpstream } from "./upstream.ts";

/** JSON-RPC's own envelope, also where a request never got as far as being one. */
export const RPC: Wording = {
  type: "application/json",
  body: (status, code, message) => writeMessage(fault(null, status === 400 ? -32600 : -32000, message, code)),
};

/** Every configured server at an address of its own. */
export function mcpRoutes(gateway: McpGateway): readonly Route[] {
  const route = (method: Route["method"], run: typeof post): Route => ({
    method,
    path: "/mcp/*",
    wording: RPC,
    guarded: true,
    access: {
      needs: "key",
      async run(exchange, principal) {
        const upstream = gateway.upstream(exchange.rest);
        if (upstream === undefined) throw new Refusal(404, "not-found", "no tool server of this name is configured with an address or a command");
        return run(gateway, upstream, exchange, principal);
      },
    },
  });
  return [
    route("POST", post),
    route("GET", get),
    { ...route("DELETE", remove), guarded: false, because: "ends the caller's own session" },
    {
      ...route("*", async () => {
        throw new Refusal(405, "bad-request", "an MCP address takes POST, GET and DELETE", { allow: "POST, GET, DELETE" });
      }),
      guarded: false,
      because: "refuses whatever is asked",
    },
  ];
}

async function post(gateway: McpGateway, upstream: McpUpstream, exchange: Exchange, principal: Principal): Promise<void> {
  const { headers } = exchange.request;
  if (!accepts(headers.accept, "application/json") || !accepts(headers.accept, "text/event-stream"))
    throw new Refusal(406, "bad-request", "`Accept` must name `application/json` and `text/event-stream`");
  const bytes = await readBody(exchange.request, exchange.response, gateway.limits.json.bytes);
  const parsed = parseJson(bytes, gateway.limits.json);
  if (!parsed.ok)
    throw new Refusal(parsed.code === "too-large" ? 413 : 400, parsed.code, `the body cannot be read: ${parsed.fault} (at character ${parsed.offset})`);
  const message = readMessage(parsed.value);
  if ("fault" in message) throw new Refusal(400, "bad-request", `\`${message.at}\` ${message.fault}`);
  const version =
    message.kind === "request" || message.kind === "notification"
      ? (versionIn(message.params) ?? header(headers["mcp-protocol-version"]))
      : header(headers["mcp-protocol-version"]);
  if (version !== undefined && !/^[A-Za-z0-9.-]{1,32}$/.test(version)) throw new Refusal(400, "bad-request", "`MCP-Protocol-Version` is no version");
  const declared = declaredSession(headers["x-holdfast-session"]);
  const begins = message.kind === "request" && message.method === "initialize" && !isModern(version);
  const session =
    isModern(version) && !begins
      ? gateway.sessions.ofKey(upstream.id, principal, declared)
      : begins
        ? gateway.sessions.begin(upstream.id, principal, declared)
        : sessionOf(gateway, upstream, exchange, principal);
  if (session === undefined) throw new Refusal(503, "unavailable", "there are too many sessions", { "retry-after": "60" });
  const named = !isModern(version) ? { "mcp-session-id": session.id } : undefined;
  const client = httpClient(exchange, () => ({ "x-request-id": exchange.id, ...named }));
  const turn: Turn = {
    session,
    upstream,
    client,
    signal: exchange.signal,
    id: exchange.id,
    open: isModern(version) ? new Map() : session.open,
    sending: {
      ...(version === undefined || begins ? {} : { version }),
      ...(exchange.traceparent === undefined ? {} : { traceparent: exchange.traceparent }),
    },
  };
  if (message.kind !== "request") return told(gateway, turn, message, client);
  if (!CLIENT_METHODS.has(message.method)) {
    const unknown = fault(message.id, -32601, "Holdfast does not know this method, so nobody could decide about it");
    return client.end(unknown, isModern(version) ? 404 : 200);
  }
  const modern = isModern(version);
  const mismatched = (wrong: string): void => client.end(fault(message.id, -32020, `header mismatch: ${wrong}`), 400);
  const wrong = modern ? mismatch(headers, message, version as string) : undefined;
  if (wrong !== undefined) return mismatched(wrong);
  const problem = await prepared(gateway, turn, message);
  if (problem !== undefined) return client.end(problem);
  const unlike = modern && message.method === "tools/call" ? argumentMismatch(headers, message, session) : undefined;
  if (unlike !== undefined) return mismatched(unlike);
  const mirrored = modern ? { mirrored: mirroredHeaders(message, session) } : {};
  try {
    const last = await ask(gateway, { ...turn, sending: { ...turn.sending, ...mirrored } }, message);
    const gone = !modern && isGone(last);
    client.end(last, gone ? 404 : 200);
    if (gone) gateway.sessions.end(session);
  } finally {
    if (begins && session.version === undefined) gateway.sessions.end(session);
  }
}

async function told(gateway: McpGateway, turn: Turn, message: Exclude<Message, Asking>, client: ReturnType<typeof httpClient>): Promise<void> {
  // What nobody asked for, and notices that MCP does not have, end here.
  if (message.kind === "notification" ? !CLIENT_NOTICES.has(message.method) : !turn.session.waiting.has(message.id ?? "")) return client.end(undefined);
  const ending = await tell(gateway, turn, message);
  if (ending === undefined) client.end(undefined);
  else client.end(fault(null, -32600, ending.message, ending.code), ending.status);
}

async function get(gateway: McpGateway, upstream: McpUpstream, exchange: Exchange, principal: Principal): Promise<void> {
  const { headers } = exchange.request;
  if (isModern(header(headers["mcp-protocol-version"]))) throw new Refusal(405, "bad-request", "this version of MCP has no such stream", { allow: "POST" });
  if (!accepts(headers.accept, "text/event-stream")) throw new Refusal(406, "bad-request", "`Accept` must name `text/event-stream`");
  const session = sessionOf(gateway, upstream, exchange, principal);
  const client = httpClient(exchange, () => ({ "x-request-id": exchange.id, "mcp-session-id": session.id }));
  const version = header(headers["mcp-protocol-version"]);
  const turn: Turn = {
    session,
    upstream,
    client,
    signal: exchange.signal,
    id: exchange.id,
    open: session.open,
    sending: version === undefined ? {} : { version },
  };
  const ending = await listen(gateway, turn, header(headers["last-event-id"]));
  if (ending === undefined) client.end(undefined);
  else if (ending.status === 404) client.end(fault(null, -32000, ending.message, ending.code), 405);
  else client.end(fault(null, -32603, ending.message, ending.code), ending.status);
}

async function remove(gateway: McpGateway, upstream: McpUpstream, exchange: Exchange, principal: Principal): Promise<void> {
  gateway.sessions.end(sessionOf(gateway, upstream, exchange, principal));
  exchange.response.writeHead(204, { "x-request-id": exchange.id }).end();
}

/** Which conversation the client says it carries on, where it says so. */
function declaredSession(value: string | string[] | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string" && /^[\w.@:+-]{1,128}$/.test(value)) return value;
  throw new Refusal(400, "bad-request", "`X-Holdfast-Session` must be a name of at most 128 letters, digits and `_ . @ : + -`");
}

/** A name that is not this caller's is answered as one that does not exist: the client then begins anew. */
function sessionOf(gateway: McpGateway, upstream: McpUpstream, { request }: Exchange, principal: Principal): Session {
  const id = header(request.headers["mcp-session-id"]);
  if (id === undefined) throw new Refusal(400, "bad-request", "`Mcp-Session-Id` is missing; begin with `initialize`");
  const session = gateway.sessions.named(id, upstream.id, principal);
  if (session === undefined) throw new Refusal(404, "not-found", "there is no such session; begin anew with `initialize`");
  return session;
}

/** A fault of the upstream or of ours is still an answer of the protocol. Only a session that is gone at the other end is told by status. */
function isGone(last: Message | undefined): boolean {
  const data = last?.kind === "error" ? last.error.data : undefined;
  return isObject(data) && (data["code"] === "upstream-not-found" || data["code"] === "not-found");
}

const header = (value: string | string[] | undefined): string | undefined => (typeof value === "string" ? value : undefined);

function accepts(accept: string | undefined, type: string): boolean {
  const family = `${type.slice(0, type.indexOf("/"))}/*`;
  return (accept ?? "").split(",").some((one) => [type, family, "*/*"].includes((one.split(";", 1)[0] ?? "").trim().toLowerCase()));
}
