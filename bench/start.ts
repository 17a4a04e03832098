/** P14: how long until it is ready, and how much memory it takes. */
import { setTimeout as pause } from "node:timers/promises";
import { holdfast, type Installation, install } from "./http/holdfast.ts";
import { chat } from "./http/load-shapes.ts";
import { type Generator, generator, portkey, residentBytes, type Subject, small } from "./http/subject.ts";
import { type Bench, median, type Row } from "./row.ts";

const STREAMS = 1_000;
const SETTLE_MS = 2_000;
const MB = 1_000_000;

export const run: Bench = async ({ quick }) => {
  const direct = await small("direct", "upstream.ts");
  const hello = await small("hello", "hello.ts");
  const installed = await install(direct.origin);
  const load = generator();
  try {
    return [await ready(installed, direct, quick ? 1 : 9), ...(await memory(installed, hello, load, quick ? 1 : 4))];
  } finally {
    await Promise.all([load, hello, direct].map((each) => each.stop()));
    installed.remove();
  }
};

async function ready(installed: Installation, direct: Subject, times: number): Promise<Row> {
  const ours: number[] = [];
  const peer: number[] = [];
  const took = async (start: () => Promise<Subject>, into: number[]): Promise<void> => {
    const begun = performance.now();
    const subject = await start();
    into.push(performance.now() - begun);
    await subject.stop();
  };
  // The first start of each fills the disk's cache and the compiler's, and is not counted.
  for (let i = -1; i < times; i++) {
    await took(() => holdfast(installed), i < 0 ? [] : ours);
    await took(() => portkey(direct.origin), i < 0 ? [] : peer);
  }
  const ratio = median(ours) / median(peer);
  return {
    id: "P14",
    what: "start: until it answers",
    unit: "ms",
    ours: median(ours),
    peer: median(peer),
    ratio,
    target: "≤ Portkey",
    met: ratio <= 1,
    n: times,
  };
}

async function memory(installed: Installation, hello: Subject, load: Generator, rounds: number): Promise<readonly Row[]> {
  const ours = await holdfast(installed);
  try {
    await pause(SETTLE_MS);
    const idle = residentBytes(ours.pid) / MB;
    const floor = residentBytes(hello.pid) / MB;
    const shape = chat({ model: "paced", stream: true });
    const peaks: number[] = [];
    // Two rounds to warm up, then the rounds that must not grow.
    for (let round = 0; round < 2 + rounds; round++)
      peaks.push(
        await peak(ours, load.run({ ...shape, headers: { ...shape.headers, ...ours.headers }, origin: ours.origin, connections: STREAMS, requests: STREAMS })),
      );
    const [before, after] = [peaks[1] as number, median(peaks.slice(2))];
    const growth = after / before;
    return [
      {
        id: "P14",
        what: "memory when idle",
        unit: "MB",
        ours: idle,
        floor,
        target: "≤ 98 MB",
        met: idle <= 98,
        n: 1,
        note: "floor: a node:http server that says hello",
      },
      {
        id: "P14",
        what: `memory under ${STREAMS} streams, against the second such round`,
        unit: "MB",
        ours: after,
        ratio: growth,
        target: "≤ 1.1 × after warm-up",
        met: growth <= 1.1,
        n: rounds * STREAMS,
        note: `second round: ${before.toFixed(0)} MB`,
      },
    ];
  } finally {
    await ours.stop();
  }
}

/** The most memory, in MB, that the subject was seen with until `work` was done. */
async function peak(subject: Subject, work: Promise<unknown>): Promise<number> {
  let most = 0;
  let done = false;
  const watched = work.finally(() => {
    done = true;
  });
  while (!done) {
    most = Math.max(most, residentBytes(subject.pid));
    await pause(50);
  }
  await watched;
  return most / MB;
}
