import { setImmediate as turn } from "node:timers/promises";
import type { Detector } from "../core/detector.ts";

const PROBE = { text: "a", source: "user" } as const;

/**
 * Has each detector make what it makes when it is first asked, one in a turn: else the first request after a start would wait for hundreds of
 * expressions, and everybody else with it.
 */
export async function lookFirst(detectors: readonly Detector[], signal: AbortSignal): Promise<void> {
  for (const detector of detectors) {
    await turn();
    if (signal.aborted) return;
    // Where literals say at which places something may begin, nobody asks for the whole text: its expression would be memory for nothing.
    const isPlaced = detector.literals !== undefined && detector.literals.at !== "within";
    if (detector.at === undefined || !isPlaced) detector.detect(PROBE);
    detector.at?.(PROBE, 0);
    detector.open(PROBE.text, 0);
  }
}
