import { isObject, type Json, type JsonObject } from "../../../core/json.ts";
import { reach } from "../operator.ts";
import { CommandFault, EXIT, type Exit, paint, print, printJson, rows, say, shown, type Terminal } from "../terminal.ts";

interface Flags {
  readonly config?: string;
  readonly all?: boolean;
  readonly reason?: string;
  readonly json?: boolean;
  readonly rollback?: boolean;
}

/** What the API says of an agent, as far as it is shown here. */
interface Agent {
  readonly agent: string;
  readonly paused?: Json;
  readonly phase: string;
  readonly graduated: boolean;
  readonly since: string;
  readonly criteria: readonly Criterion[];
  readonly proposed?: string;
  readonly incident?: { readonly at: string; readonly cause: string };
  readonly tools?: readonly {
    readonly tool: string;
    readonly phase: string;
    readonly since: string;
    readonly criteria: readonly Criterion[];
    readonly proposed?: string;
  }[];
  readonly role?: string;
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly deny: readonly string[];
  readonly history: readonly {
    readonly at: string;
    readonly tool?: string;
    readonly from: string;
    readonly to: string;
    readonly by: string;
    readonly reason: string;
    readonly forced: boolean;
  }[];
}

interface Criterion {
  readonly id: string;
  readonly value: number;
  readonly wanted: number;
  readonly met: boolean;
}

const PATH = "/api/v1/agents";

/** The agents of the running gateway, and who paused which and why. */
export async function list(terminal: Terminal, flags: Flags): Promise<Exit> {
  const answer = await (await reach(terminal, flags)).call("GET", PATH);
  return tell(terminal, flags, answer);
}

/** Stops an agent, or all: what it has open ends at once, and its keys open nothing until it is resumed. */
export const pause = (terminal: Terminal, agent: string | undefined, flags: Flags): Promise<Exit> => change(terminal, "pause", agent, flags);

export const resume = (terminal: Terminal, agent: string | undefined, flags: Flags): Promise<Exit> => change(terminal, "resume", agent, flags);

/** One agent: what it may do, its phase, and the numbers for the next. */
export async function show(terminal: Terminal, agent: string, flags: Flags): Promise<Exit> {
  const one = await about(terminal, agent, flags);
  if (flags.json === true) {
    await printJson(terminal, one);
    return EXIT.ok;
  }
  const words = terminal.words.agents;
  const { names } = words;
  const write = rows(terminal, names);
  const row = (name: string, text: string): Promise<void> => write(name, shown(text));
  const met = (criterion: Criterion): string => (criterion.met ? names.met : names.unmet);
  await print(terminal, paint(terminal, "out", "bold", words.is(shown(one.agent), shown(one.phase))));
  await row(names.since, one.graduated ? one.since : words.always);
  if (one.paused !== undefined) await row(names.paused, stateOf(terminal, one.paused).slice(1).join(", "));
  if (one.role !== undefined) await row(names.role, one.role);
  for (const grant of ["read", "write", "deny"] as const) if (one[grant].length > 0) await row(names[grant], one[grant].join(", "));
  for (const criterion of one.criteria) await row(met(criterion), sentenceOf(terminal, criterion));
  if (one.incident !== undefined) await row(names.incident, `${one.incident.at}, ${one.incident.cause}`);
  for (const { tool, phase, since, criteria, proposed } of one.tools ?? []) {
    await row(names.with, words.tool(tool, phase, since, proposed));
    for (const criterion of criteria) await row("", `${met(criterion)}: ${sentenceOf(terminal, criterion)}`);
  }
  if (one.proposed !== undefined) say(terminal, words.proposed(one.proposed, shown(one.agent)));
  return EXIT.ok;
}

/** Who moved it from which phase to which, and why; the newest first. */
export async function history(terminal: Terminal, agent: string, flags: Flags): Promise<Exit> {
  const one = await about(terminal, agent, flags);
  if (flags.json === true) await printJson(terminal, one.history);
  else
    for (const { at, tool, from, to, by, reason, forced } of one.history)
      await print(
        terminal,
        [at, `${tool === undefined ? "" : `${tool}: `}${from} -> ${to}`, by, forced ? terminal.words.agents.forced : "", reason].map(shown).join("\t"),
      );
  say(terminal, terminal.words.agents.moves(one.history.length, shown(one.agent), one.phase));
  return EXIT.ok;
}

interface PhaseFlags extends Flags {
  readonly tool?: string;
  readonly to?: string;
  readonly force?: boolean;
}

export const promote = (terminal: Terminal, agent: string, flags: PhaseFlags): Promise<Exit> => move(terminal, "promote", agent, flags);

export const demote = (terminal: Terminal, agent: string, flags: PhaseFlags): Promise<Exit> => move(terminal, "demote", agent, flags);

async function move(terminal: Terminal, what: "promote" | "demote", agent: string, { reason, tool, to, force, ...flags }: PhaseFlags): Promise<Exit> {
  const { agents: words, why } = terminal.words;
  if (reason === undefined) throw new CommandFault(why.missing, { hint: `holdfast agents ${what} ${shown(agent)} --reason "${why.word}"`, exit: EXIT.usage });
  const body: JsonObject = { reason, ...(tool === undefined ? {} : { tool }), ...(to === undefined ? {} : { to }), ...(force === true ? { force } : {}) };
  const one = (await (await reach(terminal, flags)).call("POST", `${PATH}/${encodeURIComponent(agent)}/${what}`, body)) as unknown as Agent;
  const moved = one.tools?.find((own) => own.tool === tool);
  const [name, phase] = moved === undefined ? [one.agent, one.phase] : [words.with(one.agent, moved.tool), moved.phase];
  if (flags.json === true) await printJson(terminal, one);
  else await print(terminal, [name, phase].map(shown).join("\t"));
  say(terminal, words.moved(shown(name), shown(phase)));
  return EXIT.ok;
}

async function about(terminal: Terminal, agent: string, flags: Flags): Promise<Agent> {
  return (await (await reach(terminal, flags)).call("GET", `${PATH}/${encodeURIComponent(agent)}`)) as unknown as Agent;
}

function sentenceOf({ words }: Terminal, { id, value, wanted }: Criterion): string {
  const { criteria, percent } = words.agents;
  switch (id) {
    case "stay":
    case "quiet":
    case "calls":
    case "decisions":
      return criteria[id](String(value), String(wanted));
    case "errors":
    case "agreement":
      return criteria[id](percent(value), percent(wanted));
    default:
      return criteria.other(id, String(value), String(wanted));
  }
}

async function change(terminal: Terminal, what: "pause" | "resume", agent: string | undefined, flags: Flags): Promise<Exit> {
  const { agents: words, why } = terminal.words;
  const example = `holdfast agents ${what} ${agent === undefined ? "--all" : shown(agent)} --reason "${why.word}"`;
  if ((agent === undefined) === (flags.all !== true)) throw new CommandFault(words.which, { hint: example, exit: EXIT.usage });
  if (flags.reason === undefined) throw new CommandFault(why.missing, { hint: example, exit: EXIT.usage });
  const server = await reach(terminal, flags);
  const exit = await tell(terminal, flags, await server.call("POST", `${PATH}/${encodeURIComponent(agent ?? "*")}/${what}`, { reason: flags.reason }));
  return flags.rollback === true ? (await import("./rollback.ts")).undoOpen(terminal, server, agent, { ...flags, reason: flags.reason }) : exit;
}

async function tell(terminal: Terminal, flags: Flags, answer: Json): Promise<Exit> {
  const { agents: words, server } = terminal.words;
  const { all, agents } = isObject(answer) ? answer : {};
  if (!Array.isArray(agents)) throw new CommandFault(words.unsaid, { hint: server.older });
  const found = agents.filter(isObject);
  if (flags.json === true) {
    await printJson(terminal, answer);
    return EXIT.ok;
  }
  for (const { agent, phase, paused, budgets } of found) {
    const [state = "", ...why] = stateOf(terminal, paused ?? all);
    await print(terminal, [String(agent), state, String(phase), ...why].map(shown).join("\t"));
    for (const budget of Array.isArray(budgets) ? budgets.filter(isObject) : [])
      await print(terminal, ["", ...spentOf(terminal, budget)].map(shown).join("\t"));
  }
  const held = isObject(all ?? null) ? found.length : found.filter(({ paused }) => paused !== undefined).length;
  const proposed = found.filter((row) => row["proposed"] !== undefined).map(({ agent }) => String(agent));
  if (proposed.length > 0) say(terminal, words.next(proposed.map(shown)));
  say(terminal, words.summary(found.length, held, isObject(all ?? null)));
  return EXIT.ok;
}

function stateOf({ words }: Terminal, pause: Json | undefined): readonly string[] {
  if (pause === undefined || !isObject(pause)) return [words.agents.works];
  const { by, reason, since }: JsonObject = pause;
  return [words.agents.paused, String(since), String(by), String(reason)];
}

function spentOf(terminal: Terminal, { id, of, unit, used, reserved, limit, window, frees_at }: JsonObject): readonly string[] {
  const { spent, windows, reserved: kept, frees } = terminal.words.agents;
  const named = TIMES.find(([seconds]) => seconds === window)?.[1];
  const each = named === undefined ? `${String(window)} s` : windows[named];
  return [
    [id, of].filter((one) => one !== undefined).join(" "),
    spent(String(used), String(limit), String(unit), each),
    ...(reserved === 0 ? [] : [kept(String(reserved))]),
    ...(frees_at === undefined ? [] : [frees(String(frees_at))]),
  ];
}

const TIMES = [
  [60, "minute"],
  [3_600, "hour"],
  [86_400, "day"],
  [604_800, "week"],
  [2_592_000, "month"],
] as const;
