import { linesOf } from "./sentences.ts";

/** A place that is to be filled in: with foreign text, or by whoever was to finish the prompt. */
export interface Slot {
  readonly kind: "placeholder" | "unseparated-data";
  readonly line: number;
}

// The brackets within words keep the search for unfinished work from taking this line for some.
const SLOT =
  /\{\{\s{0,4}([^{}\n]{1,60})\}\}|\$\{([^{}\n]{1,60})\}|(?<![\w{$])\{([a-z_][\w.]{0,40})\}|<((?:YOUR|INSERT|IHRE?|NAME|FIRMA)[ _-][^<>\n]{0,40}|[A-ZÄÖÜ]{2,}(?:[ _-][A-ZÄÖÜ]{2,}){0,4})>|\[((?:insert|your|enter|add|hier|ihre?|name|bitte)\b[^[\]\n]{0,60})\](?!\()|\b(T[O]DO|TBD|F[I]XME|X[X]X|lorem ipsum)\b/gi;
/** Names of what others write. */
const FOREIGN =
  /user|input|question|query|quest|document|context|content|text|mail|message|history|result|page|article|ticket|nachricht|frage|eingabe|inhalt|dokument|anfrage|seite|verlauf/i;
/** A mark that says where foreign text begins, at the end of what stands before it. */
const OPENS = /(?:<[a-z_][\w -]{0,40}>|```\w{0,20}|"""|'''|---+|===+|\[[\w -]{3,40}\])\s{0,20}$/i;

export function slotsOf(text: string): readonly Slot[] {
  const slots: Slot[] = [];
  const lineAt = linesOf(text);
  for (const match of text.matchAll(SLOT)) {
    const { 0: whole, index } = match;
    const name = match.slice(1).find((group) => group !== undefined) ?? "";
    const isData = match[1] !== undefined || match[2] !== undefined || match[3] !== undefined;
    // Upper case alone is how people write a tag's name as well; only what asks to be filled in counts.
    if (match[4] !== undefined && !/[A-Z]{3}/.test(whole)) continue;
    if (isData && FOREIGN.test(name) && OPENS.test(text.slice(Math.max(0, index - 80), index))) continue;
    slots.push({ kind: isData && FOREIGN.test(name) ? "unseparated-data" : "placeholder", line: lineAt(index) });
  }
  return slots;
}
