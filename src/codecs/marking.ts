import type { Source } from "../core/content.ts";
import { isArray, isObject, type Json, type JsonObject } from "../core/json.ts";

/** What Holdfast puts into a request on its way to the model. What the user typed is never touched. */
export interface Marking {
  /** Said behind the operator's own words; the operator's part is made where there is none. Empty: nothing is said. */
  readonly system: string;
  /** How a text that a tool brought is written; the same text where it stays as it is. */
  readonly result?: (text: string, source: Source) => string;
}

/** Puts a text behind content that is one text or a list of parts, whose texts are of this type. */
export function behind(content: Json | undefined, text: string, type = "text"): Json {
  if (typeof content === "string") return content === "" ? text : `${content}\n\n${text}`;
  return [...(content !== undefined && isArray(content) ? content : []), { type, text }];
}

/** The messages with a text behind the last of those that lead them and are the operator's; undefined where none does. */
export function behindOperator(messages: readonly Json[], text: string, type?: string): readonly Json[] | undefined {
  const first = messages.findIndex((message) => !isObject(message) || (message["role"] !== "system" && message["role"] !== "developer"));
  const last = (first < 0 ? messages.length : first) - 1;
  const operator = messages[last];
  if (operator === undefined || !isObject(operator)) return undefined;
  return messages.with(last, { ...operator, content: behind(operator["content"], text, type) });
}

/** The content of a tool's result with each text of it written otherwise, however deep it stands: documents and pages in it are the tool's too. */
export function rewritten(content: Json | undefined, write: (text: string) => string): Json {
  if (content === undefined) return null;
  if (typeof content === "string") return content === "" ? content : write(content);
  if (!isArray(content)) return content;
  return content.map((part) => (isObject(part) ? rewrittenPart(part, write) : part));
}

function rewrittenPart(part: JsonObject, write: (text: string) => string): JsonObject {
  const { type, text, content, source } = part;
  if ((type === "text" || type === "input_text") && typeof text === "string" && text !== "") return { ...part, text: write(text) };
  if (type === "document" && isObject(source)) {
    const named = besideText(part, write);
    if (source["type"] === "text" && typeof source["data"] === "string") return { ...named, source: { ...source, data: write(source["data"]) } };
    return source["type"] === "content" ? { ...named, source: { ...source, content: rewritten(source["content"], write) } } : named;
  }
  return type === "search_result" ? { ...besideText(part, write), content: rewritten(content, write) } : part;
}

/** ATTACK: an order in the title of a document is read as the document's text is. */
function besideText(part: JsonObject, write: (text: string) => string): JsonObject {
  const beside = ["title", "context"].flatMap((name): [string, Json][] => {
    const text = part[name];
    return typeof text === "string" && text !== "" ? [[name, write(text)]] : [];
  });
  return { ...part, ...Object.fromEntries(beside) };
}
