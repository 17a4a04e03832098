import { createHash } from "node:crypto";
import { HoldfastError } from "../core/errors.ts";
import { isObject } from "../core/json.ts";
import type { Daemon } from "./daemon.ts";
import { system } from "./system.ts";

/**
 * An image with nothing in it but the links of this machine's root folder: what a container without an image of its own stands on. Made on
 * this machine and kept by the engine; nothing is fetched.
 */
export async function emptyRoot(daemon: Daemon): Promise<{ readonly id: string; readonly volumes: readonly string[] }> {
  const tar = archive((await system()).links);
  const tag = createHash("sha256").update(tar).digest("hex").slice(0, 12);
  const look = async (): Promise<string | undefined> => {
    const { status, value } = await daemon.ask("GET", `/images/${REPOSITORY}:${tag}/json`);
    return status === 200 && isObject(value) ? String(value["Id"]) : undefined;
  };
  let id = await look();
  if (id === undefined) {
    await daemon.ask("POST", `/images/create?fromSrc=-&repo=${REPOSITORY}&tag=${tag}`, { body: tar });
    id = await look();
  }
  if (id === undefined) throw new HoldfastError("unavailable", "the container engine does not take in an image");
  return { id, volumes: [] };
}

const REPOSITORY = "holdfast-empty";
const BLOCK = 512;

/** A tar archive (POSIX.1-1988, `ustar`) of links and nothing else; the folder `work` is there so that it is never empty. */
function archive(links: readonly (readonly [path: string, target: string])[]): Buffer {
  return Buffer.concat([header("work/", "5", ""), ...links.map(([path, target]) => header(path.slice(1), "2", target)), Buffer.alloc(2 * BLOCK)]);
}

function header(name: string, type: "2" | "5", target: string): Buffer {
  const block = Buffer.alloc(BLOCK);
  const put = (at: number, text: string): void => void block.write(text, at, "latin1");
  put(0, name);
  put(100, "0000755\0");
  for (const owner of [108, 116]) put(owner, "0000000\0");
  for (const number of [124, 136]) put(number, "00000000000\0");
  put(148, "        ");
  put(156, type);
  put(157, target);
  put(257, "ustar\x0000");
  const sum = block.reduce((all, byte) => all + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}
