import { randomBytes } from "node:crypto";
import type { Clock } from "../core/layers.ts";

/** Time as the machine has it. Timers do not keep the process alive: what waits for one is alive by itself. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timer: (ms, fire) => {
    const timer = setTimeout(fire, ms).unref();
    return () => clearTimeout(timer);
  },
};

export const systemRandom = (bytes: number): Uint8Array => randomBytes(bytes);
