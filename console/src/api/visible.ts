// Bidi controls, zero-width, tag and variation characters, and C0/C1 controls except line break and tab.
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]|[\udb40-\udb43][\udc00-\udfff]/g;

/** Makes what cannot be seen visible: ‹U+202E›. A person must not read another text than the model did. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => `\u2039U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}\u203a`);
}
