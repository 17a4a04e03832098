import type { Source } from "../../core/content.ts";
import { isArray, isObject, type Json, type JsonObject, stringsOf } from "../../core/json.ts";
import type { Asked, Misread } from "../codec.ts";
import { attachUnknown, type Collector, collector, define, refuseSteering, say, sayRest } from "../collect.ts";
import { count, flag, list, misfit, object, oneOf, optional, reading, string, toolName, word, wordsIn } from "../shape.ts";
import { markRequest } from "./mark.ts";
import { blockReader, readBlocks } from "./read-blocks.ts";

/** A messages request, understood. */
export interface MessagesAsked extends Asked {
  /** The only texts that an answer may name as the one it stopped at. */
  readonly stopSequences: readonly string[];
}

/**
 * Reads the body of `POST /messages` (and of `/messages/count_tokens`, which lacks `max_tokens`). The rule is that of every codec: what
 * is forwarded was checked to be a number, a switch, a word or bytes, or it counts as content. Refused: MCP servers, which the provider
 * would call by itself past every guard, and everything that would choose the destination or its credential.
 */
export function readRequest(body: Json): Asked | Misread {
  return reading(() => {
    const asked = object(body, "body");
    refuseSteering(asked);
    if (asked["mcp_servers"] !== undefined) misfit("names servers that the provider would call unguarded", "mcp_servers");
    const into = collector();
    const model = word(asked["model"], "model");
    const stream = optional(asked["stream"], "stream", flag) ?? false;
    const messages = readConversation(asked, into);
    const said = into.content.length;
    optional(asked["tools"], "tools", (tools) => readTools(tools, into));
    for (const [name, value] of Object.entries(asked)) readParameter(name, value, into);
    const user = optional(asked["metadata"], "metadata", (value, at) => optional(object(value, at)["user_id"], "metadata/user_id", string));
    const stopSequences = optional(asked["stop_sequences"], "stop_sequences", (value, at) => list(value, at, 1_024).map((one, i) => string(one, `${at}/${i}`)));
    const read: MessagesAsked = {
      model,
      stream,
      content: into.content,
      said,
      tools: into.tools,
      attached: into.attached,
      ...(typeof asked["max_tokens"] === "number" ? { most: asked["max_tokens"] } : {}),
      ...expectsOf(asked),
      ...(user === undefined || user === "" ? {} : { user }),
      stopSequences: stopSequences ?? [],
      forward(upstreamModel, marking) {
        const body = { ...asked, messages, model: upstreamModel };
        return marking === undefined ? body : markRequest(body, marking);
      },
    };
    return read;
  });
}

/** The form that the answer is asked to have, in the place where it stands today or the one where it stood before. */
function expectsOf({ output_config: config, output_format: format }: JsonObject): Pick<Asked, "expects"> {
  const asked = (isObject(config) ? config["format"] : undefined) ?? format;
  if (!isObject(asked) || asked["type"] !== "json_schema") return {};
  return { expects: object(asked["schema"], "output_config/format/schema") };
}

function readConversation(asked: JsonObject, into: Collector): readonly Json[] {
  const blocks = blockReader(into);
  optional(asked["system"], "system", (system, at) => readBlocks(system, { kind: "system" }, at, blocks));
  const messages = list(asked["messages"], "messages", 100_000);
  if (messages.length === 0) misfit("must not be empty", "messages");
  return messages.map((item, index) => {
    const at = `messages/${index}`;
    const message = object(item, at);
    const role = oneOf(message["role"], `${at}/role`, ["user", "assistant", "system"]);
    const source: Source = { kind: role === "assistant" ? "model" : role };
    readBlocks(message["content"], source, `${at}/content`, blocks);
    sayRest(into, source, message, MESSAGE);
    return role === "assistant" ? withoutUnsigned(message) : message;
  });
}

/**
 * Thinking that the output filter changed lost its signature on its way out (see the writers), and the provider refuses it when it
 * comes back unsigned. It may leave earlier thinking away, so it does.
 */
function withoutUnsigned(message: JsonObject): JsonObject {
  const { content } = message;
  if (content === undefined || !isArray(content)) return message;
  const kept = content.filter((block) => !(isObject(block) && block["type"] === "thinking" && block["signature"] === ""));
  return kept.length === content.length || kept.length === 0 ? message : { ...message, content: kept };
}

function readTools(tools: Json, into: Collector): void {
  for (const [index, item] of list(tools, "tools", 1_024).entries()) {
    const at = `tools/${index}`;
    const tool = object(item, at);
    const type = optional(tool["type"], `${at}/type`, word) ?? "custom";
    if (type === "mcp_toolset") misfit("names tools that the provider would call unguarded", at);
    // A toolset has no name of its own; its tools are called by the toolset's (`browser.navigate`).
    const name = tool["name"] === undefined && type !== "custom" ? type.replace(/_toolset_\d+$/, "") : toolName(tool["name"], `${at}/name`);
    if (type === "custom") object(tool["input_schema"], `${at}/input_schema`);
    // Of the vendor's own tools these run at the client; the others let the provider read as much as it likes.
    else if (!/^(?:bash|text_editor|computer|memory)_\d+$/.test(type)) attachUnknown(into);
    define(into, name, tool);
  }
}

/** A parameter by itself. What is not listed here counts as content of the user, whatever it is. */
function readParameter(name: string, value: Json, into: Collector): void {
  if (value === null || ELSEWHERE.has(name)) return;
  if (name === "max_tokens" || name === "top_k") count(value, name);
  else if (name === "temperature" || name === "top_p") {
    if (typeof value !== "number") misfit("must be a number", name);
  } else if (WORDS.has(name)) {
    // Types, modes and efforts: nothing in these is prose.
    wordsIn(value, name);
  } else say(into, { kind: "user" }, (KNOWN.has(name) ? stringsOf(value) : [name, ...stringsOf(value)]).join("\n"));
}

const MESSAGE = new Set(["role", "content"]);
const ELSEWHERE = new Set(["model", "stream", "messages", "system", "tools"]);
const WORDS = new Set("cache_control inference_geo service_tier speed thinking tool_choice user_profile_id workspace_id".split(" "));
/** Content, but its name needs no reading. */
const KNOWN = new Set(["container", "context_management", "diagnostics", "metadata", "output_config", "output_format", "stop_sequences"]);
