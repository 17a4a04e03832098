import { createHash } from "node:crypto";
import type { Confirmed } from "../../../config/index.ts";
import { configured, type Good, writeFaults } from "../configured.ts";
import { HostFileFault, readHostFile, replaceHostFile } from "../host-file.ts";
import { CommandFault, EXIT, type Exit, paint, print, printJson, say, shown, type Terminal } from "../terminal.ts";
import { wire } from "../wire.ts";
import type { Examined, Wiring } from "../wiring.ts";

interface Flags {
  readonly config?: string;
  readonly json?: boolean;
  readonly strict?: boolean;
  readonly confirm?: boolean;
}

/** Faults end with exit code 1; nothing is confirmed in a file that has one. What is legal and perhaps not meant (a grant of `*`) is a warning, and with `--strict` a finding: 100. */
export async function check(terminal: Terminal, flags: Flags): Promise<Exit> {
  const wiring = await wire(terminal);
  if (flags.json === true) {
    const loaded = await wiring.load(flags.config);
    if (!loaded.ok) {
      await printJson(terminal, { ok: false, faults: loaded.faults });
      return EXIT.error;
    }
    const examined = await wiring.examine(loaded);
    const confirmed = flags.confirm === true ? await confirm(terminal, wiring, loaded, examined) : undefined;
    await printJson(terminal, { ok: true, path: loaded.path, digest: loaded.digest, ...examined, ...(confirmed === undefined ? {} : { confirmed }) });
    return exitOf(examined, flags);
  }
  const loaded = await configured(terminal, wiring, flags.config);
  const examined = await wiring.examine(loaded);
  await write(terminal, examined);
  writeFaults(terminal, examined.warnings, "warning");
  const guessed = examined.tools.filter(({ derived }) => derived.length > 0).length;
  const words = terminal.words.check;
  say(terminal, words.good(shown(loaded.path), examined.tests, examined.warnings.length, guessed));
  if (flags.confirm === true) {
    const { tools, backup, left } = await confirm(terminal, wiring, loaded, examined);
    if (left.length > 0) say(terminal, words.left(left.map(shown)));
    say(terminal, backup === undefined ? words.nothing : words.confirmed(tools.length, shown(backup)));
  }
  return exitOf(examined, flags);
}

interface Confirmation {
  readonly tools: readonly string[];
  /** Tools for which the file has no place: their server is not under `tools`. */
  readonly left: readonly string[];
  /** Where the file as it was before lies; absent where nothing was written. */
  readonly backup?: string;
}

/** Writes what was worked out into the file; where that cannot be read then, the file is as it was. */
async function confirm(terminal: Terminal, wiring: Wiring, loaded: Good, { tools }: Examined): Promise<Confirmation> {
  const file = await readHostFile(loaded.path);
  if (file === undefined || createHash("sha256").update(file.text).digest("hex") !== loaded.digest) throw new HostFileFault("changed", loaded.path);
  const guessed = tools
    .filter(({ derived }) => derived.length > 0)
    .map(({ tool, derived, ...facts }) => {
      const dot = tool.indexOf(".");
      return { server: tool.slice(0, Math.max(dot, 0)), tool: tool.slice(dot + 1), facts: only(facts, derived) };
    });
  const { text, left } = wiring.withFacts(file.text, guessed);
  const nameOf = ({ server, tool }: Confirmed): string => (server === "" ? tool : `${server}.${tool}`);
  const confirmation = { tools: guessed.filter((one) => !left.includes(one)).map(nameOf), left: left.map(nameOf) };
  if (text === file.text) return confirmation;
  const backup = await replaceHostFile(file, text);
  if (!(await wiring.load(loaded.path)).ok) {
    const written = await readHostFile(loaded.path);
    if (written !== undefined) await replaceHostFile(written, file.text);
    throw new CommandFault(terminal.words.check.spoiled(shown(loaded.path)), { hint: terminal.words.check.byHand });
  }
  return { ...confirmation, backup };
}

function only(facts: Confirmed["facts"], names: readonly string[]): Confirmed["facts"] {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => names.includes(name)));
}

const exitOf = ({ warnings }: Examined, { strict }: Flags): Exit => (strict === true && warnings.length > 0 ? EXIT.findings : EXIT.ok);

async function write(terminal: Terminal, { agents, tools, rules }: Examined): Promise<void> {
  const words = terminal.words.check;
  const list = (named: readonly string[]): string => (named.length === 0 ? words.nothingListed : named.join(", "));
  const row = (grant: keyof typeof words.names, named: readonly string[]): Promise<void> => print(terminal, `  ${words.names[grant].padEnd(8)} ${list(named)}`);
  const title = (text: string): Promise<void> => print(terminal, paint(terminal, "out", "bold", text));
  for (const { agent, role, models, read, write: writes, deny, egress } of agents) {
    await title(words.agent(agent, role));
    await row("models", models);
    await row("read", read);
    await row("write", writes);
    await row("deny", deny);
    if (egress.length > 0) await row("egress", egress);
  }
  if (tools.length > 0) await title(words.tools);
  for (const { tool, effect, egress, trust, derived, countedBy } of tools) {
    const facts = [
      mark(effect, derived, "effect"),
      mark(egress ? words.leaves : words.stays, derived, "egress"),
      mark(words.results(trust), derived, "trust"),
      ...(countedBy === undefined ? [] : [countedBy === tool ? words.countsItself : words.countedBy(countedBy)]),
    ];
    await print(terminal, `  ${tool}  ${facts.join(", ")}`);
  }
  if (tools.some(({ derived }) => derived.length > 0)) await print(terminal, words.guessed);
  if (rules.length > 0) await title(words.rules);
  for (const { id, then, mode, after, until } of rules) {
    const looksBack = after === undefined ? "" : words.after(shown(after), until === undefined ? undefined : shown(until));
    await print(terminal, `  ${id}  ${mode === "enforce" ? then : words.would(then)}${looksBack}`);
  }
}

const mark = (text: string, derived: readonly string[], fact: string): string => (derived.includes(fact) ? `${text}?` : text);
