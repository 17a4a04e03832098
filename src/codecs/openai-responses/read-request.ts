import { isObject, type Json, type JsonObject, stringsOf } from "../../core/json.ts";
import type { Asked, Misread } from "../codec.ts";
import { attachUnknown, type Collector, collector, define, refuseSteering, say } from "../collect.ts";
import { count, flag, flags, list, misfit, object, optional, reading, string, toolName, word, wordsIn } from "../shape.ts";
import { markRequest } from "./mark.ts";
import { KEPT, readItems } from "./read-items.ts";

/** A request for a response, understood. */
export interface ResponsesAsked extends Asked {
  /** What an answer repeats of its request, as the client wrote it. */
  readonly repeated: JsonObject;
}

/**
 * Reads the body of `POST /responses`. Parameters that are plain configuration are checked to be numbers, switches or words; all others, known or
 * not, are forwarded and their strings count as content of the user. Refused: whatever the provider keeps (`previous_response_id`,
 * `conversation`, `prompt`, references to items), answers that are made while nobody waits, and tools that the provider runs past every guard.
 */
export function readRequest(body: Json): Asked | Misread {
  return reading(() => {
    const asked = object(body, "body");
    refuseSteering(asked);
    for (const name of ["previous_response_id", "conversation", "prompt"]) optional(asked[name], name, () => misfit(KEPT, name));
    const into = collector();
    const model = word(asked["model"], "model");
    const stream = optional(asked["stream"], "stream", flag) ?? false;
    optional(asked["instructions"], "instructions", (text, at) => say(into, { kind: "system" }, string(text, at)));
    readItems(asked["input"], into);
    const said = into.content.length;
    if (said === 0) misfit("must not be empty", "input");
    readTools(asked, into);
    for (const [name, value] of Object.entries(asked)) readParameter(name, value, into);
    const user = optional(asked["user"], "user", string);
    const most = optional(asked["max_output_tokens"], "max_output_tokens", (value, at) => count(value, at, MOST_NUMBER));
    const read: ResponsesAsked = {
      model,
      stream,
      content: into.content,
      said,
      tools: into.tools,
      attached: into.attached,
      ...(most === undefined ? {} : { most }),
      ...expectsOf(asked["text"]),
      ...(user === undefined || user === "" ? {} : { user }),
      repeated: repeatedOf(asked),
      forward: (upstreamModel, marking) => ({ ...(marking === undefined ? asked : markRequest(asked, marking)), model: upstreamModel }),
    };
    return read;
  });
}

function readTools(asked: JsonObject, into: Collector): void {
  optional(asked["tools"], "tools", (tools) => {
    for (const [index, tool] of list(tools, "tools", MOST_TOOLS).entries()) {
      const at = `tools/${index}`;
      const read = object(tool, at);
      const type = string(read["type"], `${at}/type`);
      if (type === "function" || type === "custom") define(into, toolName(read["name"], `${at}/name`), read);
      // The provider searches by itself; the name makes that visible to whoever decides which tools this agent may have.
      else if (/^web_search(?:_preview)?(?:_\d{4}_\d{2}_\d{2})?$/.test(type)) {
        define(into, "web_search", read);
        attachUnknown(into);
      } else misfit("is a tool that the provider would run past every guard, or one that is not known here", `${at}/type`);
    }
  });
}

/** The form that the answer is asked to have. A kind that is not known here says nothing of JSON. */
function expectsOf(text: Json | undefined): Pick<Asked, "expects"> {
  const format = isObject(text) ? text["format"] : undefined;
  if (!isObject(format)) return {};
  if (format["type"] === "json_object") return { expects: "json" };
  if (format["type"] !== "json_schema") return {};
  return { expects: format["schema"] === undefined ? "json" : object(format["schema"], "text/format/schema") };
}

/** A parameter by itself. What is not listed here counts as content, whatever it is. */
function readParameter(name: string, value: Json, into: Collector): void {
  if (value === null || ELSEWHERE.has(name)) return;
  if (NUMBERS.has(name)) {
    if (typeof value !== "number") misfit("must be a number", name);
  } else if (FLAGS.has(name)) flag(value, name);
  else if (WORDS.has(name)) word(value, name);
  else if (name === "background") {
    if (flag(value, name)) misfit("asks for an answer that nobody waits for, so nobody here would inspect it", name);
  } else if (name === "stream_options") {
    flags(value, name);
  } else if (name === "include") {
    for (const [index, one] of list(value, name, 64).entries()) word(one, `include/${index}`);
  } else if (name === "reasoning" || name === "tool_choice") {
    // Names, types and modes: nothing in them is prose.
    wordsIn(value, name);
  } else if (name === "text") readForm(object(value, name), into);
  else {
    if (name === "user") string(value, name);
    if (name === "metadata") object(value, name);
    say(into, { kind: "user" }, (KNOWN.has(name) ? stringsOf(value) : [name, ...stringsOf(value)]).join("\n"));
  }
}

/** What the answer's text must look like. A schema holds prose; the plain kinds are words, and no request of the user's. */
function readForm(text: JsonObject, into: Collector): void {
  for (const [name, value] of Object.entries(text)) {
    if (value === null) continue;
    if (name === "verbosity") word(value, "text/verbosity");
    else if (name === "format" && isObject(value) && Object.keys(value).length === 1) word(value["type"], "text/format/type");
    else say(into, { kind: "user" }, stringsOf(name === "format" ? object(value, "text/format") : { [name]: value }).join("\n"));
  }
}

/** INVARIANT: only what the client itself sent, or the vendor's default; nothing of it comes from upstream. */
function repeatedOf(asked: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(DEFAULTS).map(([name, value]) => [name, asked[name] ?? value]));
}

const DEFAULTS: JsonObject = {
  background: false,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: null, summary: null },
  store: true,
  temperature: 1,
  text: { format: { type: "text" } },
  tool_choice: "auto",
  tools: [],
  top_p: 1,
  truncation: "disabled",
};

const MOST_TOOLS = 1_024;
const MOST_NUMBER = 1e7;
const ELSEWHERE = new Set(["model", "stream", "input", "instructions", "tools", "max_output_tokens"]);
const NUMBERS = new Set(["max_tool_calls", "temperature", "top_logprobs", "top_p"]);
const FLAGS = new Set(["parallel_tool_calls", "store"]);
const WORDS = new Set(["prompt_cache_retention", "service_tier", "truncation"]);
/** Content, but its name needs no reading. */
const KNOWN = new Set(["metadata", "moderation", "prompt_cache_key", "safety_identifier", "user"]);
