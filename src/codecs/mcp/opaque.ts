import { isArray, isObject, type Json, type JsonObject } from "../../core/json.ts";

/** A result, or the parameters of a notification, with what no detector reads taken out of it, to be put back in its place. */
export interface Readable {
  readonly value: JsonObject;
  /** The value, filtered meanwhile, with the opaque parts where they were. */
  restore(filtered: JsonObject): JsonObject;
}

/** Fields that only the side that made them reads again. A mask in them would break them; they are never shown to a model. */
const TOKENS: ReadonlySet<string> = new Set(["nextCursor", "requestState", "progressToken"]);
const BLOCKS = /^(?:image|audio)$/;

/**
 * Bytes of pictures, sound and files pass unread, because no detector sees pictures; so do cursors and states, which are the server's own.
 * Where they may stand is fixed by the protocol, so that no text can hide by calling itself one: `data` of an image or sound block,
 * `blob` of a resource, each base64 and nothing else.
 */
export function readable(result: JsonObject): Readable {
  const taken: { readonly path: readonly (string | number)[]; readonly value: Json }[] = [];
  const walk = (node: Json, path: readonly (string | number)[]): Json => {
    if (isArray(node)) return node.map((item, index) => walk(item, [...path, index]));
    if (!isObject(node)) return node;
    return Object.fromEntries(
      Object.entries(node).map(([name, item]) => {
        if (!isOpaque(node, name, item, path)) return [name, walk(item, [...path, name])];
        taken.push({ path: [...path, name], value: item });
        return [name, ""];
      }),
    );
  };
  const value = walk(result, []) as JsonObject;
  return { value, restore: (filtered) => taken.reduce((all, { path, value }) => placed(all, path, value) as JsonObject, filtered) };
}

function isOpaque(node: JsonObject, name: string, item: Json, path: readonly (string | number)[]): boolean {
  if (typeof item !== "string") return false;
  if (path.length === 0) return TOKENS.has(name) && item.length <= MOST_TOKEN;
  // The same names inside what a tool itself structures are the tool's words, not the protocol's.
  if (path[0] === "structuredContent") return false;
  if (name === "data") return typeof node["type"] === "string" && BLOCKS.test(node["type"]) && isBase64(item);
  return name === "blob" && typeof node["uri"] === "string" && isBase64(item);
}

const MOST_TOKEN = 16_384;
const isBase64 = (text: string): boolean => /^[A-Za-z0-9+/_-]*={0,2}$/.test(text);

function placed(node: Json, [step, ...rest]: readonly (string | number)[], value: Json): Json {
  if (step === undefined) return value;
  if (isArray(node)) return node.map((item, index) => (index === step ? placed(item, rest, value) : item));
  if (!isObject(node) || !Object.hasOwn(node, step)) return node;
  return { ...node, [step]: placed(node[step] as Json, rest, value) };
}
