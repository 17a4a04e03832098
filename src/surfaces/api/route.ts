import type { z } from "zod";
import type { Json } from "../../core/json.ts";
import type { Principal } from "../../core/request.ts";
import type { Operator } from "../console/index.ts";

/** One call of the API, authenticated and with its body strictly parsed. */
export interface Call {
  /** Ours: the id of the request and of its decision. */
  readonly id: string;
  readonly params: { readonly [name: string]: string };
  readonly query: URLSearchParams;
  /** null where the method has no body. */
  readonly body: Json;
  readonly headers: Headers;
  /** Aborted when the caller goes away or the server stops. */
  readonly signal: AbortSignal;
}

export type Reply =
  | { readonly status: number; readonly body: object; readonly type?: string; readonly headers?: { readonly [name: string]: string } }
  | { readonly status: 200; readonly stream: ReadableStream<Uint8Array>; readonly type: "text/event-stream" };

/**
 * One route as data: tests walk all of them (does it reach `guard`, does it refuse the unauthorised), and the OpenAPI document is
 * generated from them. INVARIANT: `key` routes know no operator and `operator` routes no key, so no agent's credential reaches one.
 */
export interface ApiRoute {
  readonly method: "GET" | "POST";
  /** With `:name` for a part that varies. */
  readonly path: string;
  readonly summary: string;
  /** True if what it does passes the core's `guard` or its halves. The ones that do not say why in `because`. */
  readonly guarded: boolean;
  readonly because?: string;
  readonly body?: z.ZodType;
  readonly query?: z.ZodObject;
  readonly answer?: z.ZodType;
  /** The answer is a stream of server-sent events. */
  readonly events?: true;
  readonly access:
    | { readonly needs: "key"; run(call: Call, principal: Principal): Reply | Promise<Reply> }
    | { readonly needs: "operator"; run(call: Call, operator: Operator): Reply | Promise<Reply> }
    | { readonly needs: "none"; run(call: Call): Reply | Promise<Reply> };
}

export const ok = (body: object): Reply => ({ status: 200, body });
