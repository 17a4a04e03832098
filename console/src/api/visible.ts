import { UNSAFE } from "../proof/line.ts";

// What the log escapes, and the C0 controls except line break and tab, which JSON escapes by itself.
const INVISIBLE = new RegExp(`${UNSAFE.source}|[\\u0000-\\u0008\\u000b-\\u001f]`, "gu");

/** Makes what cannot be seen visible: ‹U+202E›. A person must not read another text than the model did. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => `\u2039U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}\u203a`);
}
