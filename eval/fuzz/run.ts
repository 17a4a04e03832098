/**
 * `npm run eval:fuzz [-- --texts 10000000 --seed 1]`: so many broken texts through the whole input stage, on every processor; any that makes it throw, report
 * what is not there, or keep others waiting for more than 50 ms is printed, and the command fails. Writes docs/eval/fuzz.md when all were looked at.
 */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { commit } from "../../scripts/commit.ts";
import { ROOT } from "../../scripts/root.ts";
import { looker, MOST_MS } from "./looker.ts";
import { textsOf } from "./texts.ts";

interface Share {
  readonly seed: number;
  readonly texts: number;
}
interface Told {
  readonly texts: number;
  readonly units: number;
  readonly worst: number;
  readonly wrong?: { readonly text: string; readonly why: string };
}

const EACH = 20_000;

if (isMainThread) await main();
else await share(workerData as Share);

async function share({ seed, texts }: Share): Promise<void> {
  const [next, look] = [textsOf(seed), looker()];
  for (let done = 0; done < texts; ) {
    let [units, worst] = [0, 0];
    const until = Math.min(texts, done + EACH);
    const from = done;
    for (; done < until; done++) {
      const text = next();
      const { worst: mine, wrong } = await look(text);
      units += text.length;
      worst = Math.max(worst, mine);
      if (wrong !== undefined) parentPort?.postMessage({ texts: 0, units: 0, worst: mine, wrong: { text, why: wrong } } satisfies Told);
    }
    parentPort?.postMessage({ texts: done - from, units, worst } satisfies Told);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { texts: { type: "string", default: "10000000" }, seed: { type: "string", default: "1" } } });
  const [texts, seed] = [Number(values.texts), Number(values.seed)];
  if (!Number.isSafeInteger(texts) || texts < 1 || !Number.isSafeInteger(seed)) throw new Error("`--texts` and `--seed` are whole numbers");
  const threads = availableParallelism();
  const total = { texts: 0, units: 0, worst: 0, wrong: 0 };
  const began = performance.now();
  const told = (one: Told): void => {
    total.texts += one.texts;
    total.units += one.units;
    total.worst = Math.max(total.worst, one.worst);
    if (one.wrong !== undefined) {
      total.wrong++;
      console.log(`${one.wrong.why}\n  in ${JSON.stringify(one.wrong.text.slice(0, 4000))}`);
    } else if (process.stderr.isTTY)
      process.stderr.write(`\r${total.texts.toLocaleString("en")} of ${texts.toLocaleString("en")} texts, ${total.wrong} wrong `);
  };
  await Promise.all(
    Array.from({ length: threads }, async (_, thread) => {
      const data: Share = { seed: seed * 1000 + thread, texts: Math.floor(texts / threads) + (thread < texts % threads ? 1 : 0) };
      const worker = new Worker(new URL(import.meta.url), { workerData: data });
      worker.on("message", told);
      await new Promise<void>((resolve, reject) => worker.once("exit", resolve).once("error", reject));
    }),
  );
  if (total.texts !== texts) throw new Error(`${total.texts} of ${texts} texts were looked at`);
  const page = pageOf({ ...total, seed, threads, seconds: Math.round((performance.now() - began) / 1000) });
  writeFileSync(join(ROOT, "docs/eval/fuzz.md"), page);
  console.log(page);
  if (total.wrong > 0) process.exitCode = 1;
}

function pageOf(all: { texts: number; units: number; worst: number; wrong: number; seed: number; threads: number; seconds: number }): string {
  const number = (value: number): string => value.toLocaleString("en");
  return `# Broken texts

Looked at on ${new Date().toISOString().slice(0, 10)} at commit ${commit()}, Node ${process.version}. \`npm run eval:fuzz\` writes this page; the same seed makes the same texts ([texts.ts](../../eval/fuzz/texts.ts)).

Examples of all detectors and what nearly is one, hostile runs and units of any kind, halves of pairs included: joined, encoded up to three times, cut, doubled, overwritten. Each goes
through the whole input stage with all detectors and the classifier. Wrong is: an exception, a finding that is not in the text or overlaps another, and more than ${MOST_MS} ms (the least of
three times) in which nobody else has a turn.

| texts | million units | wrong | longest, in ms | seed | threads | seconds |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| ${number(all.texts)} | ${number(Math.round(all.units / 1e6))} | ${all.wrong} | ${all.worst.toFixed(1)} | ${all.seed} | ${all.threads} | ${number(all.seconds)} |
`;
}
