import { fields, items, text } from "../api/read.ts";

const SAMPLE = "holdfast.sample";
const HIDDEN = "holdfast.steps";
const RULE = "holdfast.rule";
const MOST = 60;

/** Which requests this browser sent as a sample: the last time, and ever (as many as matter). */
export interface Sent {
  readonly last: readonly string[];
  readonly all: readonly string[];
}

export function keptSample(): Sent {
  try {
    const kept = fields(JSON.parse(localStorage.getItem(SAMPLE) ?? "{}"));
    return { last: items(kept["last"]).map(text), all: items(kept["all"]).map(text) };
  } catch {
    return { last: [], all: [] };
  }
}

export function keepSample(ids: readonly string[]): Sent {
  const sent = { last: ids, all: [...ids, ...keptSample().all].slice(0, MOST) };
  localStorage.setItem(SAMPLE, JSON.stringify(sent));
  return sent;
}

/** The rule that only watched when this browser first saw one. */
export const keptRule = (): string | null => localStorage.getItem(RULE);
export const keepRule = (id: string): void => localStorage.setItem(RULE, id);

export const stepsHidden = (): boolean => localStorage.getItem(HIDDEN) === "hidden";
export const hideSteps = (hidden: boolean): void => localStorage.setItem(HIDDEN, hidden ? "hidden" : "shown");
