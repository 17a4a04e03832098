/** The servers that are measured, each a process of its own. */
import { type ChildProcess, fork } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { peerFile } from "../peer-file.ts";
import type { Load, Loaded } from "./load.ts";

export interface Subject {
  readonly name: string;
  readonly origin: string;
  readonly pid: number;
  /** What this one needs beside what every client sends. */
  readonly headers: { readonly [name: string]: string };
  stop(): Promise<void>;
}

const TICKS_PER_SECOND = 100; // USER_HZ: the unit of /proc/<pid>/stat on Linux, whatever the kernel's own rate
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Starts one of the small servers of this folder. */
export async function small(name: string, file: string, ...args: readonly string[]): Promise<Subject> {
  const child = owned(fork(here(file), [...args]));
  const [{ port }] = (await event(child, "message")) as [{ port: number }];
  return { name, origin: `http://127.0.0.1:${port}`, pid: child.pid as number, headers: {}, stop: () => stopped(child) };
}

/** Starts Portkey's gateway, forwarding to `upstream`; installs it first where it is not there. */
export async function portkey(upstream: string): Promise<Subject> {
  const port = await freePort();
  const child = owned(fork(portkeyEntry(), [`--port=${port}`, "--headless"], { silent: true }));
  const origin = `http://127.0.0.1:${port}`;
  await answering(origin);
  return { name: "Portkey 1.15.2", origin, pid: child.pid as number, headers: portkeyHeaders(upstream), stop: () => stopped(child) };
}

const portkeyHeaders = (upstream: string): Subject["headers"] => ({
  "x-portkey-provider": "openai",
  "x-portkey-custom-host": `${upstream}/v1`,
  authorization: "Bearer none",
});

/** The file that starts Portkey's gateway. */
export function portkeyEntry(): string {
  return peerFile("@portkey-ai/gateway/build/start-server.js");
}

export interface Generator {
  run(load: Load): Promise<Loaded>;
  stop(): Promise<void>;
}

export function generator(): Generator {
  const child = owned(fork(here("load.ts")));
  return {
    async run(load) {
      const answer = event(child, "message");
      child.send(load);
      const [loaded] = (await answer) as [Loaded];
      return loaded;
    },
    stop: () => stopped(child),
  };
}

/** A process that goes when this one goes, also when this one fails. */
export function owned(child: ChildProcess): ChildProcess {
  const end = (): void => void child.kill("SIGKILL");
  process.once("exit", end);
  child.once("exit", () => process.off("exit", end));
  return child;
}

/** Seconds of processor time that a process and all it started have used so far, in steps of 10 ms. */
export function cpuSeconds(pid: number): number {
  return family(pid).reduce((sum, { ticks }) => sum + ticks, 0) / TICKS_PER_SECOND;
}

/** Resident memory in bytes of the largest process among this one and all it started (a launcher may stand before the server). */
export function residentBytes(pid: number): number {
  const sizes = family(pid).map((one) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${one.pid}/status`, "utf8"))?.[1] ?? 0));
  return Math.max(...sizes) * 1024;
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

/** A process and all it started that are still there. */
function family(pid: number): readonly Process[] {
  const all = processes();
  const members = all.filter((one) => one.pid === pid);
  for (const member of members) members.push(...all.filter((one) => one.parent === member.pid));
  return members;
}

function processes(): readonly Process[] {
  const found: Process[] = [];
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      // The second field is the program's name in brackets and may hold anything; the rest has fixed places after the last one.
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const fields = stat
        .slice(stat.lastIndexOf(")") + 2)
        .split(" ")
        .map(Number);
      found.push({ pid: Number(name), parent: fields[1] as number, ticks: (fields[11] as number) + (fields[12] as number) });
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

/** Resolves once something answers HTTP there; how it answers does not matter. */
export async function answering(origin: string, limitMs = 30_000): Promise<void> {
  const late = performance.now() + limitMs;
  for (;;) {
    try {
      await (await fetch(origin)).arrayBuffer();
      return;
    } catch (error) {
      if (performance.now() > late) throw new Error(`nothing answers at ${origin}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject).listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

export async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = event(child, "exit");
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await gone;
  clearTimeout(late);
}

/** The next event of a child, or a rejection if it exits first. */
function event(child: ChildProcess, name: string): Promise<readonly unknown[]> {
  return new Promise((resolve, reject) => {
    const exited = (code: number | null): void => (name === "exit" ? resolve([code]) : reject(new Error(`a process of the bench ended with ${code}`)));
    child.once("exit", exited);
    if (name !== "exit")
      child.once(name, (...values: readonly unknown[]) => {
        child.off("exit", exited);
        resolve(values);
      });
  });
}
