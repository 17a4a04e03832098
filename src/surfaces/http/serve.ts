import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { HoldfastError } from "../../core/errors.ts";
import type { Intent } from "../../core/intent.ts";
import type { Clock } from "../../core/layers.ts";
import type { Principal } from "../../core/request.ts";
import { INTENT_HEADER, intentsIn } from "../intent.ts";
import { sendRefusal } from "./answer.ts";
import { authenticate, type KeyCheck } from "./authenticate.ts";
import type { Log, Metrics } from "./observe.ts";
import { RETRY_SECONDS, Refusal, refusalOf } from "./refusal.ts";
import { type Exchange, type Found, type Route, routeTable, wordingOf } from "./routes.ts";
import { checkHead, type Names, type Target } from "./sanity.ts";
import { CHAIN_HEADER, chainOf, requestId, traceparentOf } from "./trace.ts";

/** What one connection may cost. Times are milliseconds. */
export interface ServerLimits {
  readonly headerBytes: number;
  readonly headersTimeout: number;
  /** For the whole request, body included. */
  readonly requestTimeout: number;
  readonly keepAliveTimeout: number;
  /** How long a client may take nothing of what is there for it. */
  readonly stallTimeout: number;
  readonly requestsPerSocket: number;
  readonly connections: number;
}
export const SERVER_LIMITS: ServerLimits = {
  headerBytes: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 30_000,
  stallTimeout: 60_000,
  requestsPerSocket: 10_000,
  connections: 10_000,
};

/** What is known of a request that goes to the fallback: it has passed the checks on its head, and is not authenticated. */
export interface Front extends Target {
  readonly id: string;
  readonly traceparent?: string;
  readonly chain?: string;
  /** What the caller declared that it is about to do. */
  readonly intents?: readonly Intent[];
}

export interface ServeOptions {
  /** Names the surface in metrics and logs. */
  readonly surface: string;
  readonly routes: readonly Route[];
  /** Takes what no route is for. */
  readonly fallback?: (request: IncomingMessage, response: ServerResponse, front: Front) => void;
  /** The names the server goes by, once its port is known. */
  readonly names: (port: number) => Names;
  readonly keys: KeyCheck;
  /** Keys and access tokens, for the routes that take both. */
  readonly tokens?: KeyCheck;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly limits?: ServerLimits;
}

export interface HttpServer {
  /** Starts to accept. Port 0 takes a free one. */
  listen(host: string, port: number): Promise<AddressInfo>;
  /** Exchanges the routes, when configuration was read again. What is in flight ends as it began. */
  route(routes: readonly Route[]): void;
  /** Stops accepting, gives what is in flight `ms` to finish, then ends it. Resolves when every connection is closed. */
  drain(ms: number): Promise<void>;
  readonly server: Server;
}

// How often node:http looks for connections that are over their time.
const CHECK_INTERVAL = 1000;
const MOST_HEADERS = 100;
const GRACE = 500;

/**
 * One listening address. In front of every route stands what may cost nothing: limits on headers and connections, one meaning for
 * every reader, Host, Origin, and then the key. INVARIANT: no byte of a body is read before that.
 */
export function serve(options: ServeOptions): HttpServer {
  const { fallback, keys, clock, log, metrics, surface, limits = SERVER_LIMITS } = options;
  let routes = options.routes;
  let find = routeTable(routes);
  const live = new Map<ServerResponse, AbortController>();
  const answering = new WeakMap<Socket, readonly [IncomingMessage, ServerResponse, string]>();
  let names: Names = { hosts: [], origins: [] };
  let draining = false;

  function take(request: IncomingMessage, response: ServerResponse): void {
    const id = requestId();
    answering.set(request.socket, [request, response, id]);
    response.on("close", () => {
      if (answering.get(request.socket)?.[2] === id) answering.delete(request.socket);
    });
    try {
      if (request.rawHeaders.length > 2 * MOST_HEADERS) throw new Refusal(431, "too-large", "the request has too many headers");
      const target = checkHead(request, names);
      if (draining) throw new Refusal(503, "unavailable", "the server is shutting down", { "retry-after": String(RETRY_SECONDS), connection: "close" });
      const found = find(request.method ?? "", target.path);
      if (found instanceof Refusal) throw found;
      const traceparent = traceparentOf(request.headers.traceparent);
      const chain = chainOf(request.headers[CHAIN_HEADER]);
      const intents = intentsIn(request.headers[INTENT_HEADER]);
      const front = {
        ...target,
        id,
        ...(traceparent === undefined ? {} : { traceparent }),
        ...(chain === undefined ? {} : { chain }),
        ...(intents.length === 0 ? {} : { intents }),
      };
      if (found !== undefined) enter(request, response, front, found);
      else if (fallback !== undefined) {
        response.setHeader("x-request-id", id);
        fallback(request, response, front);
      } else throw new Refusal(404, "not-found", "there is nothing at this path");
    } catch (error) {
      refuse(request, response, id, error);
    }
  }

  function enter(request: IncomingMessage, response: ServerResponse, front: Front, { route, rest }: Found): void {
    const { access } = route;
    if (access.needs === "none") {
      run(request, response, front, rest, (exchange) => access.run(exchange));
      return;
    }
    const check = access.tokens === true ? (options.tokens ?? keys) : keys;
    const begin = (principal: Principal): void => {
      const { capability } = principal;
      const watch = capability === undefined ? undefined : (end: (why?: HoldfastError) => void) => check.watch(capability, end, front.chain);
      run(request, response, front, rest, (exchange) => access.run(exchange, principal), watch);
    };
    const principal = authenticate(request.headers, check);
    if (principal instanceof Promise) principal.then(begin).catch((error: unknown) => refuse(request, response, front.id, error));
    else begin(principal);
  }

  function run(
    request: IncomingMessage,
    response: ServerResponse,
    front: Front,
    rest: string,
    act: (exchange: Exchange) => Promise<void>,
    watch?: (end: (why?: HoldfastError) => void) => () => void,
  ): void {
    // It may have gone away while the key was being looked up; nothing would tell us again.
    if (response.destroyed) return;
    const controller = new AbortController();
    const revoked = (why = new HoldfastError("unauthenticated", "the key was revoked or has expired")): void => controller.abort(why);
    const unwatch = watch?.(revoked);
    live.set(response, controller);
    response.on("close", () => {
      unwatch?.();
      live.delete(response);
      if (!response.writableFinished) controller.abort(new HoldfastError("cancelled", "the client went away"));
    });
    const exchange: Exchange = {
      ...front,
      request,
      response,
      rest,
      received: clock.monotonic(),
      signal: controller.signal,
      ...(watch === undefined ? {} : { watch }),
    };
    act(exchange).catch((error: unknown) => refuse(request, response, front.id, error));
  }

  function refuse(request: IncomingMessage, response: ServerResponse, id: string, error: unknown): void {
    const refusal = refusalOf(error);
    if (refusal.code === "internal") log.error({ id, error: error instanceof Error ? error.name : typeof error }, "a request failed in Holdfast itself");
    if (!response.headersSent) metrics.answered(surface, "none", refusal.status);
    // Half an answer cannot be taken back: the connection is cut, so that nobody takes it for a whole one.
    if (response.headersSent) response.destroy();
    else sendRefusal(request, response, id, refusal, wordingOf(routes, (request.url ?? "").split("?", 1)[0] as string));
  }

  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersTimeout,
      requestTimeout: limits.requestTimeout,
      keepAliveTimeout: limits.keepAliveTimeout,
      connectionsCheckingInterval: CHECK_INTERVAL,
      requireHostHeader: true,
      insecureHTTPParser: false,
      noDelay: true,
    },
    take,
  );
  server.maxRequestsPerSocket = limits.requestsPerSocket;
  server.maxConnections = limits.connections;
  // No header is dropped unseen; `headerBytes` bounds them, and too many are refused above.
  server.maxHeadersCount = 0;
  // While we wait for an upstream a connection is silent, and that is no fault of its client; not taking an answer is.
  server.setTimeout(limits.stallTimeout, (socket) => {
    if (!answering.has(socket) || socket.writableLength > 0) socket.destroy();
    else socket.setTimeout(limits.stallTimeout);
  });
  // An `Expect: 100-continue` body is invited only when it is about to be read, after authentication.
  server.on("checkContinue", take);
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const current = answering.get(socket);
    if (!socket.writable) return;
    if (current !== undefined) {
      const late = error.code === "ERR_HTTP_REQUEST_TIMEOUT";
      refuse(
        ...current,
        late ? new Refusal(408, "bad-request", "the body did not arrive in time") : new Refusal(400, "bad-request", "the body could not be read"),
      );
      return;
    }
    const status = CLIENT_ERRORS[error.code ?? ""] ?? "400 Bad Request";
    const body = JSON.stringify({ type: "about:blank", title: "the request could not be read", status: Number(status.slice(0, 3)), code: "bad-request" });
    metrics.answered(surface, "none", Number(status.slice(0, 3)));
    socket.end(
      `HTTP/1.1 ${status}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  });

  return {
    server,
    route(next) {
      routes = next;
      find = routeTable(next);
    },
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once("error", (cause: NodeJS.ErrnoException) =>
          reject(new HoldfastError("configuration", `cannot listen on \`${host}:${port}\`: \`${cause.code}\``, { cause })),
        );
        server.listen(port, host, () => {
          const address = server.address() as AddressInfo;
          names = options.names(address.port);
          resolve(address);
        });
      }),
    drain: (ms) =>
      new Promise((resolve) => {
        draining = true;
        server.close(() => resolve());
        const sweep = setInterval(() => server.closeIdleConnections(), 50);
        const endLive = clock.timer(ms, () => {
          for (const controller of live.values()) controller.abort(new HoldfastError("unavailable", "the server is shutting down"));
        });
        const endAll = clock.timer(ms + GRACE, () => server.closeAllConnections());
        server.once("close", () => {
          clearInterval(sweep);
          endLive();
          endAll();
        });
      }),
  };
}

const CLIENT_ERRORS: { readonly [code: string]: string } = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};
