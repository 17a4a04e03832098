import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { CommandFault, EXIT, type Exit, print, printJson, say, type Terminal } from "../terminal.ts";
import { wire } from "../wire.ts";
import type { Wiring } from "../wiring.ts";

/** Writes a first configuration. Never over a file that is there. */
export async function init(terminal: Terminal, file: string, flags: { readonly json?: boolean }): Promise<Exit> {
  const path = await writeStarter(terminal, await wire(terminal), file);
  if (flags.json === true) await printJson(terminal, { written: path });
  else {
    await print(terminal, path);
    say(terminal, terminal.words.init.start);
  }
  return EXIT.ok;
}

export async function writeStarter(terminal: Terminal, wiring: Wiring, file: string): Promise<string> {
  const path = resolve(terminal.cwd, file);
  const text = wiring.starter();
  try {
    // `wx` creates and never replaces, also when two start at once.
    const handle = await open(path, "wx", 0o644);
    await handle.writeFile(text).finally(() => handle.close());
    return path;
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "EIO";
    const { files, init: words } = terminal.words;
    if (code === "EEXIST") throw new CommandFault(words.there(file), { hint: words.another, cause });
    throw new CommandFault(files.unwritable(file, code), { cause });
  }
}
