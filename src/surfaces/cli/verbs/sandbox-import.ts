import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { stringify } from "yaml";
import type { Line } from "../../../config/index.ts";
import { readHostFile } from "../host-file.ts";
import { CommandFault, EXIT, type Exit, paint, print, printJson, say, shown, type Terminal } from "../terminal.ts";
import { wire } from "../wire.ts";

interface Flags {
  readonly cwd?: string;
  readonly acceptLess?: boolean;
  readonly json?: boolean;
}

const COLOURS = { kept: "green", tighter: "green", idle: "dim", less: "yellow", refused: "red" } as const;

/**
 * Writes a `sandbox` for holdfast.yaml that keeps apart what the settings keep apart, and says what became of each line. Nothing is written where one
 * cannot be kept, nor, unless that is accepted, where Holdfast keeps apart less.
 */
export async function importSandbox(terminal: Terminal, file: string, flags: Flags): Promise<Exit> {
  const { sandboxImport: words, sentence } = terminal.words;
  const text = file === "-" ? await all(terminal) : (await readHostFile(resolve(terminal.cwd, file)))?.text;
  if (text === undefined) throw new CommandFault(words.missing(shown(file)));
  const places = { cwd: resolve(terminal.cwd, flags.cwd ?? "."), home: terminal.env["HOME"] ?? terminal.cwd, real };
  const imported = (await wire(terminal)).importSandbox(text, places);
  if (typeof imported === "string") throw new CommandFault(words.noSettings(shown(file), sentence(imported)));
  const { lines, sandbox } = imported;
  const has = (fate: Line["fate"]): boolean => lines.some((line) => line.fate === fate);
  const good = !has("refused") && (flags.acceptLess === true || !has("less"));
  if (flags.json === true) {
    await printJson(terminal, { ok: good, ...(good ? { sandbox } : {}), lines });
    return good ? EXIT.ok : EXIT.error;
  }
  const width = 1 + Math.max(...Object.values(words.fates).map(({ length }) => length));
  for (const { at, fate, why } of lines)
    say(terminal, `${paint(terminal, "err", COLOURS[fate], words.fates[fate].padEnd(width))}${shown(at)}: ${shown(sentence(why))}`);
  if (!good) throw has("refused") ? new CommandFault(words.cannot, { hint: words.takeAway }) : new CommandFault(words.less, { hint: words.acceptLess });
  const { driver, ...lists } = sandbox;
  const given = Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
  await print(terminal, stringify({ sandbox: { driver, ...given } }, { lineWidth: 0 }).trimEnd());
  return EXIT.ok;
}

/** As far as it is there; what is not cannot be a link. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path === "/" ? path : join(real(dirname(path)), basename(path));
  }
}

const MOST = 1 << 20;

async function all(terminal: Terminal): Promise<string> {
  let text = "";
  for await (const piece of terminal.in.setEncoding("utf8"))
    if ((text += piece as string).length > MOST) throw new CommandFault(terminal.words.sandboxImport.tooLong);
  return text;
}
