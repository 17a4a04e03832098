/** Holdfast as a user starts it: `bin/holdfast serve` with a configuration of its own, every default guard on. */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { answering, freePort, owned, type Subject, stopped } from "./subject.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A folder with a configuration and a key, on the disk that the repository is on: what is durable there costs what it costs there. */
export interface Installation {
  readonly folder: string;
  readonly origin: string;
  readonly admin: string;
  readonly key: string;
  remove(): void;
}

export async function install(upstream: string): Promise<Installation> {
  mkdirSync(join(root, ".cache"), { recursive: true });
  const folder = mkdtempSync(join(root, ".cache/bench-"));
  mkdirSync(join(folder, "data"));
  const [port, adminPort] = [await freePort(), await freePort()];
  writeFileSync(join(folder, "holdfast.yaml"), configuration(upstream, port, adminPort));
  const minted = spawnSync(join(root, "bin/holdfast"), ["keys", "mint", "--agent", "bench", "--json"], { cwd: folder, encoding: "utf8" });
  const key = /hf_[A-Za-z0-9_-]+/.exec(minted.stdout)?.[0];
  if (key === undefined) throw new Error(`no key was minted: ${minted.stderr}`);
  return { folder, origin: `http://127.0.0.1:${port}`, admin: `http://127.0.0.1:${adminPort}`, key, remove: () => rmSync(folder, { recursive: true }) };
}

/** Starts it and resolves when it answers. */
export async function holdfast({ folder, origin, key }: Installation): Promise<Subject> {
  const child = owned(spawn(join(root, "bin/holdfast"), ["serve"], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] }));
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-2_000);
  });
  const ended = new Promise<never>((_, reject) => child.once("exit", (code) => reject(new Error(`Holdfast ended with ${code}: ${said}`))));
  ended.catch(() => {}); // It ends when it is told to, too.
  await Promise.race([answering(origin), ended]);
  return { name: "Holdfast", origin, pid: child.pid as number, headers: { authorization: `Bearer ${key}` }, stop: () => stopped(child) };
}

const configuration = (upstream: string, port: number, admin: number): string => `
server: { listen: 127.0.0.1:${port}, admin: 127.0.0.1:${admin} }
storage: { url: sqlite:./data/holdfast.db }
models:
  openai: { provider: openai, base_url: ${upstream}/v1, models: [bench, paced] }
tools:
  crm: { http: { url: ${upstream}/mcp }, tools: { order_status: { effect: read } } }
roles:
  bench: { read: [crm.*], write: [tickets.create] }
agents:
  bench: { role: bench, models: [openai/*], limits: { requests: 10000/s, actions: 10000/s, duplicates: { writes: 10000, reads: 10000 } } }
`;
