/** The language of what a person reads, and its words. What a program reads (`--json`, ids, exit codes) is the same in every language. */
import type { en } from "./text/en.ts";
import type { usage } from "./text/usage/en.ts";

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];
/** What is said before a verb runs, by the parser of the command line. */
export type Usage = typeof usage;
/** What verbs say. */
export type Words = typeof en;

/**
 * The language that was asked for on the command line, else that of `HOLDFAST_LANG`, else that of the locale, in the order of POSIX. It is
 * needed before the command line is read, because an error in that has words as well.
 */
export function languageOf(argv: readonly string[], env: { readonly [name: string]: string | undefined }): Language {
  const locale = ["HOLDFAST_LANG", "LC_ALL", "LC_MESSAGES", "LANG"].map((name) => env[name]).find((value) => value !== undefined && value !== "");
  return LANGUAGES.find((language) => language === flagIn(argv)) ?? (/^de(?![a-z])/i.test(locale ?? "") ? "de" : "en");
}

function flagIn(argv: readonly string[]): string | undefined {
  // What stands behind `--` is another program's.
  const end = argv.indexOf("--");
  const own = end < 0 ? argv : argv.slice(0, end);
  const at = own.findLastIndex((word) => word === "--lang" || word.startsWith("--lang="));
  return own[at] === "--lang" ? own[at + 1] : own[at]?.slice("--lang=".length);
}

/** Only the language that is spoken is loaded, and of that what verbs say when one runs: `--help` waits for none of it. */
export async function usageOf(language: Language): Promise<Usage> {
  return (language === "de" ? await import("./text/usage/de.ts") : await import("./text/usage/en.ts")).usage;
}

export async function wordsOf(language: Language): Promise<Words> {
  return language === "de" ? (await import("./text/de.ts")).de : (await import("./text/en.ts")).en;
}
