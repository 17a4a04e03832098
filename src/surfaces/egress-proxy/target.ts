import type { IncomingMessage } from "node:http";
import { isAddress } from "../../core/address.ts";
import { isHostName } from "../../core/host-name.ts";
import { Refusal } from "../http/refusal.ts";

/** Where a client wants to be led: only ever what one strict reading of what it sent says. */
export interface Target {
  /** A name in lower case, or an address in its usual form, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly method: string;
  /** Path and query, of a request over plain HTTP; a tunnel has none. */
  readonly path?: string;
}

const LONGEST = 8 * 1024;
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** The target of `CONNECT host:port`. */
export function tunnelTarget({ url = "" }: Pick<IncomingMessage, "url">): Target {
  const target = authority(url);
  if (target === undefined) throw bad("`CONNECT` takes a host and a port, such as `api.example.com:443`, and nothing else");
  return { ...target, method: "CONNECT" };
}

/**
 * The target of `GET http://host/path`. INVARIANT: what is not exactly this is refused, not repaired: user names, fragments, backslashes,
 * spaces, percent signs and letters beyond ASCII in the host are what makes two readers go to two hosts.
 */
export function requestTarget({ url = "", method = "", headers }: Pick<IncomingMessage, "url" | "method" | "headers">): Target {
  if (url.length > LONGEST) throw new Refusal(414, "too-large", "the request target is too long");
  if (!METHODS.has(method)) throw new Refusal(405, "bad-request", "this method is not passed on", { allow: [...METHODS].join(", ") });
  if (url.startsWith("/")) throw bad("this is a proxy: it takes whole addresses, such as `GET http://example.com/`, and has no pages of its own");
  const [, written = "", path = ""] = /^http:\/\/([^/?]+)((?:[/?][!$-;=?-Z_a-z~]*|))$/i.exec(url) ?? [];
  const target = authority(/:\d*$/.test(written) && !written.endsWith("]") ? written : `${written}:80`);
  if (target === undefined) throw bad("the request target is not a plain `http://host/path`; what is `https://` goes through a tunnel");
  agree(headers.host, written, target.port);
  return { ...target, method, path: path.startsWith("/") ? path : `/${path}` };
}

/** Its Host header must say the same: whoever sits at the other end may follow that. */
function agree(host: string | undefined, written: string, port: number): void {
  const short = written.toLowerCase().replace(/:(?:80|443)$/, "");
  if (host === undefined) return; // HTTP/1.0 has none, and what is sent on is made of the target
  const said = host.toLowerCase();
  const same = said === written.toLowerCase() || (said === short && (port === 80 || port === 443)) || said === `${written.toLowerCase()}:${port}`;
  if (!same) throw bad("the `Host` header names another host than the request target");
}

/** `host:port` in the one form of each. */
export function authority(text: string): Pick<Target, "host" | "port"> | undefined {
  const [, bracketed, plain, digits = ""] = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([A-Za-z0-9._-]{1,253})):([1-9]\d{0,4})$/.exec(text) ?? [];
  const port = Number(digits);
  const host = (bracketed ?? plain ?? "").toLowerCase();
  if (host === "" || port > 65_535) return undefined;
  const known = bracketed === undefined ? isHostName(host) || (!host.includes(":") && isAddress(host)) : host.includes(":") && isAddress(host);
  if (!known) return undefined;
  // ATTACK: a rule about one form of an IPv6 address would not be about the others that mean it (`::1`, `0:0::01`).
  return { host: bracketed === undefined ? host : new URL(`http://[${host}]/`).hostname.slice(1, -1), port };
}

const bad = (message: string): Refusal => new Refusal(400, "bad-request", message);
