import { type JsonLimits, parseJson } from "../../core/json.ts";
import { decide, refused } from "../../core/monitor.ts";
import type { Principal } from "../../core/request.ts";
import { type DecidedForm, decidedForm } from "../decided.ts";
import { Refusal } from "../http/refusal.ts";
import { CHAIN_HEADER } from "../http/trace.ts";
import { INTENT_HEADER } from "../intent.ts";
import { readRequest } from "../request.ts";
import type { OpenDecisions } from "./open.ts";
import type { ApiParts } from "./parts.ts";
import { problem, refuse } from "./problem.ts";
import type { Call, Reply } from "./route.ts";

/** The answer of `POST /api/v1/decide`. */
export interface DecideAnswer extends DecidedForm {
  /** Names the decision in the log, and in `release`. */
  readonly id: string;
  /** Set where the action calls an agent: it shows this in `x-holdfast-chain` with what it does for the call. */
  readonly chain?: string;
  /** Set while a person is being asked. */
  readonly ticket?: string;
  /** Set where the approver changed the action: only this may be performed. */
  readonly action?: object;
}

/** Decides one request and records it. A permit stays open for `release`; anything else is closed at once. */
export async function decideCall(parts: ApiParts, open: OpenDecisions, call: Call, principal: Principal): Promise<Reply> {
  const { layers, label } = parts;
  const read = readRequest(call.body, {
    caller: principal,
    id: call.id,
    time: layers.clock.now(),
    surface: "api",
    label,
    trace: call.headers.get("traceparent"),
    chain: call.headers.get(CHAIN_HEADER),
    intent: call.headers.get(INTENT_HEADER),
  });
  if (read.fault !== undefined) return refuse(read);
  const decided = await decide(layers, read.request, call.signal);
  if (decided.decision.effect === "permit") open.keep(decided);
  else refused(decided);
  const chain = decided.decision.effect === "permit" ? parts.chainOf?.(call.id) : undefined;
  const body: DecideAnswer = {
    id: call.id,
    ...decidedForm(decided),
    ...(chain === undefined ? {} : { chain }),
    ...(decided.ticket === undefined ? {} : { ticket: decided.ticket }),
    ...(decided.request.action === read.request.action ? {} : { action: decided.request.action }),
  };
  // Not over: the caller may look at its ticket, and asks for the same again.
  if (decided.ticket !== undefined) return { status: 202, body, headers: { "x-holdfast-decision": call.id, location: `/api/v1/tickets/${decided.ticket}` } };
  return { status: 200, body, headers: { "x-holdfast-decision": call.id } };
}

/**
 * The same for a server that reads bodies itself: no framework in between. Never rejects; `status` and `body` are the whole HTTP
 * answer, `type` its content type.
 */
export async function decideHttp(
  parts: ApiParts,
  open: OpenDecisions,
  bytes: Uint8Array,
  principal: Principal,
  signal: AbortSignal,
  headers: Headers = NO_HEADERS,
): Promise<{ readonly status: number; readonly type: string; readonly body: string; readonly headers: { readonly [name: string]: string } }> {
  const reply = await answered(() =>
    decideCall(parts, open, { ...EMPTY, id: parts.newId(), body: parseBody(bytes, parts.limits), headers, signal }, principal),
  );
  if ("stream" in reply) throw new Error("decide does not stream");
  return { status: reply.status, type: reply.type ?? "application/json", body: JSON.stringify(reply.body), headers: reply.headers ?? {} };
}

/** What a route answers, with everything thrown turned into a problem. */
export async function answered(run: () => Reply | Promise<Reply>): Promise<Reply> {
  try {
    return await run();
  } catch (error) {
    return problem(error);
  }
}

export function parseBody(bytes: Uint8Array, limits: JsonLimits): Call["body"] {
  const parsed = parseJson(bytes, limits);
  if (!parsed.ok) throw new Refusal(parsed.code === "too-large" ? 413 : 400, parsed.code, `the body is not JSON that can be read safely: ${parsed.fault}`);
  return parsed.value;
}

const NO_HEADERS = new Headers();
const EMPTY = { params: {}, query: new URLSearchParams() };
