/** Runs the named parts of a check: what ran, how long, with what result. */
import { spawn } from "node:child_process";
import { ROOT } from "./root.ts";

export interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Seconds after which it is stopped, with everything it started, and counts as failed. */
  readonly limit?: number;
}

export interface Ran {
  readonly name: string;
  readonly ok: boolean;
  readonly seconds: number;
  /** What it printed, both streams in the order of arrival. */
  readonly output: string;
}

/** Runs one step from the root of the repository and never rejects. With `show` its output appears as it comes. */
export function run({ name, command: [file, ...args], limit = 600 }: Step, { show = false }: { readonly show?: boolean } = {}): Promise<Ran> {
  const begun = performance.now();
  return new Promise((resolve) => {
    let output = "";
    const take = (text: string): void => {
      output += text;
      if (show) process.stdout.write(text);
    };
    // A group of its own, so that what it started goes with it.
    const child = spawn(file, args, { cwd: ROOT, detached: true, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, FORCE_COLOR: "0" } });
    const stop = (): void => void (child.pid !== undefined && process.kill(-child.pid, "SIGKILL"));
    const late = setTimeout(() => {
      take(`stopped after ${limit} s\n`);
      stop();
    }, limit * 1000);
    process.once("SIGINT", stop);
    const end = (ok: boolean): void => {
      clearTimeout(late);
      process.off("SIGINT", stop);
      resolve({ name, ok, seconds: (performance.now() - begun) / 1000, output });
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    child.on("error", (error) => {
      take(`${error.message}\n`);
      end(false);
    });
    child.on("close", (code) => end(code === 0));
  });
}

/** `✔ types                 1.3 s`, with `note` behind it. */
export function line({ name, ok, seconds }: Omit<Ran, "output">, note = ""): string {
  return `${ok ? "✔" : "✖"} ${name.padEnd(24)}${seconds.toFixed(1).padStart(7)} s${note === "" ? "" : `   ${note}`}`;
}

/** What went wrong: of a test run only its failures, of anything else all it said. */
export function whatFailed(output: string): string {
  const from = output.lastIndexOf("\n✖ failing tests:");
  return (from < 0 ? output : output.slice(from)).trim();
}
