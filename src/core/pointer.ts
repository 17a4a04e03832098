import { isArray, isObject, type Json, type JsonObject, parseJsonText } from "./json.ts";

/** Where a value stands: in what a call was asked (`args`), in what it answered (`result`), in the text of that, read as JSON (`text`); or written down (`value`). */
export type From = { readonly from: "args" | "result" | "text"; readonly path: string } | { readonly value: Json };

/** The value that it names; undefined where there is none. */
export function valueFrom(from: From, asked: JsonObject, result: Json | undefined): Json | undefined {
  if ("value" in from) return from.value;
  return at(from.from === "args" ? asked : from.from === "result" ? result : jsonInText(result), from.path);
}

/** The value that a JSON pointer (RFC 6901) leads to; undefined where there is none. */
export function at(value: Json | undefined, pointer: string): Json | undefined {
  let node = value;
  for (const step of stepsOf(pointer)) {
    if (node === undefined) return undefined;
    if (isArray(node)) node = /^(?:0|[1-9]\d{0,8})$/.test(step) ? node[Number(step)] : undefined;
    else node = isObject(node) && Object.hasOwn(node, step) ? node[step] : undefined;
  }
  return node;
}

const stepsOf = (pointer: string): readonly string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));

/** Many servers answer with JSON written as a text. */
function jsonInText(result: Json | undefined): Json | undefined {
  const blocks = result !== undefined && isObject(result) ? result["content"] : undefined;
  const text =
    typeof result === "string"
      ? result
      : blocks !== undefined && isArray(blocks)
        ? blocks.map((block) => (isObject(block) && typeof block["text"] === "string" ? block["text"] : "")).join("")
        : "";
  const parsed = parseJsonText(text);
  return parsed.ok ? parsed.value : undefined;
}
