import { SINKS } from "../../src/output/sinks/index.ts";
import { HARMLESS, HOSTILE } from "../../test/sinks/hostile.ts";
import { benignSets, rowsOf } from "../detect/data.ts";
import { type Part, percent, type Table } from "../detect/part.ts";

const KINDS = ["markdown", "html"] as const;

/** The sets are pieces of documents: one that begins or ends within a fence shows as text what was code. The end of a fence says nothing behind its signs. */
function isCut(text: string): boolean {
  const fences = text.match(/^ {0,3}(?:```|~~~).*$/gm) ?? [];
  return fences.length % 2 === 1 || fences.some((fence, at) => at % 2 === 1 && !/^ {0,3}[`~]+\s*$/.test(fence));
}

/** An address whose scheme is not one of the web's, as a link of Markdown: `codepen:`, which the documents' own program takes away before anybody sees it. */
const OWN_SCHEME = /\]\((?!https?:|mailto:|tel:|javascript:|data:|vbscript:)[a-z][a-z0-9+.-]*:\/\/[^)\s]*\)/gi;

/** Every text as if a model had answered it, and it went there. */
function benign(tell: (wrong: string) => void): Table {
  const rows = benignSets().map((set) => {
    const all = rowsOf(`benign/${set}`);
    const texts = all.filter(({ text }) => !isCut(text));
    let [markdown, schemes, html] = [0, 0, 0];
    for (const { text } of texts) {
      if (SINKS.html.found(text) !== undefined) html++;
      const what = SINKS.markdown.found(text);
      if (what === undefined) continue;
      if (SINKS.markdown.found(text.replace(OWN_SCHEME, "](#)")) === undefined) schemes++;
      else {
        markdown++;
        tell(`${set}: markdown: ${what} in ${JSON.stringify(text.slice(0, 200))}`);
      }
    }
    return [set, all.length - texts.length, texts.length, schemes, markdown, percent(markdown, texts.length), html, percent(html, texts.length)];
  });
  return {
    title: "Documents, code and messages, as answers",
    columns: [
      "set",
      "cut within their code: apart",
      "texts",
      "in Markdown: a link with a scheme of its own, apart",
      "found in Markdown",
      "",
      "found in a page",
      "",
    ],
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
    "How many harmless texts hold something that a page would act upon: a source file that is no answer, tags outside of code, and pages that have a form indeed. A link with a scheme that is not the web's (`codepen:`) is found as well, because it may start any program; documents in which that is all are counted apart, as their own program rewrites such links before anybody sees them. Markdown leaves out what surely is code. The forms are our own words, so they are seen data; what holds for every text stands in `src/output/sinks/html.test.ts`, where a browser's parser looks at what is left.",
  ],
  measure: (tell) => [benign(tell), hostile()],
};
