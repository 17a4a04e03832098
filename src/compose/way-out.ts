import { chmod, chown, copyFile, link, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cell, closedTo, NOBODY } from "../sandbox/index.ts";
import type { EgressServer } from "../surfaces/egress-proxy/proxy.ts";

/** The way out of one sandbox: a socket in a file, behind which the egress proxy knows whose it is. */
export interface WayOut {
  /** The same cell with the socket in it, and its command behind what makes an address of it. */
  through(cell: Cell): Cell;
  close(): Promise<void>;
}

/** Opens `server` at a socket that only the sandbox's program reaches: nobody else can enter its folder. */
export async function openWayOut({ server, close: shut }: EgressServer): Promise<WayOut> {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-way-"));
  const close = async (): Promise<void> => {
    await shut();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const socket = join(folder, "proxy");
    // A copy: where Node lies under `node_modules` it reads no types, and the checkout may be closed to nobody.
    const script = join(folder, "forward.mts");
    await copyFile(join(import.meta.dirname, "../runner/forward.ts"), script);
    await chmod(script, 0o644);
    const node = await runtime(folder);
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(socket, resolve));
    await chmod(socket, 0o666);
    if (process.getuid?.() === 0) await chown(folder, NOBODY, NOBODY);
    return {
      through: (cell) => ({ ...cell, before: 3, command: [node, script, socket, ...cell.command], read: [...cell.read, node, script, socket] }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The Node that runs us, where the sandbox's program can reach it. */
async function runtime(folder: string): Promise<string> {
  const node = await realpath(process.execPath);
  if ((await closedTo(node)) === undefined) return node;
  const near = join(folder, "node");
  await link(node, near).catch(() => copyFile(node, near));
  return near;
}
