import Pool from "undici/lib/dispatcher/pool.js";
import { type Message, readMessage, writeMessage } from "../../codecs/mcp/index.ts";
import { HoldfastError } from "../../core/errors.ts";
import { JSON_LIMITS, parseJson, parseJsonText, writeJson } from "../../core/json.ts";
import type { Clock, Part } from "../../core/layers.ts";
import type { SentEvent } from "../http/events.ts";
import { exchange, type Head, UPSTREAM_LIMITS, type UpstreamLimits } from "../http/outgoing.ts";
import { readWhole, streamAnswer } from "../http/reading.ts";
import { CHAIN_HEADER } from "../http/trace.ts";
import { refusedAnswer } from "../http/upstream-refusal.ts";
import type { Arrived, Exchanged, Link, McpUpstream, Sending } from "./upstream.ts";

export interface HttpMcpOptions {
  readonly id: string;
  readonly url: string;
  /** The upstream's own credential. INVARIANT: the client's is never sent anywhere (token passthrough). */
  readonly credential?: () => string;
  readonly clock: Clock;
  readonly limits?: UpstreamLimits;
  readonly took?: (seconds: number) => void;
}

/** A call may take long, and its stream be silent; a listening stream is silent for hours. */
const LIMITS: UpstreamLimits = { ...UPSTREAM_LIMITS, idleTimeout: 300_000 };
const LISTENING = { headersTimeout: 60_000, idleTimeout: 4 * 3_600_000, totalTimeout: 24 * 3_600_000 };
const END_MS = 5_000;
const SESSION = /^[\x21-\x7e]{1,1024}$/;
const EVENT_ID = /^[\x20-\x7e]{0,512}$/;

/** An MCP server behind Streamable HTTP. The destination is fixed by configuration; redirects are not followed. */
export function httpMcpUpstream({ id, url, credential, clock, limits = LIMITS, took }: HttpMcpOptions): McpUpstream {
  const target = new URL(url);
  if (!/^https?:$/.test(target.protocol)) throw new HoldfastError("configuration", `tool server \`${id}\`: the URL must be http or https`);
  const pool = new Pool(target.origin, {
    connections: limits.connections,
    pipelining: 1,
    connectTimeout: limits.connectTimeout,
    maxHeaderSize: 16 * 1024,
    allowH2: false,
  });
  const path = target.pathname + target.search;

  const headersFor = ({ link, version, mirrored = {}, traceparent, chain }: Omit<Sending, "read">, accept: string): string[] => {
    const headers = ["accept", accept, "accept-encoding", "identity", "user-agent", "holdfast"];
    if (version !== undefined) headers.push("mcp-protocol-version", version);
    if (link.session !== undefined) headers.push("mcp-session-id", link.session);
    if (traceparent !== undefined) headers.push("traceparent", traceparent);
    if (chain !== undefined) headers.push(CHAIN_HEADER, chain);
    for (const [name, value] of Object.entries(mirrored)) headers.push(name, value);
    const secret = credential?.();
    if (secret !== undefined) headers.push("authorization", `Bearer ${secret}`);
    return headers;
  };

  const reach = async (method: "GET" | "POST" | "DELETE", headers: string[], body: string | null, signal: AbortSignal, within = limits): Promise<Head> => {
    const began = clock.monotonic();
    const head = await exchange(
      pool,
      { path, method, headers: body === null ? headers : [...headers, "content-type", "application/json"], body },
      within,
      clock,
      signal,
    );
    took?.((clock.monotonic() - began) / 1000);
    const encoding = head.headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity") throw unfit(head, `tool server \`${id}\` sent a compressed answer that was not asked for`);
    return head;
  };

  const answer = async (head: Head, read: Sending["read"], message: Message | undefined): Promise<Exchanged> => {
    const { status } = head;
    if (isType(head, "text/event-stream") && status === 200)
      return { status, form: "stream", ...streamAnswer(head, eventReader(id, read), limits.eventLength), facts: () => ({}) };
    const failing = status >= 400;
    if (isType(head, "application/json") && (!failing || message?.kind === "request")) {
      const parsed = parseJson(await readWhole(head, JSON_LIMITS.bytes));
      const got = parsed.ok ? readMessage(parsed.value) : undefined;
      // With a status of its own an error is still the protocol's: a client learns from it which versions there are.
      if (got !== undefined && "kind" in got && (!failing || got.kind === "error")) return whole(status, read({ message: got }));
      if (!failing) throw new HoldfastError("upstream-invalid", `the answer of tool server \`${id}\` cannot be read`);
    } else if (!failing) {
      const rest = await readWhole(head, limits.answerBytes);
      if (rest.length > 0 || message?.kind === "request")
        throw new HoldfastError("upstream-invalid", `tool server \`${id}\` answered in a form that MCP does not have`);
      return NOTHING;
    }
    const refused = await refusedAnswer(id, head);
    return { status, form: "nothing", pump: refused.pump, facts: refused.facts ?? (() => ({})) };
  };

  return {
    id,
    async send(message, sending, signal) {
      const head = await reach("POST", headersFor(sending, "application/json, text/event-stream"), writeJson(writeMessage(message)), signal);
      if (message.kind === "request" && message.method === "initialize" && head.status === 200) {
        const session = head.headers["mcp-session-id"];
        if (typeof session === "string" && SESSION.test(session)) sending.link.session = session;
      }
      return answer(head, sending.read, message);
    },
    async listen(sending, after, signal) {
      const headers = headersFor(sending, "text/event-stream");
      if (after !== undefined && EVENT_ID.test(after)) headers.push("last-event-id", after);
      const head = await reach("GET", headers, null, signal, { ...limits, ...LISTENING });
      // A server need not have such a stream, and then says so with this status.
      if (head.status === 405) throw unfit(head, `tool server \`${id}\` does not speak unasked`, "not-found");
      return answer(head, sending.read, undefined);
    },
    async end(link: Link) {
      if (link.session === undefined) return;
      try {
        const head = await reach("DELETE", headersFor({ link }, "application/json"), null, AbortSignal.timeout(END_MS));
        head.abort(new HoldfastError("cancelled", "nothing more is wanted"));
      } catch {
        // It was said; a server that does not hear it forgets the session by itself.
      }
    },
    close: () => pool.close(),
  };
}

const NOTHING: Exchanged = { status: 202, form: "nothing", pump: () => {}, facts: () => ({}) };

function whole(status: number, parts: readonly Part[]): Exchanged {
  return {
    status,
    form: "whole",
    facts: () => ({}),
    async pump(write) {
      for (const part of parts) await write(part);
    },
  };
}

function eventReader(id: string, read: Sending["read"]) {
  return {
    push({ data, id: event, retry }: SentEvent): readonly Part[] {
      const arrived: Omit<Arrived, "message"> = {
        ...(event !== undefined && EVENT_ID.test(event) ? { id: event } : {}),
        ...(retry === undefined ? {} : { retry }),
      };
      if (data === "") return read(arrived);
      const parsed = parseJsonText(data);
      const message = parsed.ok ? readMessage(parsed.value) : undefined;
      if (message === undefined || !("kind" in message)) throw new HoldfastError("upstream-invalid", `an event of tool server \`${id}\` cannot be read`);
      return read({ message, ...arrived });
    },
    end: () => [],
    facts: () => ({}),
  };
}

function isType(head: Head, type: string): boolean {
  const value = head.headers["content-type"];
  return typeof value === "string" && value.split(";", 1)[0]?.trim().toLowerCase() === type;
}

function unfit(head: Head, message: string, code: "upstream-invalid" | "not-found" = "upstream-invalid"): HoldfastError {
  const error = new HoldfastError(code, message);
  head.abort(error);
  return error;
}
