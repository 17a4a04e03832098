import { namesOf, type Tagger } from "../../src/detectors/tagger/tagger.ts";
import { calibrated } from "../injection/fit.ts";
import { fitTagger } from "./fit.ts";
import type { Row } from "./rows.ts";
import { type Count, counted, f1Of, total } from "./score.ts";

/** Clusters are dealt into so many folds; each row is tagged by a model that saw none of its cluster. */
const FOLDS = 4;
const BEGINS = [-0.5, 0, 0.5, 1, 1.5];
/** How much less than for beginning is enough for going on. */
const LESS = [0.5, 1, 1.5, 2.5, 3.5];

export interface Folded {
  /** One model for each fold, and the fold of each row. Rows that are measured only belong to all folds; the first one tags them. */
  readonly models: readonly Tagger[];
  readonly foldOf: (row: Row) => number;
  readonly final: Tagger;
}

export function folded(rows: readonly Row[], tell: (line: string) => void): Folded {
  const foldOf = ({ cluster, measuredOnly }: Row): number => (measuredOnly === true ? 0 : cluster % FOLDS);
  const raw = Array.from({ length: FOLDS }, (_, fold) => {
    tell(`fold ${fold + 1} of ${FOLDS}`);
    return fitTagger(rows.filter((row) => foldOf(row) !== fold));
  });
  tell("all rows");
  const whole = fitTagger(rows);
  const settings = chosen(rows, raw, foldOf);
  tell(`begins at ${settings.begins}, goes on at ${settings.goesOn}`);
  // Odds become those of the matches that models make of rows they did not see: a word that begins a match is a name, or is not.
  const scores = matchesOf(rows, raw, foldOf);
  const { offset, slope } = calibrated(scores);
  const finish = (model: Tagger): Tagger => ({
    ...model,
    place: { ...model.place, offset: offset + slope * model.place.offset, slope: slope * model.place.slope },
    begins: offset + slope * settings.begins,
    goesOn: offset + slope * settings.goesOn,
  });
  return { models: raw.map(finish), foldOf, final: finish(whole) };
}

/** The pair with the best F1, on average over the sets in which names are marked, on rows that the model did not see. */
function chosen(rows: readonly Row[], models: readonly Tagger[], foldOf: (row: Row) => number): { begins: number; goesOn: number } {
  let best = { mean: 0, begins: 0, goesOn: 0 };
  for (const begins of BEGINS) {
    for (const less of LESS) {
      const set = { begins, goesOn: begins - less };
      const finders = models.map((model) => namesOf({ ...model, ...set }));
      const counts = new Map<string, Count>();
      for (const row of rows) {
        if (!row.marked || row.measuredOnly === true) continue;
        counted(row, finders[foldOf(row)]?.find(row.text) ?? [], total(counts, `${row.set} ${row.lang}`));
      }
      const mean = [...counts.values()].reduce((sum, count) => sum + f1Of(count), 0) / counts.size;
      if (mean > best.mean) best = { mean, ...set };
    }
  }
  return best;
}

function matchesOf(rows: readonly Row[], models: readonly Tagger[], foldOf: (row: Row) => number): { raw: number; label: 0 | 1 }[] {
  const finders = models.map((model) => namesOf({ ...model, begins: -4, goesOn: -4 }));
  return rows
    .filter(({ marked, measuredOnly }) => marked && measuredOnly !== true)
    .flatMap((row) =>
      (finders[foldOf(row)]?.find(row.text) ?? []).map(({ start, end, score = 0 }) => ({
        raw: Math.log(score / (1 - score)),
        label: row.spans.some((span) => span.start < end && start < span.end) ? (1 as const) : (0 as const),
      })),
    );
}
