/** What starting and ending a server takes beside its parts. */
import { rm, writeFile } from "node:fs/promises";
import type { AuditLog } from "../audit/log.ts";
import type { Config, Problem } from "../config/index.ts";
import { HoldfastError } from "../core/errors.ts";
import type { Running } from "../surfaces/cli/wiring.ts";
import type { Keys } from "../vault/keys.ts";

export interface Place {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => Promise<string>;
  /** Where keys and log lie. */
  readonly folder: string;
  /** The store's file in it. */
  readonly store: string;
  /** The configuration file, absolute. */
  readonly path: string;
  /** What `vite build` wrote. */
  readonly dist: string;
  /** This process does nothing else, so it may give up for good to start programs. */
  readonly alone?: true;
}

/** One that fails to close does not keep the others open. */
export async function closeAll(closing: (() => Promise<void> | void)[]): Promise<void> {
  const failed: unknown[] = [];
  for (const close of closing.splice(0).reverse()) {
    try {
      await close();
    } catch (error) {
      failed.push(error);
    }
  }
  if (failed.length > 0) throw new HoldfastError("unavailable", "not everything could be closed in order", { cause: failed[0] });
}

/** Fresh at every start, and never through a file that somebody else made. */
export async function writePrivate(path: string, text: string): Promise<void> {
  await rm(path, { force: true });
  await writeFile(path, `${text}\n`, { mode: 0o600, flag: "wx" });
}

/** A key for the first configured agent, made where there is none yet. */
export async function firstKey(keys: Keys, { agents }: Config, audit: AuditLog): Promise<Running["key"]> {
  const [agent] = Object.keys(agents);
  if (agent === undefined || (await keys.list()).length > 0) return undefined;
  const { text, key } = await keys.mint({ agent });
  await audit.system("key-minted", { key: key.id, agent });
  return { text, agent };
}

export const urlOf = (host: string, port: number): string => `http://${host.includes(":") ? `[${host}]` : host}:${port}`;

/** What a running server cannot change: it would have to let go of its addresses or its data. */
export function needRestart(before: Config, after: Config): readonly Problem[] {
  const held: readonly Problem[] = (["server", "storage"] as const)
    .filter((section) => JSON.stringify(before[section]) !== JSON.stringify(after[section]))
    .map((section) => ({ path: [section], at: "key", message: `a change of \`${section}\` takes a restart` }));
  const moved = before.egress.listen !== after.egress.listen;
  return moved ? [...held, { path: ["egress"], at: "key", message: "a change of `egress.listen` takes a restart" }] : held;
}
