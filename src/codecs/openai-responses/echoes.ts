import type { Content } from "../../core/content.ts";
import { isArray, isObject, type Json } from "../../core/json.ts";
import { collector } from "../collect.ts";
import { readItems } from "./read-items.ts";

/** Clients send back the items as they got them, or only what was said and called: thinking, searches and citations are often left away. */
export function echoes(whole: Json): readonly (readonly Content[])[] {
  const output = isObject(whole) && whole["output"] !== undefined && isArray(whole["output"]) ? whole["output"] : [];
  const said = output.flatMap((item) => {
    if (!isObject(item) || item["type"] === "reasoning" || item["type"] === "web_search_call") return [];
    const { content } = item;
    if (content === undefined || !isArray(content)) return [item];
    return [{ ...item, content: content.map((part) => (isObject(part) ? { ...part, annotations: [] } : part)) }];
  });
  return [output, said].map((items) => {
    const into = collector();
    readItems(items, into);
    return into.content;
  });
}
