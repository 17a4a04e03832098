import type { IncomingMessage, ServerResponse } from "node:http";
import type { HoldfastError } from "../../core/errors.ts";
import type { Intent } from "../../core/intent.ts";
import type { Principal } from "../../core/request.ts";
import { PROBLEM, Refusal, type Wording } from "./refusal.ts";
import type { Target } from "./sanity.ts";

/** One request on its way through the server. */
export interface Exchange extends Target {
  /** Ours; echoed as `x-request-id`. */
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Monotonic milliseconds at which it was taken in. */
  readonly received: number;
  readonly traceparent?: string;
  /** As in the core's Context. */
  readonly chain?: string;
  /** What the caller declared that it is about to do. */
  readonly intents?: readonly Intent[];
  /** Aborted when the client goes away, the key stops being good, or the server shuts down; the reason is a HoldfastError. */
  readonly signal: AbortSignal;
  /** For what goes on after the exchange: calls `end` once when the key stops being good, with why where that is not revocation or time. Returns how to stop. */
  readonly watch?: (end: (why?: HoldfastError) => void) => () => void;
  /** What stands behind the `*` of a route's path. */
  readonly rest: string;
}

/** One route of a surface, as data, so that a test can walk all of them. */
export interface Route {
  readonly method: "GET" | "POST" | "DELETE" | "*";
  /** An exact path, or one that ends in `/*`. */
  readonly path: string;
  readonly wording: Wording;
  /** True if what it does passes `guard`. The ones that do not say why in `because`. */
  readonly guarded: boolean;
  readonly because?: string;
  /** With a key the principal is what the key says. `none` is for what tells nothing to anyone. */
  readonly access:
    | {
        readonly needs: "key";
        /** Access tokens of an authorization server open it as well. */
        readonly tokens?: true;
        run(exchange: Exchange, principal: Principal): Promise<void>;
      }
    | { readonly needs: "none"; run(exchange: Exchange): Promise<void> };
}

export interface Found {
  readonly route: Route;
  readonly rest: string;
}

/** Finds the route of a request: an exact path first, then the longest pattern. */
export function routeTable(routes: readonly Route[]): (method: string, path: string) => Found | Refusal | undefined {
  const exact = new Map<string, Route[]>();
  const patterns = routes.filter(({ path }) => path.endsWith("/*")).sort((a, b) => b.path.length - a.path.length);
  for (const route of routes) if (!route.path.endsWith("/*")) exact.set(route.path, [...(exact.get(route.path) ?? []), route]);
  return (method, path) => {
    const here = exact.get(path) ?? [];
    const route = here.find((one) => one.method === method || one.method === "*");
    if (route !== undefined) return { route, rest: "" };
    const pattern = patterns.find((one) => (one.method === method || one.method === "*") && path.startsWith(one.path.slice(0, -1)));
    if (here.length > 0) return new Refusal(405, "bad-request", "this method is not for this path", { allow: here.map((one) => one.method).join(", ") });
    return pattern === undefined ? undefined : { route: pattern, rest: path.slice(pattern.path.length - 1) };
  };
}

/** How a path's refusals are worded, also before its route could be chosen. */
export function wordingOf(routes: readonly Route[], path: string): Wording {
  const match = routes.find((route) => route.path === path) ?? routes.find((route) => route.path.endsWith("/*") && path.startsWith(route.path.slice(0, -1)));
  return match?.wording ?? PROBLEM;
}
