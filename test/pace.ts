/**
 * How fast this machine is at this moment. Limits in milliseconds are meant for one on which the walk takes `USUAL`; machines that are lent out are at times
 * three times slower, and a limit that does not know of it says something of the machine and nothing of the work.
 */
import { took } from "./linear.ts";

const PLAIN = "The quarterly report says nothing new. ".repeat(1_700);
/** Milliseconds of a walk on the machine on which the limits were set. */
const USUAL = 1.7;
/** Nothing may keep others waiting for longer: milliseconds. */
const LONGEST_STALL = 50;

/** A walk over plain text of 64 KB, twenty times. */
export function walk(): number {
  let sum = 0;
  for (let round = 0; round < 20; round++) for (let at = 0; at < 65_536; at++) sum = (sum * 31 + PLAIN.charCodeAt(at)) | 0;
  return sum;
}

/** True for what would keep others waiting for 50 ms on a machine of the usual pace, or on this one if it is faster. */
export function stalls(ms: number): boolean {
  if (ms < LONGEST_STALL || ms === Infinity) return ms === Infinity;
  // As long as what is judged by it: a machine may be fast for the moment that one walk takes.
  const walks = Math.round(LONGEST_STALL / USUAL);
  const paces = Array.from({ length: 4 }, () => took(() => Array.from({ length: walks }, walk)) / LONGEST_STALL);
  return ms >= LONGEST_STALL * Math.max(1, Math.min(...paces));
}
