import { codeOf, type ErrorCode, HoldfastError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";

/** A refusal with the status it is answered with. The message is ours and holds nothing of what was sent. */
export class Refusal extends HoldfastError {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  constructor(status: number, code: ErrorCode, message: string, headers: { readonly [name: string]: string } = {}) {
    super(code, message);
    this.name = "Refusal";
    this.status = status;
    this.headers = headers;
  }
}

/** The HTTP status of each error code, where nothing more precise is known. */
export const STATUS: { readonly [code in ErrorCode]: number } = {
  "bad-request": 400,
  "too-large": 413,
  unauthenticated: 401,
  forbidden: 403,
  "not-found": 404,
  "rate-limited": 429,
  denied: 403,
  configuration: 500,
  unavailable: 503,
  "upstream-unreachable": 502,
  "upstream-timeout": 504,
  "upstream-invalid": 502,
  cancelled: 499,
  internal: 500,
};

/** Seconds after which trying again makes sense when a part of Holdfast does not answer. */
export const RETRY_SECONDS = 5;

/** Anything thrown as a refusal. What is not ours says nothing of itself. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const code = codeOf(error);
  const message = error instanceof HoldfastError ? error.message : "something went wrong in Holdfast";
  return new Refusal(STATUS[code], code, message, code === "unavailable" ? { "retry-after": String(RETRY_SECONDS) } : {});
}

/** How a surface words a refusal: the body, and its content type. */
export interface Wording {
  readonly type: string;
  body(status: number, code: string, message: string): Json;
}

/** RFC 9457. */
export const PROBLEM: Wording = {
  type: "application/problem+json",
  body: (status, code, message) => ({ type: "about:blank", title: message, status, code }),
};
