import { NEUTRAL, NEUTRAL_LABEL, type Request } from "../../src/core/index.ts";
import { marks, scanner } from "../../src/detectors/index.ts";
import { outputLayer } from "../../src/output/index.ts";
import { benignSets, rowsOf } from "../detect/data.ts";
import { type Part, percent, type Table } from "../detect/part.ts";

const request: Request = { id: "eval", principal: { agent: "eval" }, action: { type: "model.call" }, content: [], context: { time: 0, surface: "eval" } };
const inspection = { decision: NEUTRAL, label: NEUTRAL_LABEL, passages: [] };
const layer = outputLayer({ detectors: [], scanner, marks });

const COLUMNS = ["output/links/links/plain", "output/links/links/data", "output/links/images/plain"] as const;

/** Every text as if a model had answered it, in a conversation in which nobody named a host. */
function benign(tell: (wrong: string) => void): Table {
  const rows = benignSets().map((set) => {
    const texts = rowsOf(`benign/${set}`);
    const counts = new Map<string, number>();
    let changed = 0;
    for (const { text } of texts) {
      const filter = layer.open(request, NEUTRAL, inspection);
      const out = filter.text("text/0", text) + filter.end("text/0");
      for (const { id } of filter.verdict().decision.reasons) counts.set(id, (counts.get(id) ?? 0) + 1);
      if (out === text) continue;
      changed++;
      const at = Array.from(text).findIndex((sign, index) => sign !== out[index]);
      tell(`${set}: an address was taken out of …${JSON.stringify(text.slice(Math.max(0, at - 40), at + 160))}`);
    }
    return [set, texts.length, ...COLUMNS.map((id) => counts.get(id) ?? 0), changed, percent(changed, texts.length)];
  });
  return {
    title: "Documents, code and messages, as answers",
    columns: ["set", "texts", "with a link", "with a link that carries data", "with an image", "changed", ""],
    rows,
  };
}

export const addressesInAnswers: Part = {
  id: "addresses",
  title: "Addresses in answers",
  about: [
    "How many harmless texts would lose an address if a model answered them and nobody had named a host. Links are reported and stay; what is loaded by itself (an image, a style, a frame) loses its address if that carries data. Its thresholds were set on these sets, so they are seen data; the attacks stand in `src/output/links/links.test.ts`.",
  ],
  measure: (tell) => [benign(tell)],
};
