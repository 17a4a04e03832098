/** `npm run check`: everything that must hold before a change goes in, side by side; what fails shows its output at the end. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./root.ts";
import { line, type Ran, run, type Step } from "./step.ts";

const STEPS: readonly Step[] = [
  { name: "format and lint", command: ["biome", "check", "--error-on-warnings", "."] },
  { name: "types", command: ["tsc", "-p", "."] },
  ...(existsSync(join(ROOT, "console/tsconfig.json")) ? [{ name: "types of the console", command: ["tsc", "-p", "console"] } as const] : []),
  { name: "architecture", command: ["node", "--test", "test/architecture.test.ts", "test/requirements.test.ts"] },
  { name: "tests", command: ["npm", "test"] },
];

const ran = await Promise.all(
  STEPS.map(async (step) => {
    const result = await run(step);
    console.log(line(result, counts(result)));
    return result;
  }),
);
for (const { name, output } of ran.filter(({ ok }) => !ok)) console.log(`\n── ${name}\n${reason(output)}`);
process.exitCode = ran.every(({ ok }) => ok) ? 0 : 1;

/** What went wrong: of a test run only its failures, of anything else all it said. */
function reason(output: string): string {
  const failures = output.lastIndexOf("\n✖ failing tests:");
  return (failures < 0 ? output : output.slice(failures)).trim();
}

/** `512 passed, 0 failed, 3 skipped` from the summary of Node's test runner. */
function counts({ output }: Ran): string {
  const count = (what: string): string | undefined => new RegExp(`^ℹ ${what} (\\d+)$`, "m").exec(output)?.[1];
  return count("tests") === undefined ? "" : `${count("pass")} passed, ${count("fail")} failed, ${count("skipped")} skipped`;
}
