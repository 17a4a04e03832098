import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

export const BIN = fileURLToPath(new URL("../../bin/holdfast", import.meta.url));

export interface RealServer {
  readonly url: string;
  readonly admin: string;
  /** The one-time login URL it printed. */
  readonly login: string;
  /** The key of the first agent, `support`. */
  readonly key: string;
  readonly operator: string;
  /** The folder it runs in, with `holdfast.yaml` and `data`. */
  readonly folder: string;
  /** Ends it as an operator would, and resolves to its exit code. */
  stop(): Promise<number | null>;
}

const POLICY = `
models: { practice: { provider: practice } }
tools:
  crm: { default: { trust: untrusted }, tools: { read_mail: { effect: read, egress: false }, send_mail: { effect: write, egress: true } } }
roles: { support: { read: [crm.*], write: [crm.send_mail] } }
agents: { support: { role: support, models: [practice/*], limits: { requests: 1000/min } } }
`;

/** A real server in a folder of its own on free ports, started by the real launcher. */
export async function startServer(t: TestContext): Promise<RealServer> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-server-"));
  const [listen, admin] = [await freePort(), await freePort()];
  writeFileSync(join(folder, "holdfast.yaml"), `server: { listen: "127.0.0.1:${listen}", admin: "127.0.0.1:${admin}" }\n${POLICY}`);
  const child = spawn(BIN, ["serve", "--json"], { cwd: folder, env: { PATH: process.env["PATH"], HOME: folder }, stdio: ["ignore", "pipe", "pipe"] });
  const exit = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  t.after(async () => {
    child.kill("SIGKILL");
    await exit;
    rmSync(folder, { recursive: true, force: true });
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ready = await new Promise<{ url: string; admin: string; login: string; key: { text: string } }>((resolve, reject) => {
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      for (const line of stdout.split("\n").filter((one) => one.includes('"ready"'))) resolve(JSON.parse(line));
    });
    void exit.then((code) => reject(new Error(`the server ended with ${code}: ${stderr}`)));
  });
  return {
    ...ready,
    key: ready.key.text,
    operator: readFileSync(join(folder, "data/operator.token"), "utf8").trim(),
    folder,
    stop() {
      child.kill("SIGTERM");
      return exit;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
