/**
 * `npm run check`: everything that must hold before a change goes in, three things at a time; what fails shows its output at the end.
 * `npm test`, which is `check tests`: of it the tests. `check others`: of it what is no test.
 */
import { join } from "node:path";
import { ROOT } from "./root.ts";
import { line, type Ran, run, type Step, whatFailed } from "./step.ts";

/** Tests of a part share one process, which saves most of their time: starting it and loading the same modules again. */
const together = (name: string, ...paths: string[]): Step => ({
  name,
  command: ["node", "--test", "--test-isolation=none", "--test-timeout=120000", ...paths],
});

const DETECTION = "detectors,input,output,codecs";
const DECISION = "core,permission,config,stores,audit";
/** The longest first. */
const STEPS: readonly Step[] = [
  together("tests of detection", `src/{${DETECTION}}/**/*.test.ts`),
  together("tests of the decision", `src/{${DECISION}}/**/*.test.ts`),
  together("tests of the other parts", `src/!(${`${DETECTION},${DECISION}`.replaceAll(",", "|")})/**/*.test.ts`, "{console/src,examples,eval}/**/*.test.ts"),
  // What did not change since the last time is not looked at again.
  { name: "types", command: ["tsc", "-p", ".", "--incremental", "--tsBuildInfoFile", join(ROOT, ".cache/types.json")] },
  // These open ports and wait on one another, each kind of server in a process of its own.
  together("tests of MCP", "test/mcp/**/*.test.ts"),
  together("tests of the LLM gateway", "test/e2e/**/*.test.ts"),
  together("tests of the way out", "test/egress/**/*.test.ts"),
  together("tests of the client", "test/client/**/*.test.ts"),
  together("tests of the whole", "test/!(architecture|requirements).test.ts", "test/!(mcp|e2e|egress|client)/**/*.test.ts"),
  { name: "format and lint", command: ["biome", "check", "--error-on-warnings", "."] },
  together("tests of the structure", "test/{architecture,requirements}.test.ts"),
];
/** So many at once: more would crowd those tests out that measure how long this or that keeps others waiting. */
const AT_ONCE = 3;

process.env["NODE_COMPILE_CACHE"] ??= join(ROOT, ".cache/node");
const wanted = process.argv[2];
const begun = performance.now();
const steps = STEPS.filter(({ name }) => wanted === undefined || name.startsWith("tests") === (wanted === "tests"));
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
for (const { name, output } of ran.filter(({ ok }) => !ok)) console.log(`\n── ${name}\n${whatFailed(output)}`);
const passed = ran.reduce((sum, { output }) => sum + count(output, "pass"), 0);
console.log(`\n${wanted === "others" ? "" : `${passed} tests passed in `}${((performance.now() - begun) / 1000).toFixed(0)} s`);
process.exitCode = ran.every(({ ok }) => ok) ? 0 : 1;

/** `512 passed, 0 failed, 3 skipped` of a test run. */
function counts({ output }: Ran): string {
  return output.includes("\nℹ tests ") ? `${count(output, "pass")} passed, ${count(output, "fail")} failed, ${count(output, "skipped")} skipped` : "";
}

/** From the summary of Node's test runner; 0 where there is none. */
function count(output: string, what: string): number {
  return Number(new RegExp(`^ℹ ${what} (\\d+)$`, "m").exec(output)?.[1] ?? 0);
}
