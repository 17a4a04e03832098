import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { beginCookies, endCookies, keepsPinned, probeCookie, sessionCookie } from "./cookie.ts";
import { type File, readFiles } from "./files.ts";
import { CONTENT_SECURITY_POLICY, LAB_POLICY, SECURITY_HEADERS } from "./headers.ts";
import type { Operator, Sessions } from "./sessions.ts";

export interface ConsoleOptions {
  /** The folder that `vite build` wrote. */
  readonly dist: string;
  readonly sessions: Sessions;
  /** True for a `Host` (name and port) that this server is meant to be called by: the answer to DNS rebinding. */
  readonly knowsHost: (host: string) => boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** What people call the provider that they may sign in at; absent where there is none. */
  readonly signIn?: string;
}

/** The addresses at which the one page of the application is served; it does its own routing below them. */
export const PAGES = [
  "/",
  "/login",
  "/activity",
  "/activity/:id",
  "/approvals",
  "/approvals/:id",
  "/agents",
  "/agents/:id",
  "/incidents",
  "/incidents/:id",
  "/rollbacks",
  "/rollbacks/:id",
  "/policies",
  "/settings",
] as const;

/** The playground: a document of its own, because its policy is stricter. It needs no session: nothing in it is of this gateway. */
export const LAB = "/lab";

const MOST_LOGIN_BYTES = 1024;

/**
 * The console: its files, and the routes that begin and end an operator's session (`POST`, `GET`, `DELETE /session`). It holds no
 * decision and no record; those come from the API, with the session's cookie.
 */
export function consoleApp(options: ConsoleOptions): Hono {
  const { sessions, knowsHost, now, signIn } = options;
  const files = readFiles(options.dist);
  const app = new Hono();

  for (const page of PAGES) app.get(page, (c) => (knownHost(c, knowsHost) ? serve(c, files.get("/index.html")) : refuse(c, 421, "unknown host")));
  app.get(LAB, (c) => (knownHost(c, knowsHost) ? serve(c, files.get("/lab.html"), LAB_POLICY) : refuse(c, 421, "unknown host")));
  for (const [path, file] of files) {
    if (!path.endsWith(".html")) app.get(path, (c) => (knownHost(c, knowsHost) ? serve(c, file) : refuse(c, 421, "unknown host")));
  }

  app.get("/session", async (c) => {
    if (!knownHost(c, knowsHost)) return refuse(c, 421, "unknown host");
    const operator = await operatorOf(sessions, c.req.header("cookie"));
    if (operator !== undefined) return answer(c, 200, { operator: operator.name });
    c.header("set-cookie", probeCookie(), { append: true });
    return refuse(c, 401, "no session", signIn === undefined ? {} : { sign_in: signIn });
  });

  app.post("/session", bodyLimit({ maxSize: MOST_LOGIN_BYTES, onError: (c) => refuse(c, 413, "too large") }), async (c) => {
    const fault = foreign(c, knowsHost);
    if (fault !== undefined) return fault;
    const token = tokenIn(await c.req.text());
    if (token === undefined) return refuse(c, 400, "expected a JSON object with a `token`");
    const redeemed = await sessions.redeem(token);
    if (redeemed === undefined) return refuse(c, 401, "this login link is unknown, used or expired");
    const seconds = (redeemed.expires - now()) / 1000;
    for (const cookie of beginCookies(keepsPinned(c.req.header("cookie")), redeemed.cookie, seconds)) c.header("set-cookie", cookie, { append: true });
    return answer(c, 200, { expires: new Date(redeemed.expires).toISOString() });
  });

  app.delete("/session", async (c) => {
    const fault = foreign(c, knowsHost);
    if (fault !== undefined) return fault;
    const cookie = sessionCookie(c.req.header("cookie"));
    if (cookie !== undefined) await sessions.revoke(cookie);
    for (const ended of endCookies()) c.header("set-cookie", ended, { append: true });
    return answer(c, 200, {});
  });

  app.onError((_error, c) => refuse(c, 503, "sessions are unavailable"));
  return app;
}

/** Who a `Cookie` header speaks for. The API asks the same, so that both know one session. */
export async function operatorOf(sessions: Sessions, cookieHeader: string | undefined): Promise<Operator | undefined> {
  const cookie = sessionCookie(cookieHeader);
  return cookie === undefined ? undefined : sessions.verify(cookie);
}

/**
 * True if a request that changes something was sent by our own page: the browser says so (`Sec-Fetch-Site`, `Origin`), and its body is
 * JSON, which no form can send. SameSite=Strict alone does not stop a page on another port of the same host.
 */
export function fromOwnPage(headers: { get(name: string): string | null }): boolean {
  const [site, origin, host] = [headers.get("sec-fetch-site"), headers.get("origin"), headers.get("host")];
  if (site !== null && site !== "same-origin") return false;
  if (origin === null || host === null) return false;
  return origin === `http://${host}` || origin === `https://${host}`;
}

function foreign(c: Context, knowsHost: ConsoleOptions["knowsHost"]): Response | undefined {
  if (!knownHost(c, knowsHost)) return refuse(c, 421, "unknown host");
  if (!fromOwnPage(c.req.raw.headers)) return refuse(c, 403, "not asked by the console itself");
  const type = c.req.header("content-type") ?? "";
  return c.req.method === "POST" && !/^application\/json\s*(;|$)/i.test(type) ? refuse(c, 415, "expected `application/json`") : undefined;
}

function knownHost(c: Context, knowsHost: ConsoleOptions["knowsHost"]): boolean {
  return knowsHost(c.req.header("host") ?? "");
}

function tokenIn(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null && "token" in parsed && typeof parsed.token === "string" ? parsed.token : undefined;
  } catch {
    return undefined;
  }
}

async function serve(c: Context, file: File | undefined, policy = CONTENT_SECURITY_POLICY): Promise<Response> {
  if (file === undefined) return refuse(c, 503, "the console is not built: run `npm run build`");
  secure(c);
  c.header("content-security-policy", policy);
  c.header("etag", file.etag);
  c.header("cache-control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  c.header("vary", "accept-encoding");
  if ((c.req.header("if-none-match") ?? "").split(",").some((one) => one.trim() === file.etag)) return c.body(null, 304);
  c.header("content-type", file.type);
  if (!/\bgzip\b/.test(c.req.header("accept-encoding") ?? "")) return c.body(file.bytes);
  c.header("content-encoding", "gzip");
  return c.body(await file.gzipped());
}

function answer(c: Context, status: 200, body: object): Response {
  secure(c);
  c.header("cache-control", "no-store");
  return c.json(body, status);
}

function refuse(c: Context, status: 400 | 401 | 403 | 413 | 415 | 421 | 503, title: string, more: object = {}): Response {
  secure(c);
  c.header("cache-control", "no-store");
  return c.body(JSON.stringify({ type: "about:blank", title, status, ...more }), status, { "content-type": "application/problem+json" });
}

function secure(c: Context): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.header(name, value);
}
