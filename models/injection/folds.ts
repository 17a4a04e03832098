import { judgeWindows, type Model, ROLES, type Role, SCALES, type Scale } from "../../src/detectors/classifier/classifier.ts";
import { featuresFor, roomFor } from "../../src/detectors/classifier/features.ts";
import { normalise } from "../../src/input/normalise.ts";
import { calibrated, type Example, examplesOf, fit, type Linear, quantised, trainsOn } from "./fit.ts";
import { clustersOf, copyOf, type Row } from "./rows.ts";
import { writtenRows } from "./written/rows.ts";

/** Sources are dealt into so many folds; each fold's rows are scored by a model that saw none of their sources and none of their near copies. */
const FOLDS = 8;
const EACH = Array.from({ length: SCALES }, (_, which) => which);

/** How much more our own sentences say than a source of their size: they are nearly all that there is in German. */
const OURS = 3;

export interface Folded {
  readonly rows: readonly Row[];
  readonly foldOf: Int32Array;
  /** One model for each fold, thresholds included. */
  readonly models: readonly Model[];
  readonly final: Model;
  /** Every row with the highest probability that its fold's model gives it. */
  readonly scores: Float64Array;
}

interface Fitted {
  readonly bytes: Int8Array;
  readonly step: number;
  readonly bias: number;
}
const rounded = (linear: Linear): Fitted => ({ ...quantised(linear), bias: linear.bias });

/** Sets that are reported and choose no threshold: texts that quote attacks, languages of which there are no attacks here, and our own measure. */
const APART = /^hard_|_zh$|_multilingual$|^own/;
/** The share of harmless rows that each scale may have over its threshold. */
const ALLOWED: { readonly [role in Role]: number } = { said: 0.009, read: 0.002 };

export function folded(rows: readonly Row[], tell: (line: string) => void): Folded {
  const clusters = clustersOf(rows);
  const sourceOf = rows.map(({ source, set }, at) => (set === "jailbreak_inthewild" ? `${source}-${(clusters[at] as number) % 4}` : source));
  const sources = [...new Set(sourceOf)];
  const foldOf = Int32Array.from(sourceOf, (source) => sources.indexOf(source) % FOLDS);
  const sizes = new Map<string, number>();
  for (const { set } of rows) sizes.set(set, (sizes.get(set) ?? 0) + 1);
  // Our own sentences are in no fold, because none of them is measured: none is a near copy of a row that is.
  const written = writtenRows(copyOf(rows));
  for (const { set } of written) sizes.set(set, (sizes.get(set) ?? 0) + 1);
  // A large source must not be the whole of what is learned: its say grows with the root of its size.
  const weighed = (row: Row): Example[] => examplesOf(row).map((example) => ({ ...example, weight: example.weight / Math.sqrt(sizes.get(row.set) as number) }));
  const examples = rows.map(weighed);
  const ours = written.map((row) => ({ row, examples: weighed(row).map((one) => ({ ...one, weight: OURS * one.weight })) }));
  const fitted = (role: Role, wanted: (at: number) => boolean): Fitted =>
    rounded(
      fit([
        ...rows.flatMap((row, at) => (trainsOn(role, row) && wanted(at) ? (examples[at] ?? []) : [])),
        ...ours.flatMap(({ row, examples: own }) => (trainsOn(role, row) ? own : [])),
      ]),
    );

  const perFold = Array.from({ length: FOLDS }, (_, fold) => {
    const held = new Set(rows.flatMap((_, at) => (foldOf[at] === fold ? [clusters[at] as number] : [])));
    const wanted = (at: number): boolean => foldOf[at] !== fold && !held.has(clusters[at] as number);
    tell(`fold ${fold + 1} of ${FOLDS}`);
    return { said: fitted("said", wanted), read: fitted("read", wanted) };
  });
  // The highest raw score of every row in each size of window, by the model that never saw it.
  const raw = rows.map((row, at) => EACH.map((which) => highest((perFold[foldOf[at] as number] as { [role in Role]: Fitted })[row.role], row, which)));
  const scales = Object.fromEntries(
    ROLES.map((role) => [
      role,
      EACH.map((which): Scale => {
        const own = rows.flatMap(({ role: its, label, set }, at) => {
          const score = raw[at]?.[which];
          return its === role && !/^own/.test(set) && score !== undefined && Number.isFinite(score) ? [{ raw: score, label, set }] : [];
        });
        const { offset, slope } = calibrated(own);
        const harmless = own
          .filter(({ label, set }) => label === 0 && !APART.test(set))
          .map(({ raw: score }) => score)
          .sort((a, b) => b - a);
        const least = harmless[Math.floor(harmless.length * ALLOWED[role])] ?? 0;
        return { offset, slope, least: 1 / (1 + Math.exp(-(offset + slope * least))) + 1e-9 };
      }),
    ]),
  ) as unknown as Model["scales"];
  const model = (two: { readonly [role in Role]: Fitted }): Model => ({
    weights: { said: two.said.bytes, read: two.read.bytes },
    // The bias belongs to the raw score, and what a byte is worth to the slope.
    scales: Object.fromEntries(
      ROLES.map((role) => [
        role,
        scales[role].map(({ offset, slope, least }) => ({ offset: offset + slope * two[role].bias, slope: slope * two[role].step, least })),
      ]),
    ) as unknown as Model["scales"],
  });
  tell("all rows");
  const final = model({ said: fitted("said", () => true), read: fitted("read", () => true) });
  const scores = Float64Array.from(rows, (row, at) =>
    Math.max(
      ...EACH.map((which) => {
        const { offset, slope } = scales[row.role][which] as Scale;
        const score = raw[at]?.[which] as number;
        return Number.isFinite(score) ? 1 / (1 + Math.exp(-(offset + slope * score))) : 0;
      }),
    ),
  );
  return { rows, foldOf, models: perFold.map(model), final, scores };
}

/** Through the product's own code: with slope one, its probability is the raw score's. */
function highest({ bytes, step, bias }: Fitted, row: Row, which: number): number {
  let most = -Infinity;
  for (const { sum, scale } of windowSums(bytes, row)) if (scale === which) most = Math.max(most, bias + step * sum);
  return most;
}

let features = featuresFor(8_192);
function windowSums(bytes: Int8Array, { text: given, role }: Row): { sum: number; scale: number }[] {
  const scale = { offset: 0, slope: 1e-4, least: 2 };
  const model: Model = { weights: { said: bytes, read: bytes }, scales: { said: EACH.map(() => scale), read: EACH.map(() => scale) } };
  const found: { sum: number; scale: number }[] = [];
  const text = normalise(given).text;
  for (let at = 0; at === 0 || at + 1_024 < text.length; at += 7_168) {
    const piece = text.slice(at, at + 8_192);
    if (features.buckets.length < roomFor(piece.length)) features = featuresFor(piece.length);
    for (const { score, scale: which } of judgeWindows(model, piece, role === "said" ? "user" : "tool", features))
      found.push({ sum: Math.log(score / (1 - score)) / 1e-4, scale: which });
  }
  return found;
}
