import assert from "node:assert/strict";
import { isWithin, took } from "./pace.ts";

/** Milliseconds: below SHORT two works cannot be compared, beyond LONG one round says enough. */
const [SHORT, LONG] = [25, 200];

/**
 * Holds where `work` on a text of `long` characters costs less than 27 times what it costs on an eighth of it: a linear step costs 8 times as
 * much, a quadratic one 64 times. A ratio with room, because other tests share the machine, and of several rounds the least. `round` makes
 * each text another one, for what remembers. `most`: so many milliseconds the whole may take on the usual machine; far more than it does,
 * for the same reason.
 */
export function assertLinear(work: (length: number, round: number) => unknown, long: number, { name = "it", most = Infinity } = {}): void {
  let round = 0;
  const least = (length: number): number => {
    let best = Infinity;
    for (let tries = 0; tries < 3; tries++) {
      best = Math.min(
        best,
        took(() => work(length, round++)),
      );
      if (best < SHORT || best > LONG) break;
    }
    return best;
  };
  let [whole, eighth] = [0, 0];
  for (let tries = 0; tries < 4; tries++) {
    whole = least(long);
    if (whole < SHORT) return;
    eighth = least(long / 8);
    if (isWithin(most, whole) && whole / eighth < 27) return;
  }
  assert.fail(`${name}: ${long / 8} characters take ${eighth.toFixed(1)} ms and ${long} take ${whole.toFixed(1)} ms`);
}
