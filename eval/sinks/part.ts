import { SINKS } from "../../src/output/sinks/index.ts";
import { HARMLESS, HOSTILE } from "../../test/sinks/hostile.ts";
import { benignSets, rowsOf } from "../detect/data.ts";
import { type Part, percent, type Table } from "../detect/part.ts";

const KINDS = ["markdown", "html"] as const;

/** The sets are pieces of documents: where a fence stands alone, what was code is none any more. */
const isCut = (text: string): boolean => (text.match(/^ {0,3}(?:```|~~~)/gm) ?? []).length % 2 === 1;

/** Every text as if a model had answered it, and it went there. */
function benign(tell: (wrong: string) => void): Table {
  const rows = benignSets().map((set) => {
    const all = rowsOf(`benign/${set}`);
    const texts = all.filter(({ text }) => !isCut(text));
    const [markdown, html] = KINDS.map((kind) => {
      let hit = 0;
      for (const { text } of texts) {
        const what = SINKS[kind].found(text);
        if (what === undefined) continue;
        hit++;
        tell(`${set}: ${kind}: ${what} in ${JSON.stringify(text.slice(0, 200))}`);
      }
      return hit;
    }) as [number, number];
    return [set, all.length - texts.length, texts.length, markdown, percent(markdown, texts.length), html, percent(html, texts.length)];
  });
  return {
    title: "Documents, code and messages, as answers",
    columns: ["set", "cut within their code: apart", "texts", "found in Markdown", "", "found in a page", ""],
    rows,
  };
}

function hostile(): Table {
  const forms = HOSTILE.filter((text) => !HARMLESS.has(text));
  const found = (kind: (typeof KINDS)[number]): number => forms.filter((text) => SINKS[kind].found(text) !== undefined).length;
  return {
    title: "Forms that a page acts upon",
    columns: ["sink", "forms", "found", ""],
    rows: KINDS.map((kind) => [kind, forms.length, found(kind), percent(found(kind), forms.length)]),
  };
}

export const sinks: Part = {
  id: "sinks",
  title: "Answers that go into a page",
  about: [
    "How many harmless texts hold something that a page would act upon: a source file that is no answer, JSX outside of code, links with a scheme that nobody knows (`codepen:`), and pages that have a form indeed. Markdown leaves out what surely is code. The forms are our own words, so they are seen data; what holds for every text stands in `src/output/sinks/html.test.ts`, where a browser's parser looks at what is left.",
  ],
  measure: (tell) => [benign(tell), hostile()],
};
