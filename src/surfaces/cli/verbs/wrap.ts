import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { TextFault } from "../../../hosts/document.ts";
import { HOSTS, type Host } from "../../../hosts/index.ts";
import { type Edited, type ServerReport, unwrap, wrap } from "../../../hosts/wrap.ts";
import { nothingFound, writeFaults } from "../configured.ts";
import { replaceHostFile } from "../host-file.ts";
import { type Found, filesOf, hostOf, isOpen, machineOf } from "../hosts.ts";
import { CommandFault, EXIT, type Exit, print, printJson, say, shown, type Terminal } from "../terminal.ts";
import { wrap as english } from "../text/programs/en.ts";
import { wire } from "../wire.ts";
import { difference, told } from "./wrap-report.ts";

interface Flags {
  readonly file?: string;
  readonly server?: readonly string[];
  readonly dryRun?: boolean;
  readonly json?: boolean;
}
type WrapFlags = Flags & { readonly config?: string; readonly agent?: string };

/** The launcher of this copy: the client starts it from any folder, so its path is absolute. */
const LAUNCHER = fileURLToPath(new URL("../../../../bin/holdfast", import.meta.url));

const CLIENTS = HOSTS.map(({ id }) => id);

/** Puts Holdfast in front of a client's stdio servers; with no client, lists the clients that are here. */
export async function wrapServers(terminal: Terminal, client: string | undefined, flags: WrapFlags): Promise<Exit> {
  const { file, server: only, config, agent, dryRun, json } = flags;
  const words = terminal.words.wrap;
  if (client === undefined) {
    const given = [file, only, config, agent, dryRun].some((flag) => flag !== undefined);
    if (given) throw new CommandFault(words.which, { hint: words.oneOf(CLIENTS), exit: EXIT.usage });
    return list(terminal, json === true);
  }
  const host = hostOf(terminal, client);
  const found = await filesOf(terminal, host, file);
  if (found.length === 0) throw notThere(terminal, host);
  const { path, listen } = await configuration(terminal, flags);
  const options = {
    launcher: LAUNCHER,
    ...(path === undefined ? {} : { config: path }),
    ...(agent === undefined ? {} : { agent }),
    demanded: (["config", "agent"] as const).filter((what) => flags[what] !== undefined),
    ...(only === undefined ? {} : { only }),
  };
  const plans = planned(terminal, found, only, (text) => wrap(text, host, options));
  // Without it, the configuration would be the one of the folder that the client happens to be in: perhaps a stranger's.
  if (path === undefined) say(terminal, words.unnamed);
  return carriedOut(terminal, plans, flags, listen);
}

/** Takes it away again, from one client or from all. */
export async function unwrapServers(terminal: Terminal, client: string | undefined, flags: Flags & { readonly all?: boolean }): Promise<Exit> {
  const words = terminal.words.wrap;
  if ((client === undefined) !== (flags.all === true)) throw new CommandFault(words.clientOrAll, { exit: EXIT.usage });
  if (client === undefined && flags.file !== undefined) throw new CommandFault(words.ownFile, { exit: EXIT.usage });
  const found: Found[] = [];
  for (const host of client === undefined ? HOSTS : [hostOf(terminal, client)]) found.push(...(await filesOf(terminal, host, flags.file)));
  if (found.length === 0 && client !== undefined) throw notThere(terminal, hostOf(terminal, client));
  const only = flags.server === undefined ? {} : { only: flags.server };
  const plans = planned(terminal, found, flags.server, (text, host) => unwrap(text, host, only));
  return carriedOut(terminal, plans, flags);
}

interface Plan extends Found {
  readonly text: string;
  readonly servers: readonly ServerReport[];
}

/** All or nothing: what is wrong with any of the files is found before one is changed. */
function planned(
  terminal: Terminal,
  found: readonly Found[],
  only: readonly string[] | undefined,
  edit: (text: string, host: Host) => Edited,
): readonly Plan[] {
  const words = terminal.words.wrap;
  const edits = found.map((one) => ({ ...one, edited: edit(one.file.text, one.host) }));
  const faults = edits.flatMap(({ file, edited }) => (edited.ok ? [] : [{ file: file.path, ...edited.fault, hint: words.syntax }]));
  if (faults.length > 0) {
    writeFaults(terminal, faults);
    throw new CommandFault(words.nothingChanged);
  }
  const plans = edits.flatMap(({ edited, ...one }) => (edited.ok ? [{ ...one, text: edited.text, servers: edited.servers }] : []));
  const unknown = only?.find((name) => !plans.some(({ servers }) => servers.some((server) => server.name === name)));
  if (unknown !== undefined) {
    const files = found.map(({ file }) => shown(file.path));
    throw new CommandFault(words.noServer(shown(unknown), files));
  }
  return plans;
}

async function carriedOut(terminal: Terminal, plans: readonly Plan[], { dryRun = false, json = false }: Flags, listen?: string): Promise<Exit> {
  const words = terminal.words.wrap;
  const files: unknown[] = [];
  for (const plan of plans) {
    const { host, file, text, servers } = plan;
    const changed = text !== file.text;
    const backup = changed && !dryRun ? await replaceHostFile(file, text) : undefined;
    files.push({ client: host.id, path: file.path, changed: changed && !dryRun, ...(backup === undefined ? {} : { backup }), servers });
    if (!json) for (const line of dryRun ? difference(file.path, servers) : told(terminal, file.path, servers)) await print(terminal, line);
    hints(terminal, plan, listen);
    if (backup !== undefined) say(terminal, words.backup(shown(backup)));
  }
  if (json) await printJson(terminal, { dry_run: dryRun, files });
  const changes = plans.flatMap(({ servers }) => servers).filter(({ state }) => state === "wrapped" || state === "unwrapped");
  const clients = [...new Set(plans.filter(({ file, text }) => text !== file.text).map(({ host }) => host.title))];
  if (dryRun || changes.length === 0) say(terminal, dryRun && changes.length > 0 ? words.dryRun : words.nothing);
  else say(terminal, words.changed(changes.length, clients));
  return EXIT.ok;
}

/** What a person has to know, or can do next. */
function hints(terminal: Terminal, { file, project, text, servers }: Plan, listen: string | undefined): void {
  const words = terminal.words.wrap;
  if (isOpen(file)) say(terminal, words.open(shown(file.path)));
  if (project && text !== file.text) say(terminal, words.project(shown(file.path)));
  if (listen === undefined) return;
  for (const { name, server, state } of servers) {
    if (state === "http") say(terminal, words.http(shown(name), server, listen));
    if (state === "other-front") say(terminal, words.otherwise(shown(name)));
    if (state === "other-launcher") say(terminal, words.launcher(shown(name)));
  }
}

/** Where Holdfast would read its configuration now, and where it listens. One with faults would keep every server from starting. */
async function configuration(terminal: Terminal, { config, agent }: WrapFlags): Promise<{ readonly path?: string; readonly listen: string }> {
  const wiring = await wire(terminal);
  const loaded = await wiring.load(config);
  if (!loaded.ok && (config !== undefined || !nothingFound(loaded))) {
    writeFaults(terminal, loaded.faults);
    throw new CommandFault(terminal.words.configuration.unusable);
  }
  const { server, agents } = loaded.ok ? loaded.config : wiring.outOfTheBox();
  if (agent !== undefined && !Object.hasOwn(agents, agent)) {
    const { noAgent, there } = terminal.words.configuration;
    throw new CommandFault(noAgent(shown(agent)), { hint: there(Object.keys(agents)) });
  }
  return { ...(loaded.ok ? { path: resolve(terminal.cwd, loaded.path) } : {}), listen: server.listen };
}

function notThere(terminal: Terminal, host: Host): CommandFault {
  const places = host.places(machineOf(terminal)).map(({ path }) => shown(path));
  const { notThere: none, lookedFor } = terminal.words.wrap;
  return new CommandFault(none(host.title), { hint: lookedFor(places) });
}

async function list(terminal: Terminal, json: boolean): Promise<Exit> {
  const words = terminal.words.wrap;
  const lines: { client: string; path: string; servers?: number; wrapped?: number; fault?: string; at?: TextFault }[] = [];
  for (const host of HOSTS)
    for (const { file } of await filesOf(terminal, host)) {
      const edited = wrap(file.text, host, { launcher: LAUNCHER });
      const of = { client: host.id, path: file.path };
      if (!edited.ok) lines.push({ ...of, fault: english.faultAt(edited.fault, edited.fault.message), at: edited.fault });
      else lines.push({ ...of, servers: edited.servers.length, wrapped: edited.servers.filter(({ state }) => state === "unchanged").length });
    }
  if (json)
    await printJson(
      terminal,
      lines.map(({ at: _, ...line }) => line),
    );
  for (const { client, path, servers = 0, wrapped = 0, at } of json ? [] : lines) {
    const state = at === undefined ? words.behind(servers, wrapped) : words.faultAt(at, terminal.words.sentence(at.message));
    await print(terminal, [client, path, state].map(shown).join("\t"));
  }
  say(terminal, lines.length === 0 ? words.noClients(CLIENTS) : words.files(lines.length));
  return EXIT.ok;
}
