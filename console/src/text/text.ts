import { i18n } from "@lingui/core";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { useLingui } from "@lingui/react";
import type { Sentences } from "../../../src/core/german/sentences.ts";
import { inGerman } from "../../../src/core/german.ts";
import { en } from "./en.ts";

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];
export type TextId = keyof typeof en;
export type Say = (id: TextId, values?: { readonly [name: string]: string | number | boolean }) => string;

const KEPT = "holdfast.language";

type Words = { readonly [id in TextId]: string };
/** English is there from the start: it has the ids. German is loaded for those who read it. */
const loaded = new Map<Language, Words>([["en", en]]);
const german = async (): Promise<Words> => (await import("./de.ts")).de;

/** Begins in the language that was chosen here before, or the browser's. `known`: German, where the page may load nothing later. Resolves once there are words to draw. */
export async function startText(known?: Words): Promise<void> {
  i18n.setMessagesCompiler(parsedOnce);
  if (known !== undefined) loaded.set("de", known);
  const kept = localStorage.getItem(KEPT);
  const wanted = [kept, ...navigator.languages].map((name) => LANGUAGES.find((language) => name?.toLowerCase().split("-")[0] === language));
  await speak(wanted.find((language) => language !== undefined) ?? "en");
}

const parsed = new Map<string, ReturnType<typeof compileMessage>>();

/** A sentence is parsed once, and not whenever it is drawn: a list draws the same few in every row. */
function parsedOnce(sentence: string): ReturnType<typeof compileMessage> {
  const parts = parsed.get(sentence) ?? compileMessage(sentence);
  parsed.set(sentence, parts);
  return parts;
}

let last = 0;

/** Changes the language of everything on the page, without a reload; into English where the words of the other cannot be had. */
export async function speak(language: Language): Promise<void> {
  const turn = ++last;
  const words = loaded.get(language) ?? (await german().catch(() => undefined));
  // Somebody chose another one meanwhile.
  if (turn !== last) return;
  const spoken = words === undefined ? "en" : language;
  if (words !== undefined) loaded.set(language, words);
  i18n.load(spoken, loaded.get(spoken) as Words);
  i18n.activate(spoken);
  document.documentElement.lang = spoken;
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(KEPT, language);
  void speak(language);
}

let refusals: readonly Sentences[] = [];

/** What the gateway says where it refuses, in German: loaded with the first refusal, so that the first page does not wait for it. */
export async function loadRefusals(): Promise<void> {
  refusals = await import("../../../src/core/german/refusals.ts").then(
    ({ REFUSALS }) => REFUSALS,
    () => [],
  );
}

/** A sentence of the gateway's in that language; undefined where nobody wrote it. `more`: where else its German may stand. */
export function saidIn(language: Language, sentence: string, more: readonly Sentences[] = []): string | undefined {
  return language === "en" ? sentence : inGerman(sentence, [...more, ...refusals]);
}

/** The words of the current language, what the gateway said in them, and the language's name for `Intl`. */
export function useText(): { readonly t: Say; readonly said: (error: Error) => string; readonly language: Language } {
  const { i18n: current } = useLingui();
  const t: Say = (id, values) => current._(id, values === undefined ? undefined : { ...values });
  const language = current.locale === "de" ? "de" : "en";
  return { t, said: ({ message }) => saidIn(language, message) ?? message, language };
}

/** The text of an id that is put together from data (`effect.${effect}`), or `otherwise` where there is none. */
export function textOr(t: Say, id: string, otherwise: string): string {
  return isTextId(id) ? t(id) : otherwise;
}

export function isTextId(id: string): id is TextId {
  return Object.hasOwn(en, id);
}
