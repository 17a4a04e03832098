import type { Config, Fault, Loaded } from "../../config/index.ts";
import { CommandFault, paint, say, shown, type Terminal } from "./terminal.ts";
import type { Wiring } from "./wiring.ts";

export type Good = Extract<Loaded, { ok: true }>;

/** The configuration of this command; its faults are written like a compiler's, and end the command. */
export async function configured(terminal: Terminal, wiring: Wiring, path: string | undefined): Promise<Good> {
  const loaded = await wiring.load(path);
  if (loaded.ok) return loaded;
  writeFaults(terminal, loaded.faults);
  const { none, faults } = terminal.words.configuration;
  throw new CommandFault(nothingFound(loaded) ? none : faults(loaded.faults.length));
}

/** The same for verbs that only evaluate: with no configuration anywhere they show the product out of the box. */
export async function configuredOr(
  terminal: Terminal,
  wiring: Wiring,
  path: string | undefined,
): Promise<{ readonly config: Config /** Where it was found. */; readonly path?: string }> {
  const loaded = await wiring.load(path);
  if (loaded.ok) return { config: loaded.config, path: loaded.path };
  if (path === undefined && nothingFound(loaded)) return { config: wiring.outOfTheBox() };
  writeFaults(terminal, loaded.faults);
  throw new CommandFault(terminal.words.configuration.faults(loaded.faults.length));
}

/** True where no file was found and none was named. */
export function nothingFound(loaded: Loaded): boolean {
  return !loaded.ok && loaded.path === undefined && loaded.faults.every(({ line, hint }) => line === 0 && hint !== undefined);
}

export function writeFaults(terminal: Terminal, faults: readonly Fault[], level: "error" | "warning" = "error"): void {
  const title = paint(terminal, "err", level === "error" ? "red" : "yellow", terminal.usage[level]);
  for (const { file, line, column, message, hint } of faults) {
    const place = line === 0 ? file : `${file}:${line}:${column}`;
    say(terminal, `${paint(terminal, "err", "bold", shown(place))}: ${title} ${shown(terminal.words.sentence(message))}`);
    if (hint !== undefined) say(terminal, `  ${shown(terminal.words.sentence(hint))}`);
  }
}
