import { randomBytes } from "node:crypto";
import { isArray, isObject, type Json, type JsonObject } from "../../core/json.ts";

/**
 * Texts that the agent passes on without having read them. In place of a text it gets a handle; where a handle comes back in an argument,
 * the gateway puts the text there, after the call was decided. What the text says cannot move a model that never sees it, so it leaves no
 * mark on what the agent does next. INVARIANT: a handle is random and good for the key that got it; no text can contain one that works.
 */
export interface Handles {
  /** A result with a handle in place of each text of it. Pictures, sound and files are left away: a model would read them. */
  hide(result: JsonObject): JsonObject;
  /** Arguments with the texts of their handles. Undefined where one is not known, or not any more. */
  expand(args: JsonObject): JsonObject | undefined;
}

const HANDLE = /hf:\/\/v\/[A-Za-z0-9_-]{22}/g;
const MOST_TEXTS = 1_000;
const MOST_LENGTH = 8_000_000;

export function createHandles(): Handles {
  const texts = new Map<string, string>();
  let length = 0;
  const keep = (text: string): string => {
    const handle = `hf://v/${randomBytes(16).toString("base64url")}`;
    texts.set(handle, text);
    length += text.length;
    for (const [oldest, { length: of }] of texts) {
      if (texts.size <= MOST_TEXTS && length <= MOST_LENGTH) break;
      texts.delete(oldest);
      length -= of;
    }
    return handle;
  };
  const hidden = (node: Json): Json => {
    if (typeof node === "string") return keep(node);
    if (isArray(node)) return node.map(hidden);
    // Names of fields are the tool's own; what stands under them is not.
    return isObject(node) ? Object.fromEntries(Object.entries(node).map(([name, item]) => [name, hidden(item)])) : node;
  };
  const expanded = (node: Json): Json => {
    if (isArray(node)) return node.map(expanded);
    if (isObject(node)) return Object.fromEntries(Object.entries(node).map(([name, item]) => [name, expanded(item)]));
    if (typeof node !== "string") return node;
    return node.replace(HANDLE, (handle) => {
      const text = texts.get(handle);
      if (text === undefined) throw new UnknownHandle();
      return text;
    });
  };
  return {
    hide(result) {
      const { content = [], structuredContent, ...rest } = result;
      const blocks = (isArray(content) ? content : []).map((block): Json => {
        const text = textOf(block);
        const said =
          text === undefined
            ? "something that is no text was left away"
            : `${keep(text)} holds ${text.length} characters that are not shown; pass it on as it is`;
        return { type: "text", text: `[Holdfast] ${said}` };
      });
      return { ...rest, content: blocks, ...(structuredContent === undefined ? {} : { structuredContent: hidden(structuredContent) }) };
    },
    expand(args) {
      try {
        return expanded(args) as JsonObject;
      } catch (error) {
        if (error instanceof UnknownHandle) return undefined;
        throw error;
      }
    },
  };
}

class UnknownHandle extends Error {}

function textOf(block: Json): string | undefined {
  if (!isObject(block)) return undefined;
  const { text, resource } = block;
  if (typeof text === "string") return text;
  return isObject(resource) && typeof resource["text"] === "string" ? resource["text"] : undefined;
}
