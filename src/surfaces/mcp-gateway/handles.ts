import { randomBytes } from "node:crypto";
import type { Content } from "../../core/content.ts";
import { isArray, isObject, type Json, type JsonObject, stringsOf } from "../../core/json.ts";
import { NEUTRAL_LABEL } from "../../core/label.ts";

/**
 * Texts that the agent passes on without having read them. In place of a text it gets a handle; where a handle comes back in an argument,
 * the gateway puts the text there, after the call was decided. What the text says cannot move a model that never sees it, so it leaves no
 * mark on what the agent does next. INVARIANT: a handle is random and good for the key that got it; no text can contain one that works.
 */
export interface Handles {
  /**
   * A result with a handle in place of each text of it. Pictures, sound and files are left away, and so is every field that MCP does not need:
   * a model would read them. `declared` is the schema of its structure: names that are not in it are texts like any other.
   */
  hide(result: JsonObject, from: From, declared?: Json): JsonObject;
  /**
   * What stands behind the handles in these arguments, as far as it says who may read it. ATTACK: a text that only some may read is passed on unread
   * to somebody else. Who wrote it stays out: that moved nobody.
   */
  behind(args: JsonObject): readonly Content[];
  /** Arguments with the texts of their handles. Undefined where one is not known, or not any more. */
  expand(args: JsonObject): JsonObject | undefined;
}

/** Whose text it is. */
export type From = Pick<Content, "source" | "label">;

const BEGINS = "hf://v/";
const HANDLE = /hf:\/\/v\/[A-Za-z0-9_-]{22}/g;
const MOST_TEXTS = 1_000;
const MOST_LENGTH = 8_000_000;

export function createHandles(): Handles {
  const texts = new Map<string, { readonly text: string; readonly from: From }>();
  let length = 0;
  const keep = (text: string, from: From): string => {
    const handle = `hf://v/${randomBytes(16).toString("base64url")}`;
    texts.set(handle, { text, from });
    length += text.length;
    for (const [oldest, { text: of }] of texts) {
      if (texts.size <= MOST_TEXTS && length <= MOST_LENGTH) break;
      texts.delete(oldest);
      length -= of.length;
    }
    return handle;
  };
  const hidden = (node: Json, from: From, isOwn: (name: string) => boolean): Json => {
    if (typeof node === "string") return keep(node, from);
    if (isArray(node)) return node.map((item) => hidden(item, from, isOwn));
    if (!isObject(node)) return node;
    // ATTACK: a table of whatever somebody wrote says it in the names of its fields.
    return Object.fromEntries(Object.entries(node).map(([name, item]) => [isOwn(name) ? name : keep(name, from), hidden(item, from, isOwn)]));
  };
  const expanded = (node: Json): Json => {
    if (isArray(node)) return node.map(expanded);
    if (isObject(node)) return Object.fromEntries(Object.entries(node).map(([name, item]) => [name, expanded(item)]));
    if (typeof node !== "string") return node;
    return node.replace(HANDLE, (handle) => {
      const known = texts.get(handle);
      if (known === undefined) throw new UnknownHandle();
      return known.text;
    });
  };
  return {
    hide(result, from, declared) {
      const { content = [], structuredContent, isError, resultType } = result;
      const isOwn = ownNames(declared);
      const blocks = (isArray(content) ? content : []).map((block): Json => {
        const text = textOf(block);
        const said =
          text === undefined
            ? "something that is no text was left away"
            : `${keep(text, from)} holds ${text.length} characters that are not shown; pass it on as it is`;
        return { type: "text", text: `[Holdfast] ${said}` };
      });
      return {
        content: blocks,
        ...(structuredContent === undefined ? {} : { structuredContent: hidden(structuredContent, from, isOwn) }),
        ...(typeof isError === "boolean" ? { isError } : {}),
        ...(resultType === "complete" ? { resultType } : {}),
      };
    },
    behind(args) {
      const found = new Set(texts.size === 0 ? [] : stringsOf(args).flatMap((said) => (said.match(HANDLE) ?? []).flatMap((one) => texts.get(one)?.from ?? [])));
      return [...found].map(({ source, label }) => ({ source, label: { ...label, integrity: NEUTRAL_LABEL.integrity }, text: "" }));
    },
    expand(args) {
      if (!stringsOf(args).some((said) => said.includes(BEGINS))) return args;
      try {
        return expanded(args) as JsonObject;
      } catch (error) {
        if (error instanceof UnknownHandle) return undefined;
        throw error;
      }
    },
  };
}

/** Names that the tool itself gives its fields: those of its schema, which is pinned; where it has none, what is short and plain like a name. */
function ownNames(declared: Json | undefined): (name: string) => boolean {
  const names = new Set<string>();
  const walk = (node: Json): void => {
    if (isArray(node)) node.forEach(walk);
    if (!isObject(node)) return;
    for (const name of isObject(node["properties"]) ? Object.keys(node["properties"]) : []) names.add(name);
    Object.values(node).forEach(walk);
  };
  if (declared !== undefined) walk(declared);
  return declared === undefined ? (name) => PLAIN_NAME.test(name) : (name) => names.has(name);
}
const PLAIN_NAME = /^[A-Za-z_][\w-]{0,31}$/;

class UnknownHandle extends Error {}

function textOf(block: Json): string | undefined {
  if (!isObject(block)) return undefined;
  const { text, resource } = block;
  if (typeof text === "string") return text;
  return isObject(resource) && typeof resource["text"] === "string" ? resource["text"] : undefined;
}
