import { isArray, isObject, type Json, type JsonObject } from "../../core/json.ts";
import { bytesOf, isText, textOf } from "../collect.ts";
import { isBytes } from "../shape.ts";

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
 * `blob` of a resource, each base64 and nothing else. A file that says that it is text is shown to the model as such, so it is read as such.
 */
export function readable(result: JsonObject): Readable {
  // Most results are text: nothing is taken out of them, so nothing is put back.
  if (!holdsOpaque(result, "top")) return { value: result, restore: (filtered) => filtered };
  return { value: emptied(result, "top") as JsonObject, restore: (filtered) => filled(result, filtered, "top") as JsonObject };
}

function holdsOpaque(node: Json, place: Place): boolean {
  if (isArray(node)) return node.some((item) => holdsOpaque(item, place));
  if (!isObject(node)) return false;
  return Object.keys(node).some((name) => {
    const item = node[name] as Json;
    return isOpaque(node, name, item, place) || holdsOpaque(item, inside(place, name));
  });
}

/** Where a value stands: on top, below that, or in what a tool itself structures. */
type Place = "top" | "below" | "structured";
const inside = (place: Place, name: string): Place => (place === "structured" || (place === "top" && name === "structuredContent") ? "structured" : "below");

function emptied(node: Json, place: Place): Json {
  if (isArray(node)) return node.map((item) => emptied(item, place));
  if (!isObject(node)) return node;
  return Object.fromEntries(
    Object.entries(node).map(([name, item]) => [
      name,
      isOpaque(node, name, item, place) ? (textIn(node, name, item) ?? "") : emptied(item, inside(place, name)),
    ]),
  );
}

/** Both are walked side by side, once: of thousands of pictures, none may cost a copy of the others. */
function filled(was: Json, now: Json, place: Place): Json {
  if (isArray(was) && isArray(now)) return now.map((item, index) => (index < was.length ? filled(was[index] as Json, item, place) : item));
  if (!isObject(was) || !isObject(now)) return now;
  return Object.fromEntries(
    Object.entries(now).map(([name, item]) => {
      const before = Object.hasOwn(was, name) ? was[name] : undefined;
      if (before === undefined) return [name, item];
      if (!isOpaque(was, name, before, place)) return [name, filled(before, item, inside(place, name))];
      const text = textIn(was, name, before);
      return [name, text === undefined || (text === item && text !== "") ? before : bytesOf(String(item))];
    }),
  );
}

/** The text of a file that says that it is one; undefined for everything else. What says so and is not UTF-8 is handed on as an empty one. */
function textIn({ mimeType }: JsonObject, name: string, item: string): string | undefined {
  return name === "blob" && typeof mimeType === "string" && isText(mimeType) ? (textOf(item) ?? "") : undefined;
}

function isOpaque(node: JsonObject, name: string, item: Json, place: Place): item is string {
  if (typeof item !== "string") return false;
  if (place === "top") return TOKENS.has(name) && item.length <= MOST_TOKEN;
  // The same names inside what a tool itself structures are the tool's words, not the protocol's.
  if (place === "structured") return false;
  if (name === "data") return typeof node["type"] === "string" && BLOCKS.test(node["type"]) && isBytes(item);
  return name === "blob" && typeof node["uri"] === "string" && isBytes(item);
}

const MOST_TOKEN = 16_384;
