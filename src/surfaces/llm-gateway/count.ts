import type { Codec } from "../../codecs/codec.ts";
import { isObject, type Json } from "../../core/json.ts";
import { guard } from "../../core/monitor.ts";
import type { Principal, Request } from "../../core/request.ts";
import type { Exchange } from "../http/routes.ts";
import { understand } from "./call.ts";
import type { Gateway } from "./gateway.ts";
import { sendValue } from "./reply.ts";

/** Counts tokens: by the upstream, which then reads the content and so passes `guard` like a call, or by the stated estimate. */
export async function countTokens(gateway: Gateway, codec: Codec, exchange: Exchange, principal: Principal): Promise<void> {
  const { target, request: understood, call } = await understand(gateway, codec, exchange, principal, countable);
  // Counting writes nothing and is free of charge; its bytes leave all the same.
  const request: Request = { ...understood, demand: { bytes: understood.demand?.bytes ?? 0, input: 0, output: 0 } };
  const { upstream } = target;
  let tokens: Json = null;
  const outcome = await guard(
    gateway.layers,
    request,
    async (_decided, signal) => {
      const count = upstream.count === undefined ? estimate(request) : await upstream.count(call, signal);
      return { pump: async (write) => write({ type: "value", channel: "tokens", value: { input_tokens: count } }) };
    },
    (part) => {
      if (part.type === "value") tokens = part.value;
    },
    exchange.signal,
  );
  sendValue(gateway, codec, exchange, outcome, () => tokens);
}

// A counting request has no `max_tokens` and is not streamed; the codec reads it as the message it counts.
function countable(body: Json): Json {
  return isObject(body) ? { ...body, max_tokens: 1, stream: false } : body;
}

/** Tokens where no upstream counts: one for every three bytes of text, which overestimates English and German a little. */
function estimate(request: Request): number {
  let bytes = 0;
  for (const item of request.content) bytes += Buffer.byteLength(item.text ?? JSON.stringify(item.value));
  return Math.max(1, Math.ceil(bytes / 3));
}
