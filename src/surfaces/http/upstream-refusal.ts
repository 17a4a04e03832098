import { type ErrorCode, HoldfastError } from "../../core/errors.ts";
import { isObject, type Json, parseJson } from "../../core/json.ts";
import type { Answer } from "../../core/layers.ts";
import type { Head } from "./outgoing.ts";
import { readWhole } from "./reading.ts";

/** The channel on which an upstream's own words about a refusal pass the output filter like any other text. */
export const UPSTREAM_WORDS = "upstream-words";

/** An upstream answered that it will not. Carries the status that the client gets; the upstream's words come separately, filtered. */
export class UpstreamRefusal extends HoldfastError {
  readonly status: number;
  /** Seconds, where the upstream said when to come back. */
  readonly retryAfter?: number;
  constructor(code: ErrorCode, message: string, status: number, retryAfter?: number) {
    super(code, message);
    this.name = "UpstreamRefusal";
    this.status = status;
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
  }
}

const MOST_BYTES = 64 * 1024;
const MOST_WORDS = 1000;
const MOST_RETRY = 3600;

/**
 * The answer that a refusal of the upstream becomes: its words pass the output filter as text of their own channel (they are foreign,
 * and may quote the request), then it fails.
 */
export async function refusedAnswer(upstream: string, head: Head): Promise<Answer> {
  const { status } = head;
  if (status < 400) {
    head.abort(new HoldfastError("upstream-invalid", "a redirect is not followed"));
    throw new HoldfastError(
      "upstream-invalid",
      `upstream \`${upstream}\` answered ${status}; redirects are not followed, because they would carry the credential elsewhere`,
    );
  }
  const { type, words } = parse(await readWhole(head, MOST_BYTES).catch(() => Buffer.alloc(0)));
  const refusal = translate(upstream, status, type, retryAfter(head.headers["retry-after"]));
  return {
    facts: () => ({ upstream_status: status, ...(type === undefined ? {} : { upstream_error: type }) }),
    async pump(write) {
      if (words !== undefined) {
        await write({ type: "text", channel: UPSTREAM_WORDS, text: words });
        await write({ type: "end", channel: UPSTREAM_WORDS });
      }
      throw refusal;
    },
  };
}

function translate(upstream: string, status: number, type: string | undefined, retry: number | undefined): UpstreamRefusal {
  const name = type === undefined ? "" : `, ${type}`;
  if (status === 401 || status === 403 || status === 407) {
    // The client's own key is good: passing 401 on would send its owner to look in the wrong place.
    return new UpstreamRefusal("configuration", `upstream \`${upstream}\` refused the credential that Holdfast is configured with (${status}${name})`, 502);
  }
  if (status === 429) return new UpstreamRefusal("rate-limited", `upstream \`${upstream}\` is rate-limiting Holdfast (429${name})`, 429, retry);
  if (status === 408 || status === 504) return new UpstreamRefusal("upstream-timeout", `upstream \`${upstream}\` timed out (${status}${name})`, 504, retry);
  if (status >= 500) return new UpstreamRefusal("upstream-unreachable", `upstream \`${upstream}\` failed (${status}${name})`, 502, retry);
  const code = status === 404 ? "not-found" : status === 413 ? "too-large" : "bad-request";
  return new UpstreamRefusal(code, `upstream \`${upstream}\` refused the request (${status}${name})`, status);
}

/** What both vendors' envelopes say: `{"error": {"type", "code", "message"}}`. A type is a word of the dialect, or it is left out. */
function parse(bytes: Buffer): { readonly type?: string; readonly words?: string } {
  const parsed = parseJson(bytes);
  const error = parsed.ok && isObject(parsed.value) ? parsed.value["error"] : undefined;
  if (!isObject(error)) return {};
  const type = word(error["type"]) ?? word(error["code"]);
  const { message } = error;
  // An upstream's words must not move a terminal's cursor or forge a line.
  const words = typeof message === "string" ? message.slice(0, MOST_WORDS).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ") : undefined;
  return { ...(type === undefined ? {} : { type }), ...(words === undefined ? {} : { words }) };
}

function word(value: Json | undefined): string | undefined {
  return typeof value === "string" && /^[a-z][a-z0-9_.-]{0,63}$/i.test(value) ? value : undefined;
}

function retryAfter(value: string | string[] | undefined): number | undefined {
  return typeof value === "string" && /^\d{1,6}$/.test(value) ? Math.min(Number(value), MOST_RETRY) : undefined;
}
