/**
 * How fast the machine is at this moment. The limits of a lane are a person's, and stated for a machine of the usual speed; on a slower one a limit in
 * milliseconds would say something about the machine only. So a fixed piece of a page's ordinary work is timed in the same page in the same run, and
 * the limits are longer by as much as that took longer.
 */
import type { Page } from "playwright-core";

export interface Pace {
  /** Milliseconds of the fixed piece of work. */
  readonly floor: number;
  /** How many times longer than stated a limit is: never shorter, and never so long that it says nothing. */
  readonly factor: number;
}

/**
 * Milliseconds that the work takes on a machine of the usual speed, on which the floor of `node bench/run.ts P5`, nothing but a loop, takes 24 ns: in 120
 * pairs, each taken at one moment, its time by 24 ns over that floor's was 8.1 to 11.2 ms.
 */
const USUAL = 9;
const MOST = 3;
const ROUNDS = 20;

/** Times the floor before and after what is judged. The slower counts: what was done in between had no better machine all the time. */
export async function paced<T>(page: Page, work: () => Promise<T>): Promise<readonly [done: T, pace: Pace]> {
  const before = await page.evaluate(fixedWork, ROUNDS);
  const done = await work();
  const floor = Math.max(before, await page.evaluate(fixedWork, ROUNDS));
  return [done, { floor, factor: Math.min(MOST, Math.max(1, floor / USUAL)) }];
}

/** What a diagnostic says of it. */
export const said = ({ floor, factor }: Pace): string => `floor ${floor.toFixed(1)} ms (usually ${USUAL}), limits × ${factor.toFixed(2)}`;

/** Runs in the page: rows are made of JSON, laid out and thrown away. The least of some rounds holds little of what else the machine did. */
async function fixedWork(rounds: number): Promise<number> {
  const round = (): number => {
    const host = document.createElement("div");
    Object.assign(host.style, { position: "fixed", top: "0", width: "600px", height: "400px", overflow: "hidden", contain: "strict", visibility: "hidden" });
    document.body.append(host);
    host.getBoundingClientRect();
    const begun = performance.now();
    for (let n = 0; n < 150; n++) {
      const words: string[] = JSON.parse(JSON.stringify(Array.from({ length: 40 }, (_, i) => `${(n * 7919 + i * 104_729) % 1009}`)));
      const row = document.createElement("div");
      for (const word of words.sort().slice(0, 5)) row.append(Object.assign(document.createElement("span"), { textContent: word }));
      host.append(row);
    }
    host.lastElementChild?.getBoundingClientRect();
    const took = performance.now() - begun;
    host.remove();
    return took;
  };
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < rounds; i++) {
    least = Math.min(least, round());
    // The page goes on meanwhile: it has no heap of work before it when the judging begins.
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return least;
}
