import { BUCKETS, HEADER, type Model, ROLES, type Role, SCALES, type Scale, WINDOWS } from "../../src/detectors/classifier/classifier.ts";
import { BLOCK, extract, featuresFor } from "../../src/detectors/classifier/features.ts";
import { normalise } from "../../src/input/normalise.ts";
import type { Row } from "./rows.ts";

/** One window of one row, as it is trained on. */
export interface Example {
  readonly buckets: Int32Array;
  readonly label: 0 | 1;
  readonly weight: number;
}

const MOST_WINDOWS = 10;
const EPOCHS = 8;
const RATE = 0.5;
const DECAY = 2e-6;

/** Windows of a row in both sizes. Of a text that only holds an attack, those that hold little of it say nothing and are left out. */
export function examplesOf({ text: given, label, attack }: Row): Example[] {
  const text = normalise(given.slice(0, 16_384)).text;
  const spots: { from: number; to: number }[] = [];
  for (const size of WINDOWS) {
    const length = size * BLOCK;
    for (let from = 0; from === 0 || from + BLOCK < text.length; from += Math.max(BLOCK, length / 2))
      spots.push({ from, to: Math.min(text.length, from + length) });
  }
  const told = spots.flatMap(({ from, to }) => {
    if (label === 0 || attack === undefined) return [{ from, to, label }];
    const overlap = Math.min(to, attack.to) - Math.max(from, attack.from);
    return overlap >= 0.6 * Math.min(attack.to - attack.from, to - from) ? [{ from, to, label }] : [];
  });
  const step = Math.max(1, Math.ceil(told.length / MOST_WINDOWS));
  const chosen = told.filter((_, at) => at % step === 0);
  const features = featuresFor(Math.max(...WINDOWS) * BLOCK);
  return chosen.flatMap(({ from, to, label: own }) => {
    extract(text.slice(from, to), features);
    return features.count < 8 ? [] : [{ buckets: features.buckets.slice(0, features.count), label: own, weight: 1 / Math.sqrt(chosen.length) }];
  });
}

export interface Linear {
  readonly weights: Float32Array;
  readonly bias: number;
}

/** Logistic regression by stochastic descent with steps that shrink for what was often seen. The order is fixed by a small generator of numbers. */
export function fit(examples: readonly Example[], positiveShare = 0.5, room = BUCKETS): Linear {
  const weights = new Float32Array(room);
  const seen = new Float32Array(room).fill(1e-2);
  let [bias, biasSeen, state] = [0, 1e-2, 1];
  const totals = [0, 0];
  for (const { label, weight } of examples) totals[label] = (totals[label] as number) + weight;
  const balance = [(1 - positiveShare) / (totals[0] as number), positiveShare / (totals[1] as number)].map((share) => share * examples.length);
  const order = Int32Array.from(examples, (_, at) => at);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (let at = order.length - 1; at > 0; at--) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const other = state % (at + 1);
      [order[at], order[other]] = [order[other] as number, order[at] as number];
    }
    for (const index of order) {
      const { buckets, label, weight } = examples[index] as Example;
      const scale = 1 / Math.sqrt(buckets.length);
      let sum = 0;
      for (let at = 0; at < buckets.length; at++) sum += weights[buckets[at] as number] as number;
      const gradient = (1 / (1 + Math.exp(-(bias + sum * scale))) - label) * weight * (balance[label] as number);
      if (Math.abs(gradient) < 1e-3) continue;
      for (let at = 0; at < buckets.length; at++) {
        const bucket = buckets[at] as number;
        const slope = gradient * scale + DECAY * (weights[bucket] as number);
        seen[bucket] = (seen[bucket] as number) + slope * slope;
        weights[bucket] = (weights[bucket] as number) - (RATE * slope) / Math.sqrt(seen[bucket] as number);
      }
      biasSeen += gradient * gradient;
      bias -= (0.1 * gradient) / Math.sqrt(biasSeen);
    }
  }
  return { weights, bias };
}

/** Rows of a role's model: what people say is judged against everything harmless; what is read also knows attacks that people write. */
export const trainsOn = (role: Role, row: Row): boolean =>
  row.measuredOnly !== true && (role === "said" ? row.role === "said" || row.label === 0 : row.role === "read" || row.label === 1);

/** As one signed byte each. Returns the bytes and what one step of them is worth. */
export function quantised({ weights }: Linear): { bytes: Int8Array; step: number } {
  let most = 0;
  for (const weight of weights) most = Math.max(most, Math.abs(weight));
  const step = most / 127;
  return { bytes: Int8Array.from(weights, (weight) => Math.round(weight / step)), step };
}

/** Offset and slope that make a probability of a raw score (Platt 1999), by Newton's method with short steps on standardised scores. */
export function calibrated(scores: readonly { readonly raw: number; readonly label: 0 | 1 }[]): { offset: number; slope: number } {
  const mean = scores.reduce((sum, { raw }) => sum + raw, 0) / scores.length;
  const spread = Math.sqrt(scores.reduce((sum, { raw }) => sum + (raw - mean) ** 2, 0) / scores.length);
  let [offset, slope] = [0, 1];
  for (let round = 0; round < 100; round++) {
    let [a, b, aa, ab, bb] = [0, 0, 1e-3, 0, 1e-3];
    for (const { raw, label } of scores) {
      const x = (raw - mean) / spread;
      const p = 1 / (1 + Math.exp(-(offset + slope * x)));
      const curve = p * (1 - p);
      a += p - label;
      b += (p - label) * x;
      aa += curve;
      ab += curve * x;
      bb += curve * x * x;
    }
    const determinant = aa * bb - ab * ab;
    const short = (step: number): number => Math.max(-0.5, Math.min(0.5, step));
    offset -= short((bb * a - ab * b) / determinant);
    slope -= short((aa * b - ab * a) / determinant);
  }
  return { offset: offset - (slope * mean) / spread, slope: slope / spread };
}

export function writeModel({ scales, weights }: Model): Uint8Array {
  const bytes = new Uint8Array(HEADER + ROLES.length * BUCKETS);
  const view = new DataView(bytes.buffer);
  ROLES.forEach((role, at) => {
    scales[role].forEach(({ offset, slope, least }: Scale, which) => {
      [offset, slope, least].forEach((value, index) => {
        view.setFloat64(((at * SCALES + which) * 3 + index) * 8, value, true);
      });
    });
    bytes.set(new Uint8Array(weights[role].buffer, weights[role].byteOffset, BUCKETS), HEADER + at * BUCKETS);
  });
  return bytes;
}
