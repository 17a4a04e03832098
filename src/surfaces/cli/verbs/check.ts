import { configured, count, writeFaults } from "../configured.ts";
import { EXIT, type Exit, paint, print, printJson, say, shown, type Terminal } from "../terminal.ts";
import { wire } from "../wire.ts";
import type { Examined } from "../wiring.ts";

interface Flags {
  readonly config?: string;
  readonly json?: boolean;
  readonly strict?: boolean;
}

/** Faults end with exit code 1. What is legal and perhaps not meant (a grant of `*`) is a warning, and with `--strict` a finding: 100. */
export async function check(terminal: Terminal, flags: Flags): Promise<Exit> {
  const wiring = await wire(terminal);
  if (flags.json === true) {
    const loaded = await wiring.load(flags.config);
    if (!loaded.ok) {
      await printJson(terminal, { ok: false, faults: loaded.faults });
      return EXIT.error;
    }
    const examined = await wiring.examine(loaded);
    await printJson(terminal, { ok: true, path: loaded.path, digest: loaded.digest, ...examined });
    return exitOf(examined, flags);
  }
  const loaded = await configured(terminal, wiring, flags.config);
  const examined = await wiring.examine(loaded);
  await write(terminal, examined);
  writeFaults(terminal, examined.warnings, "warning");
  const guessed = examined.tools.filter(({ derived }) => derived.length > 0).length;
  const tests = examined.tests === 0 ? "no tests" : `${count(examined.tests, "test")} passed`;
  say(terminal, `${shown(loaded.path)} is good: ${tests}, ${count(examined.warnings.length, "warning")}, ${count(guessed, "tool")} with derived facts`);
  return exitOf(examined, flags);
}

const exitOf = ({ warnings }: Examined, { strict }: Flags): Exit => (strict === true && warnings.length > 0 ? EXIT.findings : EXIT.ok);

async function write(terminal: Terminal, { agents, tools, rules }: Examined): Promise<void> {
  const title = (text: string): Promise<void> => print(terminal, paint(terminal, "out", "bold", text));
  for (const { agent, role, models, read, write: writes, deny } of agents) {
    await title(`agent ${agent} (role ${role})`);
    await print(terminal, `  models   ${list(models)}`);
    await print(terminal, `  read     ${list(read)}`);
    await print(terminal, `  write    ${list(writes)}`);
    await print(terminal, `  blocked  ${list(deny)}`);
  }
  if (tools.length > 0) await title("tools");
  for (const { tool, effect, egress, trust, derived } of tools) {
    const facts = [
      mark(effect, derived, "effect"),
      mark(egress ? "leaves the house" : "stays in the house", derived, "egress"),
      mark(`results ${trust}`, derived, "trust"),
    ];
    await print(terminal, `  ${tool}  ${facts.join(", ")}`);
  }
  if (tools.some(({ derived }) => derived.length > 0)) await print(terminal, "  (? = worked out, not configured: confirm it under `tools`)");
  if (rules.length > 0) await title("rules");
  for (const { id, then, mode, after, until } of rules) {
    const looksBack = after === undefined ? "" : `, after ${shown(after)}${until === undefined ? "" : `, until ${shown(until)}`}`;
    await print(terminal, `  ${id}  ${mode === "enforce" ? then : `would ${then} (monitor)`}${looksBack}`);
  }
}

const list = (names: readonly string[]): string => (names.length === 0 ? "nothing" : names.join(", "));
const mark = (text: string, derived: readonly string[], fact: string): string => (derived.includes(fact) ? `${text}?` : text);
