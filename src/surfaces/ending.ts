import type { Decision } from "../core/decision.ts";
import { LAYER_REASON } from "../core/monitor.ts";
import type { Outcome } from "../core/outcome.ts";
import { RETRY_SECONDS, refusalOf, STATUS } from "./http/refusal.ts";
import { UpstreamRefusal } from "./http/upstream-refusal.ts";

/** How an ending that is not an answer is told to a client. */
export interface Ending {
  readonly status: number;
  /** Permanent: the id of the reason that decided, or an error code. */
  readonly code: string;
  readonly message: string;
  /** What was decided, for `x-holdfast-decision`. */
  readonly effect: "permit" | "ask" | "deny" | "none";
  readonly retryAfter?: number;
  /** True where policy, not a fault, is the reason: only this can be said as a normal message (`soft`). */
  readonly policy: boolean;
}

const CONTENT = /^(detectors|input|output)\//;
const LIMITS = "limits/";
const NOBODY = "oversight/nobody";

/** The ending of a request that did not simply succeed; undefined for one that did. `words` are the upstream's own, already filtered. */
export function endingOf(outcome: Outcome, words = ""): Ending | undefined {
  switch (outcome.status) {
    case "done": {
      const { decision } = outcome.verdict;
      return decision.effect === "permit" ? undefined : { ...denied(decision), effect: "permit" };
    }
    case "denied":
      return denied(outcome.decision);
    case "pending":
      return { status: 403, code: "waiting-for-approval", message: waits(outcome), effect: "ask", policy: true };
    case "failed":
      return failed(outcome, words);
  }
}

/**
 * A denial by policy is definitive (400 for content, 403 for permission): clients repeat 429 and 5xx by themselves. Only when nothing
 * but a limit or a failing layer stands in the way is trying again worth it, and then we say when.
 */
function denied(decision: Decision): Ending {
  const reasons = decision.reasons.filter(({ effect }) => effect === "deny");
  const broken = reasons.find(({ id }) => id.startsWith(LAYER_REASON));
  const limit = reasons.find(({ id }) => id.startsWith(LIMITS));
  const policy = reasons.find((reason) => reason !== broken && !reason.id.startsWith(LAYER_REASON) && !reason.id.startsWith(LIMITS));
  if (policy?.id === NOBODY && reasons.length === 1) {
    const asked = decision.reasons.find(({ effect }) => effect === "ask");
    return {
      status: 403,
      code: asked?.id ?? NOBODY,
      message: `needs approval by a person, who cannot be asked here: ${asked?.text ?? policy.text}`,
      effect: "ask",
      policy: true,
    };
  }
  if (policy !== undefined)
    return {
      status: CONTENT.test(policy.id) ? 400 : 403,
      code: policy.id,
      message: `denied by \`${policy.id}\`: ${policy.text}`,
      effect: "deny",
      policy: true,
    };
  if (broken !== undefined)
    return { status: 503, code: broken.id, message: `nothing was done: ${broken.text}`, effect: "deny", retryAfter: RETRY_SECONDS, policy: false };
  if (limit !== undefined) return { status: 429, code: limit.id, message: limit.text, effect: "deny", retryAfter: retryAfter(decision), policy: false };
  return { status: 403, code: "denied", message: "denied", effect: "deny", policy: true };
}

function failed(outcome: Outcome & { status: "failed" }, words: string): Ending {
  const { error, code } = outcome;
  if (error instanceof UpstreamRefusal) {
    const message = words === "" ? error.message : `${error.message}: ${words}`;
    return {
      status: error.status,
      code: `upstream-${error.code.replace(/^upstream-/, "")}`,
      message,
      effect: "permit",
      policy: false,
      ...(error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter }),
    };
  }
  const refusal = refusalOf(error);
  const message = refusal.code === code ? refusal.message : (MESSAGES[code] ?? "the request could not be finished");
  return { status: STATUS[code], code, message, effect: "permit", policy: false, ...(code === "unavailable" ? { retryAfter: RETRY_SECONDS } : {}) };
}

const MESSAGES: { readonly [code: string]: string } = {
  unauthenticated: "the key was revoked or has expired",
  unavailable: "the server is shutting down",
  cancelled: "the client went away",
};

/** Read by a model: it says how to go on. */
function waits({ ticket, decision, inquiry }: Outcome & { status: "pending" }): string {
  const { id, text } = decision.reasons.find(({ effect }) => effect === "ask") ?? { id: "oversight", text: "a person has to approve this" };
  return `waiting for approval by a person (ticket ${ticket}): ${text} (${id}); once it is approved, ask for exactly the same again${inquiry === undefined ? "" : `. ${inquiry}`}`;
}

/** A limit says by an obligation when it will let through again, in seconds. */
function retryAfter(decision: Decision): number {
  let seconds = 1;
  for (const obligation of decision.obligations) {
    if (obligation.kind === "limit" && obligation.name === "retry-after" && Number.isFinite(obligation.amount))
      seconds = Math.max(seconds, Math.ceil(obligation.amount));
  }
  return seconds;
}
