import type { ChildProcess } from "node:child_process";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { BIN } from "../serve.ts";

export interface ThroughRun {
  readonly client: Client;
  /** What Holdfast has said on standard error. */
  readonly said: () => string;
  readonly process: ChildProcess;
}

/** A client of the 2025 era that starts its server through `holdfast run`. `made` gets it before it is connected: one that is left open keeps its server, and us. */
export async function throughRun(
  args: readonly string[],
  { env, cwd, made }: { readonly env: Record<string, string>; readonly cwd: string; readonly made: (client: Client) => void },
): Promise<ThroughRun> {
  const transport = new StdioClientTransport({ command: BIN, args: ["run", ...args], env, cwd, stderr: "pipe" });
  let said = "";
  transport.stderr?.on("data", (chunk: Buffer) => {
    said += chunk;
  });
  const client = new Client({ name: "test", version: "1" }, { capabilities: {} });
  made(client);
  await client.connect(transport as never);
  const { _process: process } = transport as unknown as { readonly _process: ChildProcess };
  return { client, said: () => said, process };
}
