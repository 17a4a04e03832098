import { isArray, isObject, type Json, type JsonObject } from "../../core/json.ts";
import { behindOperator, type Marking, rewritten } from "../marking.ts";

/** The messages with what Holdfast adds: behind the operator's last words at the beginning, and in what tools answered. */
export function markMessages(messages: readonly Json[], { system, result }: Marking): readonly Json[] {
  const names = new Map<string, string>();
  const written = messages.map((message) => {
    if (!isObject(message)) return message;
    note(message, names);
    if (result === undefined || (message["role"] !== "tool" && message["role"] !== "function")) return message;
    const id = message["role"] === "function" ? message["name"] : names.get(String(message["tool_call_id"]));
    const source = typeof id === "string" ? ({ kind: "tool", id } as const) : ({ kind: "tool" } as const);
    return { ...message, content: rewritten(message["content"], (text) => result(text, source)) };
  });
  if (system === "") return written;
  return behindOperator(written, system) ?? [{ role: "system", content: system }, ...written];
}

/** Which tool a later result will be of. */
function note(message: JsonObject, names: Map<string, string>): void {
  const calls = message["tool_calls"];
  if (calls === undefined || !isArray(calls)) return;
  for (const call of calls) {
    if (!isObject(call)) continue;
    const inner = call[String(call["type"] ?? "function")];
    if (isObject(inner ?? null) && typeof call["id"] === "string") names.set(call["id"], String((inner as JsonObject)["name"]));
  }
}
