import { type Content, stringsOf } from "../../core/index.ts";
import { type Claim, datesIn, daysOf, numbersIn, valuesOf } from "./claims.ts";

/** What a model was given, as claims are looked up in it. */
export interface Given {
  holds(claim: Claim): boolean;
}

/** How much of it is known, the newest first. */
const MOST = 256 * 1024;

/** True where something was given that an answer could rest on. Where all of it was short messages, a model answers from what it knows. */
export const wasGiven = (content: readonly Content[]): boolean =>
  content.some(({ source, text }) => MATERIAL.has(source.kind) || (source.kind === "user" && (text?.length ?? 0) >= PASTED));

/** Sources that bring something to rest an answer on; a user's message counts where it is as long as a document. */
const MATERIAL: ReadonlySet<string> = new Set(["tool", "web", "document"]);
const PASTED = 1_000;

/** What was given to a model: everything but what models said themselves. */
export function givenIn(content: readonly Content[]): Given {
  let left = MOST;
  const texts: string[] = [];
  for (const { source, text, value } of content.toReversed()) {
    if (left <= 0) break;
    if (source.kind === "definition" || source.kind === "model") continue;
    const said = (
      text ?? (value === undefined ? "" : typeof value === "object" ? `${JSON.stringify(value)}\n${stringsOf(value).join("\n")}` : String(value))
    ).slice(0, left);
    left -= said.length;
    texts.push(said);
  }
  const all = texts.join("\n");
  const folded = fold(all);
  let words: ReadonlySet<string> | undefined;
  let numbers: ReadonlySet<number> | undefined;
  let dates: ReadonlySet<string> | undefined;
  const days = (): ReadonlySet<string> => (dates ??= new Set(datesIn(all).flatMap((day) => [day, day.split("-", 2).join("-")])));
  return {
    holds({ kind, text }) {
      switch (kind) {
        case "url":
          return folded.includes(
            fold(text)
              .replace(/^https?:\/\/(?:www\.)?|^www\./, "")
              .replace(/\/$/, ""),
          );
        case "email":
        case "id":
          return folded.includes(fold(text).replace(/^#/, ""));
        case "quote":
          return folded.includes(
            fold(text.slice(1, -1))
              .replace(/(?<![.,;:!?…])[.,;:!?…]+$/, "")
              .trim(),
          );
        case "date":
          return daysOf(text).some((day) => days().has(day));
        case "amount":
        case "number":
          numbers ??= new Set(numbersIn(all));
          return valuesOf(text).some((value) => numbers?.has(value) === true);
        case "name":
          words ??= new Set(folded.match(/[\p{L}\p{N}]+/gu) ?? []);
          return (
            fold(text)
              .split(/[ -]/)
              // `Müllers Rechnung`, and the other way round.
              .every((word) => [word, `${word}s`, word.replace(/s$/, "")].some((form) => words?.has(form) === true))
          );
      }
    },
  };
}

const fold = (text: string): string => text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ");
