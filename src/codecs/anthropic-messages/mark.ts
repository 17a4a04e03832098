import { isArray, isObject, type Json, type JsonObject } from "../../core/json.ts";
import { behind, type Marking, rewritten } from "../marking.ts";

/** The request with what Holdfast adds: behind the system prompt, and in what tools answered. */
export function markRequest(body: JsonObject, { system, result }: Marking): JsonObject {
  const said = system === "" ? body : { ...body, system: body["system"] === undefined || body["system"] === null ? system : behind(body["system"], system) };
  const messages = said["messages"];
  if (result === undefined || messages === undefined || !isArray(messages)) return said;
  const names = new Map<string, string>();
  const block = (given: Json): Json => {
    if (!isObject(given)) return given;
    const { type, id, name, toolset_name, tool_use_id } = given;
    if (type === "tool_use") names.set(String(id), toolset_name === undefined ? String(name) : `${String(toolset_name)}.${String(name)}`);
    if (type !== "tool_result" || given["content"] === undefined) return given;
    const known = names.get(String(tool_use_id));
    return { ...given, content: rewritten(given["content"], (text) => result(text, known === undefined ? { kind: "tool" } : { kind: "tool", id: known })) };
  };
  const message = (given: Json): Json => {
    const content = isObject(given) ? given["content"] : undefined;
    return isObject(given) && content !== undefined && isArray(content) ? { ...given, content: content.map(block) } : given;
  };
  return { ...said, messages: messages.map(message) };
}
