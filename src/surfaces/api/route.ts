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

/** A session at the console, as far as the API needs it. */
export interface CallerSession {
  readonly id: string;
  /** Milliseconds since the login. */
  readonly age: number;
}

/** The operator of a call, and how it is known that it is them. */
export interface Caller extends Operator {
  /** At the console; absent where a token was shown. */
  readonly session?: CallerSession;
  /** The passkey that has signed exactly this request. */
  readonly passkey?: string;
  /** The name and port by which the server was called; one that it goes by. */
  readonly host: string;
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
  /**
   * Whether a passkey has to sign exactly this request, as far as `oversight.step_up` says so. `own`: it is about the caller's passkeys
   * themselves, and who has none yet cannot be asked for one.
   */
  readonly stepUp?: "action" | "own";
  /** Bodies that only stop something: stopping waits for nothing. */
  readonly spares?: (body: Json) => boolean;
  readonly access:
    | { readonly needs: "key"; run(call: Call, principal: Principal): Reply | Promise<Reply> }
    | { readonly needs: "operator"; run(call: Call, operator: Caller): Reply | Promise<Reply> }
    | { readonly needs: "none"; run(call: Call): Reply | Promise<Reply> };
}

export const ok = (body: object): Reply => ({ status: 200, body });
