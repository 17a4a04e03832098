import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { HoldfastError } from "../../core/errors.ts";
import type { Intent } from "../../core/intent.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { Principal } from "../../core/request.ts";
import { type Ending, endingOf } from "../ending.ts";
import { sendRefusal } from "../http/answer.ts";
import type { Log } from "../http/observe.ts";
import { PROBLEM, RETRY_SECONDS, Refusal, refusalOf, type Wording } from "../http/refusal.ts";
import { checkForm } from "../http/sanity.ts";
import { requestId } from "../http/trace.ts";
import { INTENT_HEADER, intentsIn } from "../intent.ts";
import { asProxy, type Door } from "./door.ts";
import { forward, type Head } from "./forward.ts";
import { type Carry, type Connecting, type Leading, lead } from "./lead.ts";
import { requestTarget, tunnelTarget } from "./target.ts";
import { tunnel } from "./tunnel.ts";

export interface EgressProxyOptions extends Leading {
  readonly log: Log;
}

export interface EgressProxy {
  /** A server for one door. */
  serve(door: Door): EgressServer;
  /** Ends every connection, and leads nobody any more. */
  shut(): void;
}

export interface EgressServer {
  /** Listened on wherever its owner likes. */
  readonly server: Server;
  /** Closes it with everybody who came in by it. */
  close(): Promise<void>;
}

const LIMITS = { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, keepAliveTimeout: 30_000, connectionsCheckingInterval: 1_000 };
const MOST_HEADERS = 100;
/** Sockets of one door, whoever is behind them. */
const MOST_SOCKETS = 4_096;

/**
 * The way out. It leads an agent to hosts of its list and nowhere else, one `net.connect` through `guard` for each tunnel and each request
 * over plain HTTP. INVARIANT: nothing is read, looked up or recorded before it is known who asks.
 */
export function egressProxy(options: EgressProxyOptions): EgressProxy {
  const live = new Map<AbortController, string>();
  let shut = false;

  /** Runs one connection of somebody who is known, until it is over. */
  async function enter(door: Door, connecting: Connecting, carry: Carry, deliver: Deliver, client: Duplex | ServerResponse) {
    const { principal, target } = connecting;
    const received = options.clock.monotonic();
    const open = [...live.values()].filter((agent) => agent === principal.agent).length;
    if (shut) throw new Refusal(503, "unavailable", "the server is shutting down", { "retry-after": String(RETRY_SECONDS) });
    if (open >= options.limits().connections)
      throw new Refusal(429, "rate-limited", "the agent has as many connections open as it may", { "retry-after": "1" });
    const controller = new AbortController();
    live.set(controller, principal.agent);
    const unwatch = door.watch(principal, (why = new HoldfastError("unauthenticated", "the key was revoked or has expired")) => controller.abort(why));
    const gone = (): void => controller.abort(new HoldfastError("cancelled", "the client went away"));
    client.once("close", gone);
    // It may have gone while it was asked who it is: then nothing tells of it any more.
    if (client.destroyed) gone();
    const unhooked: Deliver = (part) => {
      // From here on the tunnel itself sees its client go.
      if (target.method === "CONNECT") client.off("close", gone);
      return deliver(part);
    };
    try {
      return await lead(options, { ...connecting, received }, carry, unhooked, controller.signal);
    } finally {
      client.off("close", gone);
      unwatch();
      live.delete(controller);
      controller.abort(new HoldfastError("cancelled", "the connection is over"));
    }
  }

  function known(door: Door, request: IncomingMessage): Principal | Promise<Principal> {
    if (request.rawHeaders.length > 2 * MOST_HEADERS) throw new Refusal(431, "too-large", "the request has too many headers");
    checkForm(request);
    return door.who(request.headers);
  }

  async function take(door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = requestId();
    try {
      const principal = await known(door, request);
      const target = requestTarget(request);
      const carry: Carry = (host, meter, _way, signal) => {
        if (request.headers.expect !== undefined) response.writeContinue();
        return forward(request, response, target, host, meter, signal);
      };
      const deliver: Deliver = (part) => {
        const { status, headers } = (part as { readonly mark: Head }).mark;
        response.writeHead(status, headers as string[]);
      };
      const refusal = noConnection(await enter(door, { id, principal, target, intents: declaredIn(request) }, carry, deliver, response));
      if (refusal !== undefined) throw refusal;
      // A body that nobody takes any more must not hold a connection that is counted nowhere.
      response.end(() => request.complete || setTimeout(() => request.complete || request.destroy(), LINGER_MS).unref());
    } catch (error) {
      const refusal = tell(id, error);
      if (response.headersSent) response.destroy();
      else sendRefusal(request, response, id, refusal, wordingOf(refusal));
    }
  }

  async function connect(door: Door, request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    const id = requestId();
    let established = false;
    client.on("error", () => {}); // told by `close`
    client.pause();
    try {
      const principal = await known(door, request);
      const target = tunnelTarget(request);
      const carry: Carry = (host, meter, { tls }, signal) => tunnel({ client, head, host, tlsFor: tls ? target.host : undefined }, meter, signal);
      const deliver: Deliver = () => {
        established = true;
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      };
      const refusal = noConnection(await enter(door, { id, principal, target, intents: declaredIn(request) }, carry, deliver, client));
      if (refusal !== undefined) throw refusal;
    } catch (error) {
      const refusal = tell(id, error);
      if (established || client.destroyed) client.destroy();
      else refuse(client, id, refusal);
    }
  }

  function tell(id: string, error: unknown): Refusal {
    const refusal = asProxy(refusalOf(error));
    if (refusal.code === "internal")
      options.log.error({ id, error: error instanceof Error ? error.name : typeof error }, "a connection failed in Holdfast itself");
    return refusal;
  }

  return {
    serve(door) {
      const server = createServer({ ...LIMITS, requestTimeout: 0, noDelay: true }, (request, response) => void take(door, request, response));
      // A client that has its tunnel, or was refused one, is none of node:http's any more.
      const sockets = new Set<Duplex>();
      server.on("connection", (socket) => {
        sockets.add(socket);
        socket.once("close", () => sockets.delete(socket));
      });
      server.maxConnections = MOST_SOCKETS;
      server.maxHeadersCount = 0;
      server.on("checkContinue", (request, response) => void take(door, request, response));
      server.on("connect", (request, client, head) => void connect(door, request, client, head));
      server.on("clientError", (_error, client: Duplex) => {
        refuse(client, requestId(), new Refusal(400, "bad-request", "the request could not be read"));
      });
      return {
        server,
        close: () =>
          new Promise((resolve) => {
            server.close(() => resolve());
            for (const socket of sockets) socket.destroy();
          }),
      };
    },
    shut() {
      shut = true;
      for (const controller of live.keys()) controller.abort(new HoldfastError("unavailable", "the server is shutting down"));
    },
  };
}

type Deliver = Parameters<typeof lead>[3];

const declaredIn = ({ headers }: IncomingMessage): readonly Intent[] => intentsIn(headers[INTENT_HEADER]);

/** An ending that is no connection. `told` is the id of the reason that decided, or an error code. */
class NoConnection extends Refusal {
  readonly told: string;
  constructor({ status, code, message, effect, retryAfter }: Ending, outcome: Outcome) {
    // A name without an address is no question of policy to whoever asked for it.
    super(code === "egress/no-address" ? 502 : status, outcome.status === "failed" ? outcome.code : "denied", message, {
      "x-holdfast-decision": effect,
      ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
    });
    this.told = code;
  }
}

function noConnection(outcome: Outcome): NoConnection | undefined {
  const ending = endingOf(outcome);
  return ending === undefined ? undefined : new NoConnection(ending, outcome);
}

const wordingOf = (refusal: Refusal): Wording => ({
  type: PROBLEM.type,
  body: (status, code, message) => PROBLEM.body(status, refusal instanceof NoConnection ? refusal.told : code, message),
});

/** How long a client may take to hear that it was refused, or that no more is wanted of it. */
const LINGER_MS = 500;

/** A refusal of `CONNECT`, for which node:http has no response. Whoever does not close is closed. */
function refuse(client: Duplex, id: string, refusal: Refusal): void {
  if (!client.writable) return void client.destroy();
  client.end(refusalText(id, refusal));
  client.resume();
  setTimeout(() => client.destroy(), LINGER_MS).unref();
}

function refusalText(id: string, refusal: Refusal): string {
  const { status, code, message, headers } = refusal;
  const body = JSON.stringify(wordingOf(refusal).body(status, code, message));
  const lines = Object.entries({
    "x-request-id": id,
    "content-type": PROBLEM.type,
    "content-length": String(Buffer.byteLength(body)),
    connection: "close",
    ...headers,
  });
  return `HTTP/1.1 ${status} Refused\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
}
