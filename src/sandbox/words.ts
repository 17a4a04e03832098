import { isArray, type Json, type JsonObject } from "../core/json.ts";
import { PLACE } from "../core/places.ts";

/** What a command is called with, or why it is not. */
export type Words = { readonly words: readonly string[] } | { readonly fault: string };

/**
 * The words of a command for these arguments. A value stays within its word, whatever stands in it: no shell reads it. A word that is a place alone
 * takes a list as one word for each item; a word that lacks a value is left out.
 *
 * INVARIANT: no value becomes an option. `--output=/etc/passwd` in place of a file's name would be one, so a word that begins with a value may not
 * begin with `-`, unless a word `--` before it has ended the options.
 */
export function wordsOf(command: readonly string[], args: JsonObject): Words {
  const words: string[] = [];
  let options = true;
  for (const word of command) {
    const whole = WHOLE.exec(word)?.[1];
    const listed = whole === undefined || !Object.hasOwn(args, whole) ? undefined : args[whole];
    const made = isArray(listed ?? null) ? (listed as readonly Json[]).map(textOf) : filled(word, args);
    for (const text of made) {
      if (text === undefined || text.includes("\0")) return { fault: "an argument is no text, number or truth" };
      if (options && word.startsWith("{") && text.startsWith("-")) return { fault: "an argument begins with `-`, so it would be an option and not a value" };
      words.push(text);
    }
    if (word === "--") options = false;
  }
  return { words };
}

const WHOLE = new RegExp(`^${PLACE.source}$`);

function filled(word: string, args: JsonObject): readonly (string | undefined)[] {
  const names = Array.from(word.matchAll(PLACE), ([, name]) => name as string);
  if (!names.every((name) => Object.hasOwn(args, name))) return [];
  const values = new Map(names.map((name) => [name, textOf(args[name] ?? null)]));
  if ([...values.values()].includes(undefined)) return [undefined];
  // In one pass: braces in a value are no places.
  return [word.replace(PLACE, (_, name: string) => values.get(name) as string)];
}

const textOf = (value: Json): string | undefined =>
  typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value)) ? String(value) : undefined;
