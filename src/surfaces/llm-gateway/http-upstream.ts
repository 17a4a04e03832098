import Pool from "undici/lib/dispatcher/pool.js";
import { HoldfastError } from "../../core/errors.ts";
import { isArray, isObject, JSON_LIMITS, type Json, parseJson, writeJson } from "../../core/json.ts";
import type { Answer, Clock, Part } from "../../core/layers.ts";
import { exchange, type Head, UPSTREAM_LIMITS, type UpstreamLimits } from "../http/outgoing.ts";
import { readWhole, streamAnswer } from "../http/reading.ts";
import { CHAIN_HEADER } from "../http/trace.ts";
import { refusedAnswer } from "../http/upstream-refusal.ts";
import { betasOf, versionOf } from "./anthropic-headers.ts";
import type { Call, Upstream } from "./upstream.ts";

export interface HttpUpstreamOptions {
  readonly id: string;
  /** `openai` is every OpenAI-compatible address (OpenAI, Ollama's `/v1`, vLLM …). */
  readonly kind: "openai" | "anthropic";
  /** Up to and including the version: `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  /** Asked for each call and not kept. Absent where the upstream needs none. */
  readonly credential?: () => string | Promise<string>;
  /** The models it is used for. Absent: what the upstream lists. */
  readonly models?: readonly string[];
  readonly limits?: UpstreamLimits;
  readonly clock: Clock;
  /** Called with the seconds each exchange took until its head. */
  readonly took?: (seconds: number) => void;
}

const LIST_MS = 5_000;
const MOST_MODELS = 2_000;
const MODEL = /^[\w.:/@+-]{1,200}$/;

/**
 * A model provider over HTTP. The destination is fixed by configuration; nothing of the client's head reaches it but what is allowed by
 * name, and never a credential of the client.
 */
export function httpUpstream(options: HttpUpstreamOptions): Upstream {
  const { id, kind, clock, limits = UPSTREAM_LIMITS } = options;
  const base = new URL(options.baseUrl);
  if (!/^https?:$/.test(base.protocol)) throw new HoldfastError("configuration", `upstream \`${id}\`: the base URL must be http or https`);
  const root = base.pathname.replace(/\/$/, "");
  const pool = new Pool(base.origin, {
    connections: limits.connections,
    pipelining: 1,
    connectTimeout: limits.connectTimeout,
    maxHeaderSize: 16 * 1024,
    // One connection per call, so that ending a call frees its connection and nothing else.
    allowH2: false,
  });

  async function send(
    path: string,
    body: string | undefined,
    call: Pick<Call, "headers" | "traceparent" | "chain">,
    accept: string,
    signal: AbortSignal,
    within = limits,
  ): Promise<Head> {
    const headers = ["accept", accept, "accept-encoding", "identity", "user-agent", "holdfast"];
    if (body !== undefined) headers.push("content-type", "application/json");
    if (call.traceparent !== undefined) headers.push("traceparent", call.traceparent);
    if (call.chain !== undefined) headers.push(CHAIN_HEADER, call.chain);
    if (kind === "anthropic") {
      headers.push("anthropic-version", versionOf(call.headers["anthropic-version"]));
      const betas = betasOf(call.headers["anthropic-beta"]);
      if (betas !== "") headers.push("anthropic-beta", betas);
    }
    const credential = await options.credential?.();
    if (credential !== undefined) kind === "anthropic" ? headers.push("x-api-key", credential) : headers.push("authorization", `Bearer ${credential}`);
    const began = clock.monotonic();
    const head = await exchange(pool, { path: root + path, method: body === undefined ? "GET" : "POST", headers, body: body ?? null }, within, clock, signal);
    options.took?.((clock.monotonic() - began) / 1000);
    const encoding = head.headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity") throw unfit(head, `upstream \`${id}\` sent a compressed answer that was not asked for`);
    return head;
  }

  async function json(head: Head): Promise<Json> {
    if (!isType(head, "application/json")) throw unfit(head, `upstream \`${id}\` did not answer in JSON`);
    const parsed = parseJson(await readWhole(head, JSON_LIMITS.bytes));
    if (!parsed.ok) throw new HoldfastError("upstream-invalid", `the answer of upstream \`${id}\` cannot be read: ${parsed.fault}`);
    return parsed.value;
  }

  return {
    id,
    speaks: kind === "anthropic" ? ["anthropic-messages"] : ["openai-chat", "openai-responses"],
    async ask(call, signal) {
      const { codec, asked, model, propose, marking } = call;
      const head = await send(codec.path, writeJson(asked.forward(model, marking)), call, asked.stream ? "text/event-stream" : "application/json", signal);
      if (head.status !== 200) return refusedAnswer(id, head);
      if (asked.stream) {
        // An answer in another form was not made for a stream's reader: it would pass unread, or be read wrongly.
        if (!isType(head, "text/event-stream")) throw unfit(head, `upstream \`${id}\` did not answer as a stream, though it was asked to`);
        const reader = codec.readStream(asked, propose);
        return streamAnswer(
          head,
          { push: ({ data, event }) => reader.push(data, event), end: () => reader.end(), facts: () => reader.facts() },
          limits.eventLength,
        );
      }
      return wholeAnswer(call, await json(head), id);
    },
    ...(kind === "anthropic"
      ? {
          async count(call: Call, signal: AbortSignal) {
            const body = call.asked.forward(call.model, call.marking);
            const counted = isObject(body) ? Object.fromEntries(Object.entries(body).filter(([name]) => COUNTED.has(name))) : body;
            const head = await send(`${call.codec.path}/count_tokens`, writeJson(counted), call, "application/json", signal);
            if (head.status !== 200) await (await refusedAnswer(id, head)).pump(() => {});
            const answer = await json(head);
            const count = isObject(answer) ? answer["input_tokens"] : undefined;
            if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0)
              throw new HoldfastError("upstream-invalid", `upstream \`${id}\` did not answer with a number of tokens`);
            return count;
          },
        }
      : {}),
    async models(signal) {
      if (options.models !== undefined) return options.models;
      const head = await send("/models", undefined, { headers: {} }, "application/json", signal, {
        ...limits,
        headersTimeout: LIST_MS,
        idleTimeout: LIST_MS,
        totalTimeout: LIST_MS,
      });
      if (head.status !== 200) await (await refusedAnswer(id, head)).pump(() => {});
      const answer = await json(head);
      const data = isObject(answer) ? (answer["data"] ?? []) : [];
      if (!isArray(data)) throw new HoldfastError("upstream-invalid", `upstream \`${id}\` did not answer with a list of models`);
      return data.slice(0, MOST_MODELS).flatMap((item) => (isObject(item) && typeof item["id"] === "string" && MODEL.test(item["id"]) ? [item["id"]] : []));
    },
    close: () => pool.close(),
  };
}

/** Reads an answer that came in one piece. Used by every upstream, so that whole and streamed answers become the same parts. */
export function wholeAnswer({ codec, asked, propose }: Pick<Call, "codec" | "asked" | "propose">, body: Json, upstream: string): Answer {
  const read = codec.readWhole(body, asked, propose);
  if ("fault" in read) throw new HoldfastError("upstream-invalid", `the answer of upstream \`${upstream}\` cannot be read at \`${read.at}\`: ${read.fault}`);
  return {
    facts: () => read.facts,
    pump(write) {
      const from = (next: number): void | Promise<void> => {
        for (let at = next; at < read.parts.length; at++) {
          const wait = write(read.parts[at] as Part);
          if (wait !== undefined) return wait.then(() => from(at + 1));
        }
      };
      return from(0);
    },
  };
}

/** What Anthropic's counting takes; the rest of a message request would be refused there. */
const COUNTED = new Set(["model", "messages", "system", "tools", "tool_choice", "thinking"]);

function isType(head: Head, type: string): boolean {
  const value = head.headers["content-type"];
  return typeof value === "string" && value.split(";", 1)[0]?.trim().toLowerCase() === type;
}

function unfit(head: Head, message: string): HoldfastError {
  const error = new HoldfastError("upstream-invalid", message);
  head.abort(error);
  return error;
}
