import type { Json } from "../../core/json.ts";
import { type Fault, faultLine } from "../fault.ts";
import { PROBLEM, Refusal, refusalOf } from "../http/refusal.ts";
import type { Reply } from "./route.ts";

/** Anything thrown as an RFC 9457 problem with its stable `code`. What is not ours says nothing of itself. */
export function problem(error: unknown): Reply {
  const refusal = refusalOf(error);
  return { status: refusal.status, body: bodyOf(refusal), type: PROBLEM.type, headers: refusal.headers };
}

/** Throws a fault of what the caller sent. */
export function refuse(fault: Fault): never {
  throw new Refusal(fault.code === "too-large" ? 413 : fault.code === "forbidden" ? 403 : 400, fault.code, faultLine(fault));
}

export const notFound = (message: string): Refusal => new Refusal(404, "not-found", message);

export function bodyOf({ status, code, message }: Refusal): object {
  const body: Json = PROBLEM.body(status, code, message);
  return typeof body === "object" && body !== null ? body : {};
}
