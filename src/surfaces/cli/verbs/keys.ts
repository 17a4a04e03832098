import { configured } from "../configured.ts";
import { CommandFault, EXIT, type Exit, print, printJson, say, shown, type Terminal } from "../terminal.ts";
import { wire } from "../wire.ts";
import type { KeyInfo, KeyRing } from "../wiring.ts";

interface Flags {
  readonly config?: string;
  readonly json?: boolean;
}

/** Prints the key itself on standard output: this is the only time it can be seen. */
export async function mint(
  terminal: Terminal,
  flags: Flags & { readonly agent: string; readonly user?: string; readonly model?: readonly string[]; readonly expires?: string },
): Promise<Exit> {
  return withKeys(terminal, flags, async (keys, agents) => {
    if (!agents.includes(flags.agent))
      throw new CommandFault(terminal.words.configuration.noAgent(shown(flags.agent)), { hint: terminal.words.configuration.there(agents) });
    const grant = {
      agent: flags.agent,
      ...(flags.user === undefined ? {} : { user: flags.user }),
      ...(flags.model === undefined ? {} : { models: flags.model }),
      ...(flags.expires === undefined ? {} : { expires: Date.now() + durationOf(terminal, flags.expires) }),
    };
    const { text, key } = await keys.mint(grant);
    if (flags.json === true) return printJson(terminal, { key: text, ...shape(key) });
    await print(terminal, text);
    say(terminal, terminal.words.keys.minted(key.id, key.agent));
  });
}

export async function list(terminal: Terminal, flags: Flags): Promise<Exit> {
  return withKeys(terminal, flags, async (keys) => {
    const all = [...(await keys.list())].sort((a, b) => a.created - b.created);
    if (flags.json === true) return printJson(terminal, all.map(shape));
    const words = terminal.words.keys;
    for (const key of all) {
      const { id, agent, created, expires, user, models } = shape(key);
      await print(terminal, [id, agent, user ?? "-", models?.join(",") ?? words.allModels, words.made(created), words.until(expires)].map(shown).join("\t"));
    }
    say(terminal, words.summary(all.length));
  });
}

export async function revoke(terminal: Terminal, id: string, flags: Flags): Promise<Exit> {
  return withKeys(terminal, flags, async (keys) => {
    if (!(await keys.revoke(id))) throw new CommandFault(terminal.words.keys.none(shown(id)), { hint: terminal.words.keys.list });
    if (flags.json === true) return printJson(terminal, { revoked: id });
    await print(terminal, id);
    say(terminal, terminal.words.keys.revoked);
  });
}

async function withKeys(terminal: Terminal, flags: Flags, run: (keys: KeyRing, agents: readonly string[]) => Promise<void>): Promise<Exit> {
  const wiring = await wire(terminal);
  const { config } = await configured(terminal, wiring, flags.config);
  const keys = await wiring.keys(config);
  try {
    await run(keys, Object.keys(config.agents));
    return EXIT.ok;
  } finally {
    await keys.close();
  }
}

function shape({ id, agent, user, models, created, expires }: KeyInfo) {
  return {
    id,
    agent,
    ...(user === undefined ? {} : { user }),
    ...(models === undefined ? {} : { models }),
    created: new Date(created).toISOString(),
    ...(expires === undefined ? {} : { expires: new Date(expires).toISOString() }),
  };
}

const UNITS: { readonly [unit: string]: number } = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function durationOf({ words }: Terminal, text: string): number {
  const [, number, unit] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  if (number === undefined) throw new CommandFault(words.keys.noTime(shown(text)), { hint: words.keys.timeLike, exit: EXIT.usage });
  return Number(number) * (UNITS[unit ?? ""] ?? 0);
}
