import { type Json, parseJsonText } from "../../../src/core/json.ts";
import { escaped } from "../proof/line.ts";
import { isPlain } from "./written.ts";

/** An argument in a form: a text as it stands, anything else as JSON. */
export interface Field {
  readonly kind: "text" | "json";
  readonly text: string;
}

// A field shows blanks at the ends by where the caret goes, and most texts that are written end in one.
const ENDS = /^[ \t\n]+|[ \t\n]+$/g;

/** A text that holds what cannot be seen is edited as JSON too, where that is written as escapes: typing must not keep it unnoticed. */
export function fieldOf(value: Json): Field {
  if (typeof value === "string" && isPlain(value.replace(ENDS, ""))) return { kind: "text", text: value };
  return { kind: "json", text: ascii(escaped(JSON.stringify(value, undefined, 2))) };
}

/** What was typed, as a value; undefined where it is no JSON, or JSON that two readers could understand differently. */
export function valueIn({ kind, text }: Field): { readonly value: Json } | undefined {
  if (kind === "text") return { value: text };
  const parsed = parseJsonText(text);
  return parsed.ok ? { value: parsed.value } : undefined;
}

// Blanks and lookalikes that JSON leaves as they are.
const ascii = (json: string): string =>
  json
    .split(/(\s+|"(?:[^"\\]|\\.)*")/)
    .map((part) =>
      part.startsWith('"') && !isPlain(part) ? part.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`) : part,
    )
    .join("");
