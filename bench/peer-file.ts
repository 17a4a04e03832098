/** What is measured beside us, in a tree of its own: none of it is part of the product. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const PEERS = join(import.meta.dirname, "peers");

/** The path of a file of a peer; the peers are installed first where it is not there. */
export function peerFile(file: string): string {
  const path = join(PEERS, "node_modules", file);
  if (!existsSync(path)) {
    console.error("installing the peers …");
    const { status } = spawnSync("npm", ["ci", "--ignore-scripts"], { cwd: PEERS, stdio: ["ignore", "ignore", "inherit"] });
    if (status !== 0 || !existsSync(path)) throw new Error("the peers could not be installed");
  }
  return path;
}
