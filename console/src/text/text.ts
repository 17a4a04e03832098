import { i18n } from "@lingui/core";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { useLingui } from "@lingui/react";
import { de } from "./de.ts";
import { en } from "./en.ts";

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];
export type TextId = keyof typeof en;
export type Say = (id: TextId, values?: { readonly [name: string]: string | number | boolean }) => string;

const KEPT = "holdfast.language";

/** Loads both catalogues and begins in the language that was chosen here before, or the browser's. */
export function startText(): void {
  i18n.setMessagesCompiler(compileMessage);
  i18n.load({ en, de });
  const kept = localStorage.getItem(KEPT);
  const wanted = [kept, ...navigator.languages].map((name) => LANGUAGES.find((language) => name?.toLowerCase().split("-")[0] === language));
  speak(wanted.find((language) => language !== undefined) ?? "en");
}

/** Changes the language of everything on the page, without a reload. */
export function speak(language: Language): void {
  i18n.activate(language);
  document.documentElement.lang = language;
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(KEPT, language);
  speak(language);
}

/** The words of the current language, and its name for `Intl`. */
export function useText(): { readonly t: Say; readonly language: Language } {
  const { i18n: current } = useLingui();
  const t: Say = (id, values) => current._(id, values === undefined ? undefined : { ...values });
  return { t, language: current.locale === "de" ? "de" : "en" };
}

/** The text of an id that is put together from data (`effect.${effect}`), or `otherwise` where there is none. */
export function textOr(t: Say, id: string, otherwise: string): string {
  return isTextId(id) ? t(id) : otherwise;
}

export function isTextId(id: string): id is TextId {
  return Object.hasOwn(en, id);
}
