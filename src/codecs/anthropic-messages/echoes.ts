import type { Content } from "../../core/content.ts";
import { isArray, isObject, type Json } from "../../core/json.ts";
import { collector } from "../collect.ts";
import { blockReader, readBlocks } from "./read-blocks.ts";

/** Clients send back all blocks, or all but thinking. */
export function echoes(whole: Json): readonly (readonly Content[])[] {
  const blocks = isObject(whole) && whole["content"] !== undefined && isArray(whole["content"]) ? whole["content"] : [];
  const said = blocks.filter((block) => !isObject(block) || !/^(?:redacted_)?thinking$/.test(String(block["type"])));
  return [blocks, said].map((sent) => {
    const into = collector();
    readBlocks(sent, { kind: "model" }, "content", blockReader(into));
    return into.content;
  });
}
