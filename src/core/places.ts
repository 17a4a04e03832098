import { isArray, isObject, type Json } from "./json.ts";

/** A name in braces, where a value goes. */
export const PLACE = /\{([A-Za-z0-9_-]{1,100})\}/g;

/** The names that some texts want values for, wherever in these values they stand. */
export function placesIn(...values: readonly (Json | undefined)[]): readonly string[] {
  const texts = (value: Json | undefined): readonly string[] =>
    typeof value === "string" ? [value] : value !== undefined && (isArray(value) || isObject(value)) ? Object.values(value).flatMap(texts) : [];
  return [...new Set(values.flatMap(texts).flatMap((text) => Array.from(text.matchAll(PLACE), ([, name]) => name as string)))];
}
