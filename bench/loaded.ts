/** P14: what all detectors take, of memory and of a start, over a Node that does nothing. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { ROOT } from "../scripts/root.ts";
import { owned } from "./http/subject.ts";
import { type Bench, median, type Row } from "./row.ts";

const MB = 1_000_000;

interface Said {
  readonly took: number;
  readonly bytes: number;
  /** Once more, after a collection of garbage. */
  readonly collected: number;
}

export const run: Bench = async ({ quick }) => {
  const times = quick ? 1 : 9;
  const said = { none: [] as Said[], all: [] as Said[] };
  // The first of each fills the compiler's cache, as the first start does, and is not counted.
  for (let round = -1; round < times; round++) {
    for (const which of ["none", "all"] as const) {
      const one = await loaded(which);
      if (round >= 0) said[which].push(one);
    }
  }
  const held = (which: keyof typeof said, when: "bytes" | "collected"): number => median(said[which].map((one) => one[when])) / MB;
  const over = (when: "bytes" | "collected"): number => held("all", when) - held("none", when);
  const [more, kept, took] = [over("bytes"), over("collected"), median(said.all.map((one) => one.took))];
  const rows: readonly Row[] = [
    {
      id: "P14",
      what: "all detectors, loaded and each tried once: memory over an idle Node",
      unit: "MB",
      ours: more,
      floor: held("none", "bytes"),
      target: "≤ 40 MB",
      met: more <= 40,
      n: times,
      note: "with the classifier, the way in and the way out; floor: the idle Node; nothing is collected in between",
    },
    {
      id: "P14",
      what: "the same, once the garbage of the start is collected",
      unit: "MB",
      ours: kept,
      floor: held("none", "collected"),
      target: "≤ 40 MB",
      met: kept <= 40,
      n: times,
      note: "what the detectors hold: one collection in each of the two processes; V8 makes it when it needs the room",
    },
    {
      id: "P14",
      what: "all detectors, loaded and prepared: processor time added to the start",
      unit: "ms",
      ours: took,
      target: "≤ 60 ms",
      met: took <= 60,
      n: times,
      note: "their expressions are compiled after the start, in turns",
    },
  ];
  return rows;
};

async function loaded(which: "none" | "all"): Promise<Said> {
  // Where `bin/holdfast` has it.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(ROOT, "node_modules/.cache/holdfast") };
  const child = owned(fork(join(ROOT, "bench/http/loaded.ts"), [which], { env, execArgv: ["--expose-gc"] }));
  const [said] = (await once(child, "message")) as [Said];
  // The cache is written at the end of a process.
  child.disconnect();
  await once(child, "exit");
  return said;
}
