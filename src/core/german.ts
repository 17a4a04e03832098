/** The gateway's own sentences in German. One that is not here is shown in English, and marked as English. */
import { decisions } from "./german/decisions.ts";
import { type Sentences, translated } from "./german/sentences.ts";

/** Sentences whose names stand without backticks: the groups are the names, and are put between backticks in German. */
const FORMS: readonly (readonly [english: RegExp, german: string])[] = [
  [/^found ([\w-]+) in ([\w:.-]+) content$/, "{0} gefunden, in Inhalt aus {1}"],
  [/^found ([\w-]+) in the answer$/, "{0} gefunden, in der Antwort"],
  [/^masked ([\w-]+)$/, "{0} maskiert"],
  [/^withheld the answer from ([\w-]+) on$/, "Die Antwort wurde ab {0} zurückgehalten"],
  [/^the limit of (\S+) for this key is reached$/, "Die Grenze von {0} für diesen Schlüssel ist erreicht"],
  [/^the limit of (\S+) for this user is reached$/, "Die Grenze von {0} für diesen Benutzer ist erreicht"],
  [/^the limit of (\S+) for this agent is reached$/, "Die Grenze von {0} für diesen Agenten ist erreicht"],
];

/** The German form of one of the gateway's sentences, its names again between backticks, or undefined. `more`: of what else is shown. */
export function inGerman(sentence: string, more: readonly Sentences[] = []): string | undefined {
  return translated(sentence, [decisions, ...more]) ?? inForm(sentence);
}

function inForm(sentence: string): string | undefined {
  for (const [english, german] of FORMS) {
    const match = english.exec(sentence);
    if (match !== null) return german.replace(/\{(\d+)\}/g, (_, at: string) => `\`${match[Number(at) + 1] ?? ""}\``);
  }
  return undefined;
}
