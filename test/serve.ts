/** A real `holdfast serve` in a folder and process of its own, for tests that look at the whole product from outside. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";

export interface Served {
  readonly url: string;
  readonly admin: string;
  /** Of the egress proxy; empty where it does not listen. */
  readonly egress: string;
  /** A one-time login URL of the console. */
  readonly login: string;
  /** The first key; empty where the folder had one before. */
  readonly key: string;
  /** Holds `holdfast.yaml` and `data/`. */
  readonly folder: string;
  readonly process: ChildProcess;
  /** What it wrote to standard error so far. */
  said(): string;
  /** Ends it as an operator would, and resolves with its exit code. Calling it twice is one stop. */
  stop(): Promise<number | null>;
}

export interface ServeSettings {
  /** Reuses a folder of an earlier run instead of a fresh one. */
  readonly folder?: string;
  readonly env?: { readonly [name: string]: string };
  /** Of the section `server`, in place of a free port. */
  readonly server?: string;
  /** Another copy of the program than this checkout. */
  readonly bin?: string;
  /** Its group, in place of this process's. */
  readonly gid?: number;
}

// A test that fails before it stops its server must not keep the others waiting for it. Those that stop theirs afterwards have time to.
const started = new Set<ChildProcess>();
const GRACE = 15_000;
after(() => {
  setTimeout(() => {
    for (const child of started) child.kill("SIGKILL");
  }, GRACE).unref();
});

export const BIN = join(import.meta.dirname, "../bin/holdfast");
const PATIENCE = 20_000;

/** Starts with this configuration, on free ports of loopback. Rejects with what it said when it does not become ready. */
export async function serve(
  configuration: string,
  { folder = temporaryFolder(), env = {}, server = `listen: "127.0.0.1:0"`, bin = BIN, gid }: ServeSettings = {},
): Promise<Served> {
  writeFileSync(join(folder, "holdfast.yaml"), `server: { ${server}, admin: "127.0.0.1:0" }\n${configuration}`);
  const child = spawn(bin, ["serve", "--json"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", ...env },
    ...(gid === undefined ? {} : { gid }),
  });
  started.add(child);
  child.once("exit", () => started.delete(child));
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-20_000);
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const ready = new Promise<Pick<Served, "url" | "admin" | "login"> & { readonly egress?: string } & { readonly key?: { readonly text: string } }>(
    (resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`not ready within ${PATIENCE} ms: ${said}`)), PATIENCE);
      createInterface({ input: child.stdout }).once("line", (line) => {
        clearTimeout(late);
        resolve(JSON.parse(line));
      });
      void exited.then((code) => {
        clearTimeout(late);
        reject(new Error(`ended with ${code} before it was ready: ${said}`));
      });
    },
  );
  try {
    const { url, admin, egress = "", login, key } = await ready;
    return {
      url,
      admin,
      egress,
      login,
      key: key?.text ?? "",
      folder,
      process: child,
      said: () => said,
      stop() {
        child.kill("SIGTERM");
        return exited;
      },
    };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
