/**
 * `npm run lanes [names…]`: the slower tests, one after the other. A lane that cannot run says why. With CI=true, a lane that is left
 * out for want of something that can be installed counts as failed; one that wants data which is only lent to some machines does not.
 */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ROOT } from "./root.ts";
import { line, run, type Step, whatFailed } from "./step.ts";

interface Need {
  readonly what: string;
  readonly installable: boolean;
  present(): boolean;
}

const program = (name: string): Need => ({
  what: `the program \`${name}\``,
  installable: true,
  present: () => (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, name))),
});
const data = (path: string): Need => ({
  what: `the folder \`../shared/data/${path}\` beside the checkout`,
  installable: false,
  present: () => existsSync(join(ROOT, "../shared/data", path)),
});
/** The limit, in seconds, is for what hangs; what may take how long is for the tests themselves to say. A slow machine needs three times what a fast one does. */
const tests = (name: string, limit: number, ...paths: string[]): Step => ({ name, limit, command: ["node", "--test", "--test-concurrency=1", ...paths] });

const LANES: readonly (Step & { readonly needs: readonly Need[] })[] = [
  { ...tests("readme", 600, "test/readme.lane.ts"), needs: [] },
  { ...tests("client", 300, "test/client/**/*.lane.ts"), needs: [] },
  { ...tests("browser", 1200, "test/e2e/**/*.lane.ts"), needs: [program("chromium")] },
  { ...tests("faults", 1800, "test/faults/**/*.lane.ts"), needs: [program("strace")] },
  { ...tests("detectors", 600, "test/detectors/**/*.lane.ts"), needs: [] },
  { ...tests("costs", 600, "test/costs/**/*.lane.ts"), needs: [] },
  { ...tests("larger model", 600, "test/larger-model/**/*.lane.ts"), needs: [program("npm")] },
  { ...tests("streams", 300, "test/streaming.lane.ts"), needs: [] },
  { ...tests("command line", 900, "test/transcripts/**/*.lane.ts"), needs: [] },
  { ...tests("programs", 900, "test/programs/**/*.lane.ts"), needs: [] },
  {
    ...tests("sandboxes", 1800, "test/sandbox/**/*.lane.ts"),
    needs: ["bwrap", "runc", "runsc", "dockerd", "busybox", "qemu-system-x86_64", "openssl", "nft", "ip"].map(program),
  },
  { ...tests("MCP", 600, "test/mcp/**/*.lane.ts"), needs: [] },
  { ...tests("recorded traffic", 1200, "test/recorded.lane.ts", "test/loops.lane.ts"), needs: [data("agent")] },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !LANES.some((lane) => lane.name === name));
if (unknown.length > 0) {
  console.error(`no such lane: ${unknown.map((name) => `\`${name}\``).join(", ")}; there are ${LANES.map(({ name }) => `\`${name}\``).join(", ")}`);
  process.exit(2);
}

const results: string[] = [];
// Said again at the end, because it stands between thousands of lines.
const failed: string[] = [];
for (const lane of LANES.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const missing = lane.needs.filter((need) => !need.present());
  if (missing.length > 0) {
    const counts = process.env["CI"] === "true" && missing.some(({ installable }) => installable);
    if (counts) process.exitCode = 1;
    results.push(`${counts ? "✖" : "–"} ${lane.name.padEnd(24)}  skipped   it needs ${missing.map(({ what }) => what).join(" and ")}`);
    continue;
  }
  console.log(`\n── ${lane.name}`);
  const ran = await run(lane, { show: true });
  // A pattern that matches nothing would pass without a test.
  const empty = ran.ok && !/^ℹ pass [1-9]/m.test(ran.output);
  if (!ran.ok || empty) process.exitCode = 1;
  if (!ran.ok) failed.push(`\n── ${lane.name}, which failed\n${whatFailed(ran.output).slice(-20_000)}`);
  results.push(line({ ...ran, ok: ran.ok && !empty }, empty ? "no test ran" : ""));
}
console.log(`${failed.join("\n")}\n${results.join("\n")}`);
