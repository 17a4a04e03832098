import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, request as send } from "node:http";
import type { Socket } from "node:net";
import { HoldfastError } from "../../core/errors.ts";
import type { Answer } from "../../core/layers.ts";
import { INTENT_HEADER } from "../intent.ts";
import type { Meter } from "./meter.ts";
import type { Target } from "./target.ts";

/** The head of an answer as it goes on: names and values in turn, and nothing that is between two neighbours only. */
export interface Head {
  readonly status: number;
  readonly headers: readonly string[];
}

/** What is between two neighbours only (RFC 9110 7.6.1), and what is ours: the key is shown to nobody, nor what the agent declared. */
const HOP = new Set([
  INTENT_HEADER,
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authorization",
  "proxy-authenticate",
  "proxy-authentication-info",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
  "http2-settings",
]);

/** Headers that go on, in their order; those that `Connection` names stay here, too. */
export function passedOn(rawHeaders: readonly string[], besides: readonly string[] = []): string[] {
  const left = new Set([...HOP, ...besides]);
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (rawHeaders[at]?.toLowerCase() === "connection") for (const name of (rawHeaders[at + 1] ?? "").split(",")) left.add(name.trim().toLowerCase());
  return rawHeaders.filter((_, at) => !left.has((rawHeaders[at - (at % 2)] as string).toLowerCase()));
}

/**
 * Sends one request over plain HTTP and hands its answer back, both as they come. INVARIANT: one connection, one request; a redirect is
 * handed to the client, whose next request is another one.
 */
export async function forward(
  client: IncomingMessage,
  response: ServerResponse,
  target: Target,
  host: Socket,
  meter: (over: () => void) => Meter,
  signal: AbortSignal,
): Promise<Answer> {
  const limit = new AbortController();
  const counted = meter(() => {
    limit.abort();
    host.destroy();
  });
  // A client that takes nothing is waited for no longer than a limit lasts.
  const over = AbortSignal.any([signal, limit.signal]);
  const done = (): void => {
    counted.close();
    host.destroy();
  };
  const whyOf = (error: unknown): unknown => {
    if (signal.aborted) return signal.reason;
    return counted.fault() ?? (error instanceof HoldfastError ? error : BROKEN_OFF);
  };
  try {
    const answer = await asked(client, target, host, counted);
    if (!counted.pass("in", lengthOf(answer.rawHeaders))) throw BROKEN_OFF;
    return {
      async pump(write) {
        try {
          await write({ type: "mark", mark: { status: answer.statusCode ?? 502, headers: passedOn(answer.rawHeaders) } satisfies Head });
          for await (const chunk of answer as AsyncIterable<Buffer>) {
            if (!counted.pass("in", chunk.length)) break;
            if (!response.write(chunk)) await once(response, "drain", { signal: over });
          }
          if (!answer.complete) throw BROKEN_OFF;
        } catch (error) {
          throw whyOf(error);
        } finally {
          done();
        }
      },
      facts: () => ({ ...counted.facts(), upstream_status: answer.statusCode ?? 0 }),
    };
  } catch (error) {
    done();
    throw whyOf(error);
  }
}

const BROKEN_OFF = new HoldfastError("upstream-unreachable", "the host broke off, or what it says is not HTTP");

/** The answer's head. The client's body follows the request as it comes. */
function asked(client: IncomingMessage, { host: name, port, method, path }: Target, host: Socket, meter: Meter): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const shown = name.includes(":") ? `[${name}]` : name;
    const headers = ["host", port === 80 ? shown : `${shown}:${port}`, ...passedOn(client.rawHeaders, ["host"]), "connection", "close"];
    if (client.headers["transfer-encoding"] !== undefined) headers.push("transfer-encoding", "chunked");
    // ATTACK: what is carried out in addresses and headers is carried out all the same.
    if (!meter.pass("out", lengthOf([path ?? "/", ...headers]))) return reject(BROKEN_OFF);
    // INVARIANT: over the socket that was decided about. Any `agent`, also `false`, would have Node make a connection of its own.
    const outgoing = send({ createConnection: () => host, method, path: path ?? "/", headers, maxHeaderSize: MOST_HEAD });
    outgoing.once("response", resolve);
    const broken = (): void => reject(BROKEN_OFF);
    outgoing.once("error", broken).once("close", broken);
    // Another protocol on this connection would be bytes that nobody decided about.
    outgoing.once("upgrade", (_answer, socket) => socket.destroy());
    client.on("data", (chunk: Buffer) => {
      if (!meter.pass("out", chunk.length) || outgoing.destroyed || outgoing.write(chunk)) return;
      client.pause();
      outgoing.once("drain", () => client.resume());
    });
    client.once("end", () => outgoing.end());
    client.once("close", () => client.complete || outgoing.destroy());
    client.resume();
  });
}
const MOST_HEAD = 64 * 1024;

const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0);
