import { type Schema, validate } from "@cfworker/json-schema";
import { isArray, isObject, type Json, type JsonObject } from "../../core/json.ts";

/**
 * Whether a value is what a foreign schema says. The schema is the peer's, so what could make looking expensive is left out: expressions
 * (`pattern`, `format`) are not tried, and a schema that refers to itself or others is not followed: then nothing is checked.
 */
export function fits(schema: JsonObject, value: Json): boolean {
  const plain = withoutExpressions(schema, 0);
  if (plain === undefined) return true;
  try {
    return validate(value, plain as Schema, "2020-12", undefined, true).valid;
  } catch {
    return false;
  }
}

const SKIPPED: ReadonlySet<string> = new Set(["pattern", "patternProperties", "format"]);
const REFERRING: ReadonlySet<string> = new Set(["$ref", "$dynamicRef", "$recursiveRef"]);
const DEEPEST = 40;

/** The schema without them; undefined where it refers to another. Names of properties are no keywords. */
function withoutExpressions(node: Json, depth: number, names = false): Json | undefined {
  if (depth > DEEPEST) return undefined;
  if (isArray(node)) {
    const items = node.map((item) => withoutExpressions(item, depth + 1));
    return items.includes(undefined) ? undefined : (items as Json[]);
  }
  if (!isObject(node)) return node;
  const kept: [string, Json][] = [];
  for (const [key, item] of Object.entries(node)) {
    if (!names && REFERRING.has(key)) return undefined;
    if (!names && SKIPPED.has(key)) continue;
    const plain =
      key === "enum" || key === "const" || key === "default" || key === "examples" ? item : withoutExpressions(item, depth + 1, !names && key === "properties");
    if (plain === undefined) return undefined;
    kept.push([key, plain]);
  }
  return Object.fromEntries(kept);
}
