/** The rows that the tagger of names is trained and measured on. Only weights made from them are part of the project. */
import { rowsOf } from "../../eval/detect/data.ts";
import { clustersOf } from "../injection/rows.ts";
import { drawing, sentence } from "./draw.ts";
import { ENGLISH } from "./english.ts";
import { GERMAN } from "./german.ts";

export interface Labelled {
  readonly text: string;
  /** Names of persons. */
  readonly spans: readonly { readonly start: number; readonly end: number }[];
}

export interface Row extends Labelled {
  readonly set: string;
  readonly lang: string;
  /** What is held out together: a template, or texts that are near copies of each other. */
  readonly cluster: number;
  /** False where names stand in the text that nobody marked: a word that could be one says nothing there. */
  readonly marked: boolean;
  /** Share-alike rows are measured and not trained on. */
  readonly measuredOnly?: boolean;
}

/** Texts in which nobody marked names: what documents, code, data, mails and laws look like. */
export const UNMARKED =
  "agentdyn_clean_tool_outputs bfcl_user_prompts code commit_messages config docs_de docs_en hard_negatives_about_attacks html_xml laws_de lockfiles mcp_spec_messages taubench_messages".split(
    " ",
  );
/** How many sentences are drawn from each of our templates. */
const DRAWN = 60;

interface Span {
  readonly start: number;
  readonly end: number;
  readonly type: string;
}
/** Titles that a set counts as names; and single letters, which stand for a name that somebody took out. */
const NO_NAME = /^(?:(?:mr|mrs|ms|dr|prof)\.?|(?:\P{L}*\p{L}?\P{L}*))$/iu;

export function rows(): Row[] {
  const own = (["en", "de"] as const).flatMap((lang) =>
    (lang === "en" ? ENGLISH : GERMAN).flatMap((template, at) => {
      const draw = drawing(7_919 * at + (lang === "en" ? 1 : 2));
      return Array.from({ length: DRAWN }, (): Row => ({ ...sentence(template, lang, draw), set: "own", lang, cluster: at, marked: true }));
    }),
  );
  const named = (set: string, types: readonly string[]): Row[] => {
    const all = rowsOf(`pii/${set}`).map((row) => ({ row, spans: (row["spans"] as readonly Span[]).filter(({ type }) => types.includes(type)) }));
    const clusters = clustersOf(all.map(({ row }) => row));
    return all.map(({ row, spans }, at) => ({
      text: row.text,
      spans: spans.filter(({ start, end }) => !NO_NAME.test(row.text.slice(start, end))),
      set,
      lang: String(row["lang"]),
      cluster: typeof row["template_id"] === "number" ? row["template_id"] : (clusters[at] as number),
      // Where a letter stands for a person, nobody can say what the letter is.
      marked: true,
    }));
  };
  const bare = UNMARKED.flatMap((set) => rowsOf(`benign/${set}`).map((row) => ({ text: row.text, set, lang: /_de$/.test(set) ? "de" : "en" })));
  const clusters = clustersOf(bare);
  return [
    ...own,
    ...named("synthetic_de", ["PERSON"]),
    ...named("ler_de_dev", ["PER", "RR", "AN"]),
    ...named("presidio_generated_large", ["PERSON"]).map((row) => ({ ...row, measuredOnly: true })),
    ...bare.map((row, at): Row => ({ ...row, spans: [], cluster: clusters[at] as number, marked: false })),
  ];
}
