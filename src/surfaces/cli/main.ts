/** The entry of `bin/holdfast`: the one file here that touches the process. */
import { run } from "./run.ts";

const stop = new AbortController();
let signals = 0;
for (const [name, number] of [
  ["SIGINT", 2],
  ["SIGTERM", 15],
  ["SIGHUP", 1],
] as const) {
  process.on(name, () => {
    // The second one means: now.
    if (++signals > 1) process.exit(128 + number);
    stop.abort(128 + number);
  });
}
// Whoever read the output has gone (`| head`): that is no fault, and nothing more is to be said.
process.stdout.on("error", (error: NodeJS.ErrnoException) => stop.abort(error.code === "EPIPE" ? 0 : 1));
process.stderr.on("error", () => {});

const code = await run(process.argv.slice(2), {
  in: process.stdin,
  out: process.stdout,
  err: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: stop.signal,
});
// What was written goes out first; an input that nobody reads to its end must not keep the process.
process.stdout.write("", () => process.exit(code));
