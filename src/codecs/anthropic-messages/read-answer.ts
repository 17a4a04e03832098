import { isObject, type Json, type JsonObject, parseJsonText } from "../../core/json.ts";
import type { Part } from "../../core/layers.ts";
import type { Facts } from "../../core/outcome.ts";
import { proposeSome } from "../calls.ts";
import type { Asked, Misread, Propose, StreamReader } from "../codec.ts";
import { collector } from "../collect.ts";
import { EVENT_LIMITS } from "../events.ts";
import { count, identifier, list, misfit, object, oneOf, optional, reading, readingUpstream, string, usageOf, word } from "../shape.ts";
import { type AnswerSoFar, type OpenBlock, openBlock } from "./read-block.ts";
import { type MessageMark, STOP_REASONS } from "./types.ts";

/** Reads a `message`: the framing, every block in turn, why it stopped. */
export function readWhole(body: Json, asked: Asked, propose: Propose): { readonly parts: readonly Part[]; readonly facts: Facts } | Misread {
  return reading(() => {
    const answer = object(body, "body");
    oneOf(answer["type"], "type", ["message"]);
    const parts: Part[] = [startPart(answer, "body")];
    const soFar = answerSoFar(propose);
    for (const [index, block] of list(answer["content"], "content", MOST_BLOCKS).entries()) {
      const at = `content/${index}`;
      const opened = openBlock(index, object(block, at), at, soFar);
      parts.push(...opened.parts, ...opened.open.close());
    }
    return { parts: [...parts, stopPart(answer, asked)], facts: factsOf(usageOf(answer["usage"])) };
  });
}

/**
 * Reads the stream: `message_start`, the blocks one after the other, `message_delta`, `message_stop`. Anything out of this order, an
 * unknown event, and an end without `message_stop` are refused; `ping` is dropped.
 */
export function readStream(asked: Asked, propose: Propose): StreamReader {
  let stage: "new" | "open" | "stopped" | "done" = "new";
  let block: OpenBlock | undefined;
  const soFar = answerSoFar(propose);
  let blocks = 0;
  let usage: JsonObject = {};
  let facts: Facts = {};
  let stop: Part | undefined;

  function take(type: string, data: JsonObject): Part[] {
    switch (type) {
      case "ping":
        return [];
      case "message_start": {
        expect(stage === "new", type);
        stage = "open";
        const message = object(data["message"], "message");
        usage = usageOf(message["usage"]);
        // The start of a stream counts what was read, and one token of what is written: only the end counts both.
        facts = factsOf({ ...usage, output_tokens: null });
        return [startPart(message, "message")];
      }
      case "content_block_start": {
        expect(stage === "open" && block === undefined && blocks < MOST_BLOCKS && data["index"] === blocks, type);
        const opened = openBlock(blocks, object(data["content_block"], type), type, soFar);
        block = opened.open;
        return opened.parts;
      }
      case "content_block_delta":
        expect(block !== undefined && data["index"] === blocks, type);
        return block?.delta(object(data["delta"], type), type) ?? [];
      case "content_block_stop": {
        expect(block !== undefined && data["index"] === blocks, type);
        const parts = block?.close() ?? [];
        block = undefined;
        blocks++;
        return parts;
      }
      case "message_delta":
        expect((stage === "open" || stage === "stopped") && block === undefined, type);
        stage = "stopped";
        usage = merged(usage, usageOf(data["usage"]));
        facts = factsOf(usage);
        stop = stopPart(object(data["delta"], type), asked);
        return [];
      case "message_stop": {
        expect(stage === "stopped" && stop !== undefined, type);
        stage = "done";
        const mark: MessageMark = { kind: "usage", usage };
        return stop === undefined ? [] : [{ type: "mark", mark }, stop];
      }
      default:
        return misfit(type === "error" ? "reports an error" : "is an unknown event", "stream");
    }
  }

  return {
    push(data, event) {
      return readingUpstream(() => {
        const parsed = parseJsonText(data, EVENT_LIMITS);
        const read = object(parsed.ok ? parsed.value : misfit(parsed.fault, "stream"), "stream");
        const type = string(read["type"], "stream/type");
        if (event !== undefined && event !== "" && event !== type) misfit("is named unlike what it holds", "stream");
        expect(stage !== "done", "stream");
        return take(type, read);
      });
    },
    end() {
      return readingUpstream(() => (stage === "done" ? [] : misfit("ends without its end mark", "stream")));
    },
    facts: () => facts,
  };
}

const MOST_BLOCKS = 10_000;

function answerSoFar(propose: Propose): AnswerSoFar {
  const met = collector();
  return { ids: new Set(), met, propose: proposeSome(propose, met.content) };
}

function expect(inOrder: boolean, at: string): void {
  if (!inOrder) misfit("comes out of order", at);
}

function startPart(message: JsonObject, at: string): Part {
  const container = optional(message["container"], `${at}/container`, (value, where) => {
    const read = object(value, where);
    return { id: identifier(read["id"], `${where}/id`), expires_at: word(read["expires_at"], `${where}/expires_at`), skills: null };
  });
  const mark: MessageMark = {
    kind: "start",
    id: identifier(message["id"], `${at}/id`),
    model: word(message["model"], `${at}/model`),
    usage: usageOf(message["usage"]),
    ...(container === undefined ? {} : { container }),
  };
  return { type: "mark", mark };
}

/** Why it stopped. A reason we do not know says only that the answer is over; a sequence must be one that the client gave. */
function stopPart(from: JsonObject, asked: Asked): Part {
  const sequence = from["stop_sequence"];
  const given: readonly unknown[] = "stopSequences" in asked && Array.isArray(asked.stopSequences) ? asked.stopSequences : [];
  const details = optional(from["stop_details"], "stop_details", object);
  const category = optional(details?.["category"], "stop_details/category", word);
  const mark: MessageMark = {
    kind: "stop",
    reason: STOP_REASONS.find((reason) => reason === from["stop_reason"]) ?? "end_turn",
    sequence: typeof sequence === "string" && given.includes(sequence) ? sequence : null,
    ...(category === undefined ? {} : { category }),
  };
  return { type: "mark", mark };
}

/** The report at the end corrects the one at the start; what it leaves open stays. */
function merged(first: JsonObject, last: JsonObject): JsonObject {
  return { ...first, ...Object.fromEntries(Object.entries(last).filter(([, value]) => value !== null)) };
}

/** Token counts under our names, as both codecs report them. */
function factsOf(usage: JsonObject): Facts {
  const facts: { [name: string]: number } = {};
  const put = (name: string, value: Json | undefined): void => {
    if (typeof value === "number") facts[name] = count(value, name);
  };
  put("input_tokens", usage["input_tokens"]);
  put("output_tokens", usage["output_tokens"]);
  put("cached_tokens", usage["cache_read_input_tokens"]);
  put("cache_write_tokens", usage["cache_creation_input_tokens"]);
  put("reasoning_tokens", isObject(usage["output_tokens_details"]) ? usage["output_tokens_details"]["thinking_tokens"] : undefined);
  return facts;
}
