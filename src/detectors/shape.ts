/** What a key looks like: an expression for it, and a made-up one that no scanner takes for real because it stands nowhere in one piece. */
export interface Shape {
  readonly source: string;
  /** Made when somebody looks at it: no text is searched with it. */
  readonly example: string;
  /** What each begins with, folded as `Literals` says; empty where that says nothing. */
  readonly starts: readonly string[];
  /** What stands before it and is told with it, but may have left already when the key is known to be one: the name of an account. */
  readonly before?: string;
}

/** A key behind a part by which alone nobody gets in. */
export function behind(part: Shape, key: Shape): Shape {
  const { source, starts } = key;
  return {
    source,
    get example() {
      return part.example + key.example;
    },
    starts,
    before: `(?<![A-Za-z0-9])${part.source}`,
  };
}

/** A key as it is written down: text that stands in every one, and the parts that differ. */
export function shape(texts: TemplateStringsArray, ...parts: readonly Shape[]): Shape {
  const source = texts.map((text, at) => escaped(text) + (parts[at]?.source ?? "")).join("");
  const [first = "", second = ""] = texts;
  // A beginning of two letters stands in too many words.
  const begun = first === "" ? (parts[0]?.starts ?? []).map((start) => start + folded(second)) : [folded(first)];
  const next = first === "" ? parts[1] : parts[0];
  return {
    source,
    get example() {
      return texts.map((text, at) => text + (parts[at]?.example ?? "")).join("");
    },
    starts: begun.some((start) => start.length < 3) ? longer(begun, next) : begun,
  };
}

/** One of these texts. */
export function any(...texts: readonly string[]): Shape {
  return { source: `(?:${texts.map(escaped).join("|")})`, example: texts[0] as string, starts: texts.map(folded) };
}

/** This many characters of a class (`a-f0-9`). */
export function of(characters: string, least: number, most = least): Shape {
  return {
    source: `[${characters}]{${least}${most === least ? "" : `,${most}`}}`,
    get example() {
      const all = charactersOf(characters);
      // A fixed walk over the class that looks drawn by lot: examples must not change from run to run.
      let at = characters.length + least;
      return Array.from({ length: least }, () => all[(at = (at * 37 + 11) % 8191) % all.length]).join("");
    },
    starts: [],
  };
}

/** None of these signs follows: with it, this would be the beginning of something longer. */
export const not = (characters: string): Shape => ({ source: `(?![${characters}])`, example: "", starts: [] });

export const hex = (least: number, most?: number): Shape => of("a-f0-9", least, most);
export const digits = (least: number, most?: number): Shape => of("0-9", least, most);
export const lower = (least: number, most?: number): Shape => of("a-z0-9", least, most);
export const upper = (least: number, most?: number): Shape => of("A-Z0-9", least, most);
export const alnum = (least: number, most?: number): Shape => of("A-Za-z0-9", least, most);
export const word = (least: number, most?: number): Shape => of("A-Za-z0-9_-", least, most);
export const base64 = (least: number, most?: number): Shape => of("A-Za-z0-9+/", least, most);
export const uuid = shape`${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`;

/** Two signs more, where few may follow. */
function longer(begun: readonly string[], next: Shape | undefined): readonly string[] {
  if (next === undefined || !next.source.startsWith("[a-f0-9]")) return begun;
  const signs = [..."abcdef0"];
  return begun.flatMap((start) => signs.flatMap((one) => signs.map((two) => start + one + two)));
}

function charactersOf(characters: string): string {
  return characters
    .replace(/([A-Za-z0-9])-([A-Za-z0-9])/g, (_, low: string, high: string) =>
      Array.from({ length: high.charCodeAt(0) - low.charCodeAt(0) + 1 }, (_, at) => String.fromCharCode(low.charCodeAt(0) + at)).join(""),
    )
    .replaceAll("\\", "");
}

function escaped(text: string): string {
  return text.replace(/[.$|()[\]{}+*?^\\]/g, "\\$&");
}

function folded(text: string): string {
  return text.toLowerCase().replace(/\d/g, "0");
}
