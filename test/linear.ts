import assert from "node:assert/strict";

/** Milliseconds that are too short to compare: a thread's own time comes in steps of up to 4 ms. Beyond LONG one round says enough. */
const [SHORT, LONG] = [25, 200];

/**
 * Holds where `work` on a text of `long` characters costs less than 30 times what it costs on an eighth of it: a linear step costs 8 times as
 * much, a quadratic one 64 times. A ratio with room, because other tests share the machine, and of several rounds the least. `round` makes
 * each text another one, for what remembers.
 */
export function assertLinear(work: (length: number, round: number) => unknown, long: number, name = "it"): void {
  let round = 0;
  const least = (length: number): number => {
    let best = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 3 && (tries === 0 || (best > SHORT && best < LONG)); tries++) {
      const [start, before] = [performance.now(), process.threadCpuUsage()];
      work(length, round++);
      const { user, system } = process.threadCpuUsage(before);
      best = Math.min(best, performance.now() - start, (user + system) / 1000 + 4);
    }
    return best;
  };
  let [whole, eighth] = [0, 0];
  for (let tries = 0; tries < 4; tries++) {
    whole = least(long);
    if (whole < SHORT) return;
    eighth = least(long / 8);
    if (whole / eighth < 30) return;
  }
  assert.fail(`${name}: ${long / 8} characters take ${eighth.toFixed(1)} ms and ${long} take ${whole.toFixed(1)} ms`);
}
