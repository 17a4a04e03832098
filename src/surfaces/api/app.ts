import { type Context, Hono } from "hono";
import { HoldfastError } from "../../core/errors.ts";
import type { Principal } from "../../core/request.ts";
import { fromOwnPage, type Operator, SECURITY_HEADERS } from "../console/index.ts";
import { authenticate } from "../http/authenticate.ts";
import { Refusal } from "../http/refusal.ts";
import { answered, decideHttp, parseBody } from "./decide.ts";
import { OPEN_LIMITS, type OpenLimits, openDecisions } from "./open.ts";
import type { ApiParts } from "./parts.ts";
import { notFound } from "./problem.ts";
import type { ApiRoute, Call, Reply } from "./route.ts";
import { apiRoutes } from "./routes.ts";

export interface Api {
  /** Serves all routes; expects a server in front that has checked the head of the request (Host, Origin, sizes of headers). */
  readonly app: Hono;
  /** The same routes as data, for the tests that walk them and for the OpenAPI document. */
  readonly routes: readonly ApiRoute[];
  /** `POST /api/v1/decide` without a framework, for a server that has authenticated the caller and read the body. Never rejects. */
  readonly decideHttp: (bytes: Uint8Array, principal: Principal, signal: AbortSignal, headers?: Headers) => ReturnType<typeof decideHttp>;
  /** Ends live streams and closes what was permitted and never reported. */
  shut(): Promise<void>;
}

export function apiApp(parts: ApiParts, limits: OpenLimits = OPEN_LIMITS): Api {
  const open = openDecisions(parts.layers, limits);
  const routes = apiRoutes(parts, open);
  const stopping = new AbortController();
  const app = new Hono();
  for (const route of routes) app.on(route.method, route.path, async (c) => send(c, await answered(() => enter(parts, route, c, stopping.signal))));
  app.notFound(async (c) => send(c, await answered(() => Promise.reject(notFound("there is nothing at this path")))));
  // Everything is turned into a problem before; this is for the framework's own faults.
  app.onError(async (error, c) => send(c, await answered(() => Promise.reject(error))));
  return {
    app,
    routes,
    decideHttp: (bytes, principal, signal, headers) => decideHttp(parts, open, bytes, principal, signal, headers),
    async shut() {
      stopping.abort(new HoldfastError("unavailable", "the server is shutting down"));
      await open.shut();
    },
  };
}

/** INVARIANT: who calls is known before a byte of the body is read. */
async function enter(parts: ApiParts, route: ApiRoute, c: Context, stopping: AbortSignal): Promise<Reply> {
  const request = c.req.raw;
  const { access } = route;
  const signal = AbortSignal.any([request.signal, stopping]);
  const call = async (): Promise<Call> => ({
    id: parts.newId(),
    params: c.req.param(),
    query: new URL(request.url).searchParams,
    body: route.method === "POST" ? parseBody(await readBody(request, parts.limits.bytes), parts.limits) : null,
    headers: request.headers,
    signal,
  });
  switch (access.needs) {
    case "key": {
      const principal = await authenticate(Object.fromEntries(request.headers), parts.keys);
      return access.run(await call(), principal);
    }
    case "operator": {
      const operator = await operatorOf(parts, request);
      return access.run(await call(), operator);
    }
    case "none":
      return access.run(await call());
  }
}

async function operatorOf(parts: ApiParts, request: Request): Promise<Operator> {
  const shown = await parts.operator(request.headers);
  if (shown === undefined) {
    const agent = /^bearer +hf_/i.test(request.headers.get("authorization") ?? "") || request.headers.has("x-api-key");
    throw agent
      ? new Refusal(403, "forbidden", "an agent's key does not open what belongs to operators")
      : new Refusal(401, "unauthenticated", "an operator's session is needed");
  }
  // A browser sends the cookie along whoever asks: only our own page may make it change something.
  if (shown.by === "cookie" && request.method !== "GET" && !fromOwnPage(request.headers))
    throw new Refusal(403, "forbidden", "not asked by the console itself");
  return shown.operator;
}

async function readBody(request: Request, most: number): Promise<Uint8Array> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers.get("content-type") ?? ""))
    throw new Refusal(415, "bad-request", "the body must be `application/json`");
  if ((request.headers.get("content-encoding") ?? "identity") !== "identity") throw new Refusal(415, "bad-request", "a compressed body is not accepted");
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > most) throw new Refusal(413, "too-large", `the body is longer than ${most} bytes`);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
}

function send(c: Context, reply: Reply): Response {
  const headers = { ...SECURITY_HEADERS, "cache-control": "no-store", "content-type": reply.type ?? "application/json" };
  if ("stream" in reply) return c.body(reply.stream, 200, { ...headers, "x-accel-buffering": "no" });
  return new Response(JSON.stringify(reply.body), { status: reply.status, headers: { ...headers, ...reply.headers } });
}
