import { type Context, Hono } from "hono";
import { HoldfastError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { Principal } from "../../core/request.ts";
import { fromOwnPage, SECURITY_HEADERS } from "../console/index.ts";
import { authenticate } from "../http/authenticate.ts";
import { Refusal } from "../http/refusal.ts";
import { answered, decideHttp, parseBody } from "./decide.ts";
import { OPEN_LIMITS, type OpenLimits, openDecisions } from "./open.ts";
import type { ApiParts, Known } from "./parts.ts";
import { notFound } from "./problem.ts";
import type { ApiRoute, Call, Reply } from "./route.ts";
import { apiRoutes } from "./routes.ts";
import { steppedUp } from "./step-up.ts";

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
  const app = mounted(routes, parts, stopping.signal);
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

/** What stands before every route. */
export type Entrance = Pick<ApiParts, "newId" | "limits" | "keys" | "operator" | "stepUp">;

export function mounted(routes: readonly ApiRoute[], entrance: Entrance, stopping: AbortSignal): Hono {
  const app = new Hono();
  for (const route of routes) app.on(route.method, route.path, async (c) => send(c, await answered(() => enter(entrance, route, c, stopping))));
  return app;
}

/** INVARIANT: who calls is known before a byte of the body is read, and whatever the route demands of them was shown before it runs. */
async function enter(parts: Entrance, route: ApiRoute, c: Context, stopping: AbortSignal): Promise<Reply> {
  const request = c.req.raw;
  const { access } = route;
  const signal = AbortSignal.any([request.signal, stopping]);
  const read = async () => {
    const bytes = route.method === "POST" ? await readBody(request, parts.limits.bytes) : NO_BYTES;
    return { bytes, body: route.method === "POST" ? parseBody(bytes, parts.limits) : null };
  };
  const callWith = (body: Json): Call => ({
    id: parts.newId(),
    params: c.req.param(),
    query: new URL(request.url).searchParams,
    body,
    headers: request.headers,
    signal,
  });
  switch (access.needs) {
    case "key": {
      const principal = await authenticate(Object.fromEntries(request.headers), parts.keys);
      return access.run(callWith((await read()).body), principal);
    }
    case "operator": {
      const known = await operatorOf(parts, request);
      const said = await read();
      const caller = await steppedUp(parts.stepUp, route, known, request, said);
      return access.run(callWith(said.body), caller);
    }
    case "none":
      return access.run(callWith((await read()).body));
  }
}

const NO_BYTES = new Uint8Array();

async function operatorOf(parts: Pick<ApiParts, "operator">, request: Request): Promise<Known> {
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
  return shown;
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
