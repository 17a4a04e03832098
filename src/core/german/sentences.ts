/**
 * German by the English sentence, with `{0}`, `{1}` in the place of what changes: names between backticks, rows of them, and numbers. The sentence is what
 * is translated, not its id: one id has several sentences, and logs, `--json` and the API keep the English one, so nothing a program reads depends on this.
 */
export interface Sentences {
  readonly [english: string]: string;
}

const NAME = "`[^`]*`";
const ROW = `${NAME}(?:(?:, | or | and )${NAME})+`;
const NUMBER = "(?<![\\w.`-])\\d+(?:\\.\\d+)?(?![\\w`]|\\.\\d)";
/** What is taken out of a sentence to know it, from the least to the most: a sentence that is written out whole is found first. */
const TAKEN = [NAME, `${ROW}|${NAME}`, `${ROW}|${NAME}|${NUMBER}`].map((source) => new RegExp(source, "g"));
/** Foreign text may hold any number of colons; a sentence of ours is never as long as this. */
const LONGEST = 4_000;

/** The German form of a sentence, or undefined where nobody wrote one. What stands behind a colon may be a sentence of its own. */
export function translated(sentence: string, tables: readonly Sentences[]): string | undefined {
  if (sentence.length > LONGEST) return undefined;
  const whole = known(sentence, tables);
  if (whole !== undefined) return whole;
  for (const { index } of sentence.matchAll(/: /g)) {
    const head = known(sentence.slice(0, index), tables);
    const tail = head === undefined ? undefined : translated(sentence.slice(index + 2), tables);
    if (tail !== undefined) return `${head}: ${tail}`;
  }
  return undefined;
}

function known(sentence: string, tables: readonly Sentences[]): string | undefined {
  const written = lookedUp(sentence, tables);
  if (written !== undefined) return written;
  for (const taken of TAKEN) {
    const names: string[] = [];
    const german = lookedUp(
      sentence.replace(taken, (name) => `{${names.push(name) - 1}}`),
      tables,
    );
    if (german !== undefined) return german.replace(/\{(\d+)\}/g, (_, at: string) => inRow(names[Number(at)] ?? ""));
  }
  return undefined;
}

const lookedUp = (form: string, tables: readonly Sentences[]): string | undefined => tables.find((table) => Object.hasOwn(table, form))?.[form];

const inRow = (names: string): string => (names.startsWith("`") ? names.replaceAll("` or `", "` oder `").replaceAll("` and `", "` und `") : names);
