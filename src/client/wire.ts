import { isObject, JSON_LIMITS, type Json, type JsonObject, parseJson } from "../core/json.ts";
import { GuardFault, Refused, Unreachable } from "./faults.ts";

export interface WireOptions {
  readonly url: string;
  readonly key: string;
  /** Milliseconds for one call, its whole answer included. */
  readonly timeout: number;
  readonly fetch: typeof fetch;
}

export interface WireAnswer {
  readonly status: number;
  readonly body: JsonObject;
  /** The server's clock, in milliseconds since the epoch; ours where it did not say. */
  readonly now: number;
}

/** The connection to Holdfast. Throws `Refused` for what it says no to, and `Unreachable` for everything that is not an answer of it. */
export interface Wire {
  /** `text` is JSON. Where the signal is aborted, its reason is thrown. */
  post(path: string, text: string, signal?: AbortSignal): Promise<WireAnswer>;
  get(path: string, signal?: AbortSignal): Promise<WireAnswer>;
}

// An answer is what was sent, with words of ours in place of what was masked.
const LIMITS = { ...JSON_LIMITS, bytes: 2 * JSON_LIMITS.bytes, string: 2 * JSON_LIMITS.string, nodes: 2 * JSON_LIMITS.nodes };

export function wireOf({ url, key, timeout, fetch: send }: WireOptions): Wire {
  const ask = (method: string, path: string, signal?: AbortSignal, body?: string): Promise<WireAnswer> =>
    within(timeout, signal, async (ending) => {
      const response = await send(url + path, {
        method,
        headers: { authorization: `Bearer ${key}`, accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { body }),
        // The key goes to this address and to no other.
        redirect: "error",
        signal: ending,
      });
      return answerOf(response, await bytesOf(response));
    });
  return { post: (path, text, signal) => ask("POST", path, signal, text), get: (path, signal) => ask("GET", path, signal) };
}

/** What `call` resolves with, in time. It is not waited for beyond that, also where it ignores its signal. */
async function within(ms: number, signal: AbortSignal | undefined, call: (ending: AbortSignal) => Promise<WireAnswer>): Promise<WireAnswer> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  let end = (): void => {};
  let late: ReturnType<typeof setTimeout> | undefined;
  const ended = new Promise<never>((_, reject) => {
    const over = (reason: unknown): void => {
      controller.abort(reason);
      reject(reason);
    };
    late = setTimeout(() => over(new Unreachable("timeout", `Holdfast did not answer within ${ms} ms`)), ms);
    end = () => over(signal?.reason);
    signal?.addEventListener("abort", end, { once: true });
  });
  try {
    return await Promise.race([call(controller.signal), ended]);
  } catch (error) {
    if (error instanceof GuardFault || signal?.aborted === true) throw error;
    throw new Unreachable("no-connection", "Holdfast cannot be reached: is it running, and is its address right", { cause: error });
  } finally {
    clearTimeout(late);
    signal?.removeEventListener("abort", end);
  }
}

async function bytesOf({ body }: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = body?.getReader();
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
    length += read.value.byteLength;
    if (length > LIMITS.bytes) {
      void reader?.cancel().catch(() => {}); // it is not read any further, whatever becomes of it
      throw invalid("too long");
    }
    chunks.push(read.value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

function answerOf({ status, headers }: Response, bytes: Uint8Array): WireAnswer {
  const parsed = parseJson(bytes, LIMITS);
  const body = parsed.ok && isObject(parsed.value) ? parsed.value : undefined;
  if (status === 200 || status === 202) {
    if (body === undefined) throw invalid("not JSON that can be read safely");
    const now = Date.parse(headers.get("date") ?? "");
    return { status, body, now: Number.isNaN(now) ? Date.now() : now };
  }
  const [title, code] = [lineOf(body?.["title"]), lineOf(body?.["code"])];
  if (title === "" || code === "") throw invalid(`no problem that it knows (${status})`);
  if (status >= 400 && status < 500) throw new Refused(status, code, title);
  throw new Unreachable("unavailable", `Holdfast cannot decide now: ${title} (${code})`);
}

export const invalid = (what: string): Unreachable => new Unreachable("invalid-answer", `what answered is not Holdfast, or another version of it: ${what}`);

/** One line of plain text; it may end up in a terminal or before a model. */
const lineOf = (value: Json | undefined): string => (typeof value === "string" && /^[^\p{Cc}\p{Cf}\u2028\u2029]{1,500}$/u.test(value) ? value : "");
