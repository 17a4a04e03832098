import type { SourceKind } from "../../core/content.ts";
import type { Judge, Span } from "../../core/detector.ts";
import { BITS, BLOCK, blocksOf, extract, type Features, featuresFor, roomFor } from "./features.ts";

/** A text is judged in windows of this many blocks; each block is one step. */
export const WINDOWS = [1, 4] as const;
/** A text of one block is measured by another threshold than a block among many, which has many chances: then each size of window has its own. */
export const SCALES = 1 + WINDOWS.length;
/** Fewer features than this say nothing. */
const LEAST = 12;

/** One linear model for each way in which text comes in: what people say, and what a tool, a page or a definition brings. */
export const ROLES = ["said", "read"] as const;
export type Role = (typeof ROLES)[number];
export const roleOf = (source: SourceKind): Role => (source === "user" || source === "system" || source === "model" ? "said" : "read");

/** For each role and each of SCALES: the odds are `offset + slope * sum / sqrt(features)`, and from `least` on it is reported. */
export interface Scale {
  readonly offset: number;
  readonly slope: number;
  readonly least: number;
}
export interface Model {
  readonly scales: { readonly [role in Role]: readonly Scale[] };
  readonly weights: { readonly [role in Role]: Int8Array };
}

export interface Judged extends Span {
  readonly score: number;
  /** Whether it is over the least at which it is reported. */
  readonly over: boolean;
  /** Which of the role's scales it was measured by. */
  readonly scale: number;
}

/** Every window of a text with its probability. The unit is counted from the text's beginning, so the caller decides what a text is. */
export function judgeWindows(model: Model, text: string, source: SourceKind, features: Features): Judged[] {
  const role = roleOf(source);
  const [weights, scales] = [model.weights[role], model.scales[role]];
  extract(text, features);
  const blocks = blocksOf(text.length);
  const counts = [0, ...features.until.subarray(0, blocks)];
  const sums = [0];
  for (let [block, index, sum] = [0, 0, 0]; block < blocks; block++) {
    for (const until = features.until[block] as number; index < until; index++) sum += weights[features.buckets[index] as number] as number;
    sums.push(sum);
  }
  const judged: Judged[] = [];
  WINDOWS.forEach((size, which) => {
    if (size > 1 && blocks === 1) return;
    const scale = blocks === 1 ? 0 : 1 + which;
    const { offset, slope, least } = scales[scale] as Scale;
    for (let first = 0; first === 0 || first + size <= blocks; first++) {
      const end = Math.min(blocks, first + size);
      const count = (counts[end] as number) - (counts[first] as number);
      if (count < LEAST) continue;
      const score = 1 / (1 + Math.exp(-(offset + (slope * ((sums[end] as number) - (sums[first] as number))) / Math.sqrt(count))));
      judged.push({ start: first * BLOCK, end: Math.min(text.length, end * BLOCK), score, over: score >= least, scale });
    }
  });
  return judged;
}

/** The classifier over a model's bytes, which are asked for when the first text comes. */
export const injectionClassifier = (bytes: () => Uint8Array): Judge => classifierOf(() => readModel(bytes()));

export function classifierOf(load: () => Model): Judge {
  let model: Model | undefined;
  let features = featuresFor(0);
  const judged: (input: Parameters<Judge["judge"]>[0]) => Judged[] = ({ text, source }) => {
    model ??= load();
    if (features.buckets.length < roomFor(text.length)) features = featuresFor(text.length);
    return judgeWindows(model, text, source, features);
  };
  return {
    id: "injection-classifier",
    finds: "injection",
    judge: (input) => judged(input).filter(({ over }) => over),
    unsure: (input, from) => judged(input).filter(({ over, score }) => !over && score >= from),
  };
}

/** A header of numbers, then the weights of both roles. */
export const HEADER = ROLES.length * SCALES * 3 * 8;
export const BUCKETS = 1 << BITS;

export function readModel(bytes: Uint8Array): Model {
  if (bytes.length !== HEADER + ROLES.length * BUCKETS) throw new RangeError("the weights of the injection classifier have another length");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = (at: number): number => view.getFloat64(at * 8, true);
  const scales = (role: number): readonly Scale[] =>
    Array.from({ length: SCALES }, (_, which) => {
      const at = (role * SCALES + which) * 3;
      return { offset: number(at), slope: number(at + 1), least: number(at + 2) };
    });
  const weights = (role: number): Int8Array => new Int8Array(bytes.buffer, bytes.byteOffset + HEADER + role * BUCKETS, BUCKETS);
  return { scales: { said: scales(0), read: scales(1) }, weights: { said: weights(0), read: weights(1) } };
}
