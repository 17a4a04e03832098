/** `holdfast sandbox run …` as a user would call it: several at once, because each mostly waits or has a processor to itself. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { BIN } from "../serve.ts";

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function command(args: readonly string[], { cwd, input = "asked" }: { readonly cwd?: string; readonly input?: string } = {}): Promise<Ended> {
  const child = spawn(BIN, ["sandbox", ...args], { ...(cwd === undefined ? {} : { cwd }) });
  child.stdin.on("error", () => {}); // one that reads nothing
  child.stdin.end(input);
  const status = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), status]);
  return { status: code, stdout, stderr };
}
