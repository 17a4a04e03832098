import type { Content } from "../../core/content.ts";
import { isArray, isObject, type Json } from "../../core/json.ts";
import { collector } from "../collect.ts";
import { readMessages } from "./read-messages.ts";

/** Clients send back the message as they got it, or only what every server takes: thinking and annotations are often left away. */
export function echoes(whole: Json): readonly (readonly Content[])[] {
  const choices = isObject(whole) && whole["choices"] !== undefined && isArray(whole["choices"]) ? whole["choices"] : [];
  return choices.flatMap((choice) => {
    const message = isObject(choice) ? choice["message"] : undefined;
    if (!isObject(message)) return [];
    return [message, Object.fromEntries(Object.entries(message).filter(([name]) => TAKEN.has(name)))].map((one) => {
      const into = collector();
      readMessages([one], into);
      return into.content;
    });
  });
}

const TAKEN = new Set(["role", "content", "refusal", "tool_calls", "function_call"]);
