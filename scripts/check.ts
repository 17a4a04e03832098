/**
 * `npm run check`: everything that must hold before a change goes in, three things at a time; what fails shows its output at the end.
 * `npm test`, which is `check tests`: of it the tests.
 */
import { join } from "node:path";
import { ROOT } from "./root.ts";
import { line, type Ran, run, type Step } from "./step.ts";

/** Tests of a part share one process, which saves most of their time: starting it and loading the same modules again. */
const together = (name: string, ...paths: string[]): Step => ({
  name,
  command: ["node", "--test", "--test-isolation=none", "--test-timeout=120000", ...paths],
});

/** What did not change since the last time is not looked at again. */
const types = (name: string, project: string): Step => ({
  name,
  command: ["tsc", "-p", project, "--incremental", "--tsBuildInfoFile", join(ROOT, ".cache", `${name}.json`)],
});

const DETECTION = "detectors,input,output,codecs";
/** The longest first. */
const STEPS: readonly Step[] = [
  // These open ports, and set clocks and the environment: each has a process to itself.
  {
    name: "tests of the whole",
    command: ["node", "--test", "--test-concurrency=2", "--test-timeout=120000", "test/!(architecture|requirements).test.ts", "test/*/**/*.test.ts"],
  },
  together("tests of the other parts", `src/!(${DETECTION.replaceAll(",", "|")})/**/*.test.ts`, "{console/src,examples,eval}/**/*.test.ts"),
  together("tests of detection", `src/{${DETECTION}}/**/*.test.ts`),
  types("types", "."),
  types("types of the console", "console"),
  { name: "format and lint", command: ["biome", "check", "--error-on-warnings", "."] },
  together("tests of the structure", "test/{architecture,requirements}.test.ts"),
];
/** So many at once: more would crowd those tests out that measure how long this or that keeps others waiting. */
const AT_ONCE = 3;

process.env["NODE_COMPILE_CACHE"] ??= join(ROOT, ".cache/node");
const wanted = process.argv[2] ?? "";
const begun = performance.now();
const steps = STEPS.filter(({ name }) => name.startsWith(wanted));
const ran: Ran[] = [];
const waiting = steps.values();
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (const step of waiting) {
      const result = await run(step);
      console.log(line(result, counts(result)));
      ran.push(result);
    }
  }),
);
for (const { name, output } of ran.filter(({ ok }) => !ok)) console.log(`\n── ${name}\n${reason(output)}`);
console.log(`\n${ran.reduce((sum, { output }) => sum + count(output, "pass"), 0)} tests passed in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
process.exitCode = ran.every(({ ok }) => ok) ? 0 : 1;

/** What went wrong: of a test run only its failures, of anything else all it said. */
function reason(output: string): string {
  const failures = output.lastIndexOf("\n✖ failing tests:");
  return (failures < 0 ? output : output.slice(failures)).trim();
}

/** `512 passed, 0 failed, 3 skipped` of a test run. */
function counts({ output }: Ran): string {
  return output.includes("\nℹ tests ") ? `${count(output, "pass")} passed, ${count(output, "fail")} failed, ${count(output, "skipped")} skipped` : "";
}

/** From the summary of Node's test runner; 0 where there is none. */
function count(output: string, what: string): number {
  return Number(new RegExp(`^ℹ ${what} (\\d+)$`, "m").exec(output)?.[1] ?? 0);
}
