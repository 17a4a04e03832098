import type { Source } from "../../core/content.ts";
import { isArray, isObject, type Json, type JsonObject } from "../../core/json.ts";
import { behindOperator, type Marking, rewritten } from "../marking.ts";

/** The request with what Holdfast adds: behind the operator's last words at the beginning, and in what tools answered. */
export function markRequest(asked: JsonObject, { system, result }: Marking): JsonObject {
  const names = new Map<string, string>();
  const given = asked["input"];
  const items = given !== undefined && isArray(given) ? given.map((item) => markItem(item, names, result)) : undefined;
  const marked = items === undefined ? asked : { ...asked, input: items };
  if (system === "") return marked;
  // `instructions` stand before all items, so what leads the items is said after them.
  const input = items === undefined ? undefined : behindOperator(items, system, "input_text");
  if (input !== undefined) return { ...marked, input };
  const { instructions } = asked;
  return { ...marked, instructions: typeof instructions === "string" && instructions !== "" ? `${instructions}\n\n${system}` : system };
}

function markItem(item: Json, names: Map<string, string>, result: Marking["result"]): Json {
  if (!isObject(item)) return item;
  const id = String(item["call_id"]);
  if (typeof item["name"] === "string") names.set(id, item["name"]);
  if (result === undefined || (item["type"] !== "function_call_output" && item["type"] !== "custom_tool_call_output")) return item;
  const name = names.get(id);
  const source: Source = name === undefined ? { kind: "tool" } : { kind: "tool", id: name };
  return { ...item, output: rewritten(item["output"], (text) => result(text, source)) };
}
