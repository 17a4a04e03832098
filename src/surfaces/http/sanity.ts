import type { IncomingMessage } from "node:http";
import { Refusal } from "./refusal.ts";

/** Which names this server is called by. */
export interface Names {
  /** Host names without port, in lower case: `127.0.0.1`, `localhost`, `[::1]`. The answer to DNS rebinding. */
  readonly hosts: readonly string[];
  /** Whole origins of pages that may call: `http://127.0.0.1:8787`. A request without an Origin comes from no page. */
  readonly origins: readonly string[];
}

/** The names of a server that listens on a loopback address: its own pages, by any of the loopback names. */
export function loopbackNames(port: number): Names {
  const hosts = ["127.0.0.1", "localhost", "[::1]"];
  return { hosts, origins: hosts.map((host) => `http://${host}:${port}`) };
}

/** What was asked for, once the request is known to mean the same to every reader of it. */
export interface Target {
  readonly path: string;
  readonly query: string;
}

/** Sent twice, each of these would let two readers understand two different requests. */
const ONCE = new Set([
  "host",
  "authorization",
  "proxy-authorization",
  "x-api-key",
  "content-type",
  "content-encoding",
  "content-length",
  "transfer-encoding",
  "origin",
  "cookie",
]);
// RFC 9110, 4.1: what every server should take. Codes of sign-in providers alone are up to two thousand characters long.
const MOST_TARGET = 8000;
// A path of characters that need no second look: no control, space, quote, backslash, bracket, `#`, or byte beyond ASCII.
const PATH = /^\/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*$/;
const DOTS = /(^|\/)(\.|%2e){1,2}(\/|$)/i;
const BODYLESS = new Set(["GET", "HEAD", "DELETE", "OPTIONS", "CONNECT"]);

/**
 * Refuses, on the headers alone, what node:http lets through and two readers could understand differently: several Host headers, an
 * absolute-form target, HTTP/0.9 and other versions, Transfer-Encoding on HTTP/1.0, a body on GET, dot segments. Then Host and Origin.
 */
export function checkHead(request: IncomingMessage, names: Names): Target {
  checkForm(request);
  const target = readTarget(request.url ?? "");
  const host = hostOf(request.headers.host);
  if (host === undefined || !names.hosts.includes(host)) throw new Refusal(421, "forbidden", "this server does not go by the name in `Host`");
  const { origin } = request.headers;
  if (origin !== undefined && !names.origins.includes(origin)) throw new Refusal(403, "forbidden", "pages of this `Origin` may not call this server");
  return target;
}

/** Refuses a head that has two readings, whatever it is about. */
export function checkForm(request: IncomingMessage): void {
  const { httpVersion, rawHeaders, headers, method = "" } = request;
  if (httpVersion !== "1.1" && httpVersion !== "1.0") throw bad("the HTTP version is not one we speak");
  const seen = new Set<string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    if (!ONCE.has(name)) continue;
    if (seen.has(name)) throw bad("a header that may stand once stands twice");
    seen.add(name);
  }
  const coded = seen.has("transfer-encoding");
  if (coded && (httpVersion === "1.0" || headers["transfer-encoding"]?.toLowerCase() !== "chunked")) throw bad("this transfer encoding is not understood");
  if (BODYLESS.has(method) && (coded || (headers["content-length"] ?? "0") !== "0")) throw bad("this method takes no body");
}

/** True for a `Host` value (name, perhaps with a port) that the server goes by. */
export function knowsHost(names: Names, value: string): boolean {
  const host = hostOf(value);
  return host !== undefined && names.hosts.includes(host);
}

function readTarget(url: string): Target {
  // Absolute-form names a host of its own, and a reader could follow that instead of `Host`.
  if (url.length > MOST_TARGET) throw new Refusal(414, "too-large", "the request target is too long");
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  if (!PATH.test(path) || DOTS.test(path) || path.includes("//") || /%(00|2f%2f)/i.test(path)) throw bad("the request target is not a plain path");
  return { path, query: mark < 0 ? "" : url.slice(mark + 1) };
}

function hostOf(value: string | undefined): string | undefined {
  const match = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9.-]{1,253})(?::\d{1,5})?$/i.exec(value ?? "");
  return match?.[1]?.toLowerCase();
}

const bad = (message: string): Refusal => new Refusal(400, "bad-request", message);
