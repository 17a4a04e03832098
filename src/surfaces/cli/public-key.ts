import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { CommandFault, shown, type Terminal } from "./terminal.ts";

/** The log's public key, given as itself or as the file it is in. */
export async function publicKey(terminal: Terminal, given: string): Promise<string> {
  if (/^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$/.test(given)) return given;
  try {
    return (await readFile(resolve(terminal.cwd, given), "utf8")).trim();
  } catch (cause) {
    throw new CommandFault(terminal.words.files.key(shown(given)), { cause });
  }
}
