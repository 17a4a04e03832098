import { isObject, type Json, type JsonObject, stringsOf } from "../../core/json.ts";
import type { Asked, Misread } from "../codec.ts";
import { attachUnknown, type Collector, collector, define, refuseSteering, say, sayUnread } from "../collect.ts";
import { flag, flags, list, misfit, object, oneOf, optional, reading, string, toolName, word, wordsIn } from "../shape.ts";
import { markMessages } from "./mark.ts";
import { readMessages } from "./read-messages.ts";

/** A chat completion request, understood. */
export interface ChatAsked extends Asked {
  /** Whether the client asked for the usage report at the end of a stream. */
  readonly includeUsage: boolean;
}

/**
 * Reads the body of `POST /chat/completions`. Parameters that are plain configuration are checked to be numbers, switches or words; all
 * others, known or not, are forwarded and their strings count as content of the user. Refused: answers as sound (no detector hears
 * them), tools of unknown kind, and everything that would choose the destination or its credential.
 */
export function readRequest(body: Json): Asked | Misread {
  return reading(() => {
    const asked = object(body, "body");
    refuseSteering(asked);
    const into = collector();
    const model = word(asked["model"], "model");
    const stream = optional(asked["stream"], "stream", flag) ?? false;
    readMessages(asked["messages"], into);
    const said = into.content.length;
    readTools(asked, into);
    for (const [name, value] of Object.entries(asked)) readParameter(name, value, into);
    const user = optional(asked["user"], "user", string);
    const options = optional(asked["stream_options"], "stream_options", object);
    const read: ChatAsked = {
      model,
      stream,
      content: into.content,
      said,
      tools: into.tools,
      attached: into.attached,
      ...mostOf(asked),
      ...expectsOf(asked["response_format"]),
      ...(user === undefined || user === "" ? {} : { user }),
      includeUsage: options?.["include_usage"] === true,
      forward: (upstreamModel, marking) =>
        forward(marking === undefined ? asked : { ...asked, messages: markMessages(asked["messages"] as readonly Json[], marking) }, upstreamModel, stream),
    };
    return read;
  });
}

/** What was read, with the upstream's name for the model. A stream always reports its usage to us, which is dropped again for clients that did not ask. */
function forward(asked: JsonObject, model: string, stream: boolean): Json {
  if (!stream) return { ...asked, model };
  const options = isObject(asked["stream_options"]) ? asked["stream_options"] : {};
  return { ...asked, model, stream_options: { ...options, include_usage: true } };
}

function readTools(asked: JsonObject, into: Collector): void {
  optional(asked["tools"], "tools", (tools) => {
    for (const [index, tool] of list(tools, "tools", MOST_TOOLS).entries()) {
      const at = `tools/${index}`;
      const read = object(tool, at);
      const type = oneOf(read["type"], `${at}/type`, ["function", "custom"]);
      const definition = object(read[type], `${at}/${type}`);
      define(into, toolName(definition["name"], `${at}/${type}/name`), read);
    }
  });
  optional(asked["functions"], "functions", (functions) => {
    for (const [index, definition] of list(functions, "functions", MOST_TOOLS).entries()) {
      const read = object(definition, `functions/${index}`);
      define(into, toolName(read["name"], `functions/${index}/name`), read);
    }
  });
  // The provider searches by itself; the name makes that visible to whoever decides which tools this agent may have.
  if (isObject(asked["web_search_options"])) {
    into.tools.push("web_search");
    attachUnknown(into);
    // What it finds is told to nobody but the model.
    sayUnread(into, { kind: "web" });
  }
}

/** How long the answer may become. Servers read one of two names, so the greater counts; every further choice is another answer. */
function mostOf(asked: JsonObject): Pick<Asked, "most"> {
  const { n, max_tokens, max_completion_tokens } = asked;
  const choices = n ?? 1;
  // What a guess of the answer did not hit is charged beside the answer; and some servers write several answers to give the best one.
  if (!isCount(choices) || isObject(asked["prediction"]) || asked["best_of"] !== undefined || asked["use_beam_search"] !== undefined)
    return { most: "unbounded" };
  const given = [max_tokens, max_completion_tokens].filter((most) => most !== undefined && most !== null);
  if (given.length > 0) return { most: given.every(isCount) ? Math.max(...given) * choices : "unbounded" };
  return choices === 1 ? {} : { most: "unbounded" };
}

const isCount = (value: Json | undefined): value is number => typeof value === "number" && Number.isSafeInteger(value) && value >= 1 && value <= MOST_NUMBER;
const MOST_NUMBER = 1e7;

/** The form that the answer is asked to have. A kind that is not known here says nothing of JSON. */
function expectsOf(format: Json | undefined): Pick<Asked, "expects"> {
  if (!isObject(format)) return {};
  if (format["type"] === "json_object") return { expects: "json" };
  if (format["type"] !== "json_schema") return {};
  const { schema } = object(format["json_schema"], "response_format/json_schema");
  return { expects: schema === undefined ? "json" : object(schema, "response_format/json_schema/schema") };
}

/** A parameter by itself. What is not listed here counts as content, whatever it is. */
function readParameter(name: string, value: Json, into: Collector): void {
  if (value === null || ELSEWHERE.has(name)) return;
  if (NUMBERS.has(name)) {
    if (typeof value !== "number") misfit("must be a number", name);
  } else if (FLAGS.has(name)) flag(value, name);
  else if (WORDS.has(name)) word(value, name);
  else if (name === "modalities") {
    for (const [index, modality] of list(value, name, 8).entries()) oneOf(modality, `modalities/${index}`, ["text"]);
  } else if (name === "audio") misfit("asks for an answer as sound, which cannot be inspected", name);
  else if (name === "stream_options") {
    flags(value, name);
  } else if (name === "logit_bias") {
    for (const [token, bias] of Object.entries(object(value, name)))
      if (!/^\d{1,9}$/.test(token) || typeof bias !== "number") misfit("must map token numbers to numbers", name);
  } else if (name === "tool_choice" || name === "function_call") wordsIn(value, name);
  else {
    if (name === "stop" && typeof value !== "string") for (const [index, one] of list(value, name, 64).entries()) string(one, `stop/${index}`);
    if (name === "user") string(value, name);
    if (name === "metadata" || name === "response_format" || name === "prediction") object(value, name);
    say(into, { kind: "user" }, (KNOWN.has(name) ? stringsOf(value) : [name, ...stringsOf(value)]).join("\n"));
  }
}

const MOST_TOOLS = 1_024;
const ELSEWHERE = new Set(["model", "stream", "messages", "tools", "functions"]);
const NUMBERS = new Set(
  "frequency_penalty max_completion_tokens max_tokens min_p n presence_penalty repetition_penalty seed temperature top_k top_logprobs top_p".split(" "),
);
const FLAGS = new Set(["logprobs", "parallel_tool_calls", "store"]);
const WORDS = new Set(["prompt_cache_retention", "reasoning_effort", "service_tier", "verbosity"]);
/** Content, but its name needs no reading. */
const KNOWN = new Set([
  "metadata",
  "moderation",
  "prediction",
  "prompt_cache_key",
  "prompt_cache_options",
  "response_format",
  "safety_identifier",
  "stop",
  "user",
  "web_search_options",
]);
