import { chmod, chown, copyFile, mkdir } from "node:fs/promises";
import { basename, isAbsolute, join } from "node:path";
import { type Cell, NOBODY, nodeIn, ownFolder } from "../../sandbox/index.ts";
import type { EgressServer } from "../../surfaces/egress-proxy/proxy.ts";

/** The way out of one sandbox: a socket in a file, behind which the egress proxy knows whose it is. */
export interface WayOut {
  /** The same cell with the socket in it, and its command behind what makes an address of it. */
  through(cell: Cell): Promise<Cell>;
  close(): Promise<void>;
}

/** Opens `server` at a socket that only the sandbox's program reaches: nobody else can enter its folder. */
export async function openWayOut({ server, close: shut }: EgressServer): Promise<WayOut> {
  const { folder, free } = await ownFolder();
  const close = async (): Promise<void> => {
    await shut();
    await free();
  };
  try {
    const socket = join(folder, "proxy");
    // A copy: where Node lies under `node_modules` it reads no types, and the checkout may be closed to nobody.
    const script = join(folder, "forward.mts");
    await copyFile(join(import.meta.dirname, "../../runner/forward.ts"), script);
    await chmod(script, 0o644);
    const node = await nodeIn(folder);
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(socket, resolve));
    await chmod(socket, 0o666);
    const uid = process.getuid?.();
    if (uid === 0) {
      // The program may go through, and no more: what lies here is root's.
      await chown(folder, uid, NOBODY);
      await chmod(folder, 0o710);
    }
    return {
      async through(cell) {
        const { command, read } = cell.image === undefined ? { command: [node], read: [node] } : await withLibraries(node, join(folder, "lib"));
        return { ...cell, before: command.length + 2, command: [...command, script, socket, ...cell.command], read: [...cell.read, ...read, script, socket] };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Our Node for an image, which need not have the libraries that it was built for: they come along, in a folder of their own, with what loads them. */
async function withLibraries(node: string, folder: string): Promise<Pick<Cell, "command" | "read">> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  // Only this says where they are without starting a program; whose addresses ours are is not asked.
  const report = Object.assign(process.report, { excludeNetwork: true });
  const { sharedObjects } = report.getReport() as unknown as { readonly sharedObjects: readonly string[] };
  const libraries = sharedObjects.filter((path) => isAbsolute(path) && !path.endsWith(".node"));
  await Promise.all(libraries.map((path) => copyFile(path, join(folder, basename(path)))));
  const loader = libraries.map((path) => basename(path)).find((name) => name.startsWith("ld-"));
  return { command: loader === undefined ? [node] : [join(folder, loader), "--library-path", folder, node], read: [node, folder] };
}
