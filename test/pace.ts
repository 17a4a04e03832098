/**
 * How fast this machine is at this moment. A limit in milliseconds is meant for the machine on which `docs/bench` was measured; what others are lent is at
 * times three times slower, and a limit that does not know of it says something of the machine and nothing of the work.
 */

/** Milliseconds of one piece of work: the clock also counts who else ran meanwhile; the thread's own time comes in steps of up to 4 ms. */
export function took(work: () => unknown): number {
  const [start, before] = [performance.now(), process.threadCpuUsage()];
  work();
  const { user, system } = process.threadCpuUsage(before);
  return Math.min(performance.now() - start, (user + system) / 1000 + 4);
}

const records = Array.from({ length: 400 }, (_, n) => ({
  id: `r${n}`,
  name: "The quarterly report says nothing new",
  tags: ["a", "b"],
  more: { at: n * 7, said: "to whom it may concern: see page 12" },
}));
const DOCUMENT = JSON.stringify(records);

/** The floor: what any program does with a document of 64 KB. It is read, an expression goes over it, its words are counted, and it is written. Milliseconds. */
export function floor(): number {
  let least = Infinity;
  for (let round = 0; round < 5; round++) least = Math.min(least, took(ordinaryWork));
  return least;
}

function ordinaryWork(): number {
  const read = JSON.parse(DOCUMENT) as typeof records;
  const seen = new Map<string, number>();
  for (const [word] of DOCUMENT.matchAll(/[a-z]+|\d+/gi)) seen.set(word, (seen.get(word) ?? 0) + 1);
  let sum = 0;
  for (const { more, name } of read) for (let at = 0; at < name.length; at++) sum = (sum * 31 + name.charCodeAt(at) + more.at) | 0;
  return sum + seen.size + JSON.stringify(read).length;
}

/** Milliseconds of the floor where the limits were set: 1.8 where P5's own floor took 57 ns, which takes 24 there; and rounded up. */
const USUAL = 0.9;
/** However slow a machine is: beyond this nobody would wait. */
const SLOWEST = 4;

/** True for what takes less than `limit` milliseconds on the usual machine; a slower one is given in proportion. */
export function isWithin(limit: number, ms: number): boolean {
  if (ms < limit) return true;
  if (ms >= limit * SLOWEST) return false;
  let least = Infinity;
  for (let round = 0; round < 10; round++) least = Math.min(least, floor());
  return ms < limit * Math.max(1, Math.min(SLOWEST, least / USUAL));
}
