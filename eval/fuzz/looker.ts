import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/root.ts";
import type { Finding } from "../../src/core/detector.ts";
import { NEUTRAL_LABEL } from "../../src/core/index.ts";
import { injectionClassifier } from "../../src/detectors/classifier/classifier.ts";
import { detectors, scanner } from "../../src/detectors/index.ts";
import { finder, SLICE } from "../../src/input/find.ts";

/** What nothing may take longer than without giving others their turn, in milliseconds. */
export const MOST_MS = 50;

/** A thread's own time is counted in steps of up to so many milliseconds. */
const COARSE_MS = 4;

/** What was wrong with looking at a text; undefined where nothing was. `worst`: the longest time for which it kept others waiting, in milliseconds. */
export interface Looked {
  readonly worst: number;
  readonly wrong?: string;
}

/**
 * Looks at texts as the gateway does with everything it ships: normalised, decoded, all detectors, the classifier. A text that took too long is looked
 * at twice more, by the thread's own time, and the least counts: a collection of garbage or another process is not the text's doing.
 */
export function looker(): (text: string) => Promise<Looked> {
  const find = finder(detectors, scanner, [injectionClassifier(() => readFileSync(join(ROOT, "models/injection/weights.bin")))]);
  const once = async (text: string, precise = false): Promise<Looked> => {
    const found = { at: "", text, before: "", source: "tool", label: NEUTRAL_LABEL } as const;
    let [worst, since, before] = [0, performance.now(), precise ? process.threadCpuUsage() : undefined];
    const turn = async (): Promise<void> => {
      const { user, system } = process.threadCpuUsage(before);
      const own = before === undefined ? Infinity : (user + system) / 1000 + COARSE_MS;
      worst = Math.max(worst, Math.min(performance.now() - since, own));
      [since, before] = [performance.now(), precise ? process.threadCpuUsage() : undefined];
    };
    try {
      const findings = text.length <= SLICE ? find.now(found) : await find.slowly(found, turn);
      await turn();
      const wrong = misplaced(findings, text.length);
      return wrong === undefined ? { worst } : { worst, wrong };
    } catch (error) {
      return { worst, wrong: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  return async (text) => {
    let looked = await once(text);
    for (let again = 0; again < 2 && looked.wrong === undefined && looked.worst > MOST_MS; again++) {
      const next = await once(text, true);
      if (next.worst < looked.worst) looked = next;
    }
    return looked.wrong === undefined && looked.worst > MOST_MS ? { ...looked, wrong: `others waited for ${looked.worst.toFixed(0)} ms` } : looked;
  };
}

/** Findings lie in the text, one after the other. */
function misplaced(findings: readonly Finding[], length: number): string | undefined {
  let last = 0;
  for (const { detector, start, end } of findings) {
    if (start < last || end <= start || end > length) return `${detector} is found from ${start} to ${end}, in ${length} units, after ${last}`;
    last = end;
  }
  return undefined;
}
