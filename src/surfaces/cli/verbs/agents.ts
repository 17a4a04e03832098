import { isObject, type Json, type JsonObject } from "../../../core/json.ts";
import { count } from "../configured.ts";
import { reach } from "../operator.ts";
import { CommandFault, EXIT, type Exit, paint, print, printJson, say, shown, type Terminal } from "../terminal.ts";

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
  const row = (name: string, text: string): Promise<void> => print(terminal, `${paint(terminal, "out", "dim", name.padEnd(9))} ${shown(text)}`);
  await print(terminal, paint(terminal, "out", "bold", `${shown(one.agent)} is ${one.phase}`));
  await row("since", one.graduated ? one.since : "always: nobody gave it a phase, and no incident moves it");
  if (one.paused !== undefined) await row("paused", stateOf(one.paused).slice(1).join(", "));
  if (one.role !== undefined) await row("role", one.role);
  for (const [name, list] of [
    ["read", one.read],
    ["write", one.write],
    ["blocked", one.deny],
  ] as const)
    if (list.length > 0) await row(name, list.join(", "));
  for (const criterion of one.criteria) await row(criterion.met ? "met" : "not met", sentenceOf(criterion));
  if (one.incident !== undefined) await row("incident", `${one.incident.at}, ${one.incident.cause}`);
  for (const { tool, phase, since, criteria, proposed } of one.tools ?? []) {
    await row("with", `${tool}: ${phase}, since ${since}${proposed === undefined ? "" : `; ${proposed} is proposed`}`);
    for (const criterion of criteria) await row("", `${criterion.met ? "met" : "not met"}: ${sentenceOf(criterion)}`);
  }
  if (one.proposed !== undefined) say(terminal, `${one.proposed} is proposed: holdfast agents promote ${shown(one.agent)} --reason "why"`);
  return EXIT.ok;
}

/** Who moved it from which phase to which, and why; the newest first. */
export async function history(terminal: Terminal, agent: string, flags: Flags): Promise<Exit> {
  const one = await about(terminal, agent, flags);
  if (flags.json === true) await printJson(terminal, one.history);
  else
    for (const { at, tool, from, to, by, reason, forced } of one.history)
      await print(terminal, [at, `${tool === undefined ? "" : `${tool}: `}${from} -> ${to}`, by, forced ? "forced" : "", reason].map(shown).join("\t"));
  say(terminal, `${count(one.history.length, "move")}; ${shown(one.agent)} is ${one.phase}`);
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
  if (reason === undefined)
    throw new CommandFault("say why: it is written down with your name", { hint: `holdfast agents ${what} ${shown(agent)} --reason "why"`, exit: EXIT.usage });
  const body: JsonObject = { reason, ...(tool === undefined ? {} : { tool }), ...(to === undefined ? {} : { to }), ...(force === true ? { force } : {}) };
  const one = (await (await reach(terminal, flags)).call("POST", `${PATH}/${encodeURIComponent(agent)}/${what}`, body)) as unknown as Agent;
  const moved = one.tools?.find((own) => own.tool === tool);
  const [name, phase] = moved === undefined ? [one.agent, one.phase] : [`${one.agent} with ${moved.tool}`, moved.phase];
  if (flags.json === true) await printJson(terminal, one);
  else await print(terminal, [name, phase].map(shown).join("\t"));
  say(terminal, `${shown(name)} is ${shown(phase)} from now on`);
  return EXIT.ok;
}

async function about(terminal: Terminal, agent: string, flags: Flags): Promise<Agent> {
  return (await (await reach(terminal, flags)).call("GET", `${PATH}/${encodeURIComponent(agent)}`)) as unknown as Agent;
}

function sentenceOf({ id, value, wanted }: Criterion): string {
  const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
  switch (id) {
    case "stay":
      return `${value} of ${wanted} days in this phase`;
    case "quiet":
      return `${value} of ${wanted} days without an incident`;
    case "calls":
      return `${value} of ${wanted} writes`;
    case "errors":
      return `${percent(value)} of them failed, at most ${percent(wanted)} may`;
    case "decisions":
      return `${value} of ${wanted} answers of people`;
    case "agreement":
      return `${percent(value)} of them approved it as it was, at least ${percent(wanted)} have to`;
    default:
      return `${id}: ${value}, wanted ${wanted}`;
  }
}

async function change(terminal: Terminal, what: "pause" | "resume", agent: string | undefined, flags: Flags): Promise<Exit> {
  const example = `holdfast agents ${what} ${agent === undefined ? "--all" : shown(agent)} --reason "why"`;
  if ((agent === undefined) === (flags.all !== true)) throw new CommandFault("name one agent, or say `--all`", { hint: example, exit: EXIT.usage });
  if (flags.reason === undefined) throw new CommandFault("say why: it is written down with your name", { hint: example, exit: EXIT.usage });
  const server = await reach(terminal, flags);
  const exit = await tell(terminal, flags, await server.call("POST", `${PATH}/${encodeURIComponent(agent ?? "*")}/${what}`, { reason: flags.reason }));
  return flags.rollback === true ? (await import("./rollback.ts")).undoOpen(terminal, server, agent, { ...flags, reason: flags.reason }) : exit;
}

async function tell(terminal: Terminal, flags: Flags, answer: Json): Promise<Exit> {
  const { all, agents } = isObject(answer) ? answer : {};
  if (!Array.isArray(agents)) throw new CommandFault("the server did not say which agents there are", { hint: "is it an older one?" });
  const rows = agents.filter(isObject);
  if (flags.json === true) {
    await printJson(terminal, answer);
    return EXIT.ok;
  }
  for (const { agent, phase, paused, budgets } of rows) {
    const [state = "", ...why] = stateOf(paused ?? all);
    await print(terminal, [String(agent), state, String(phase), ...why].map(shown).join("\t"));
    for (const budget of Array.isArray(budgets) ? budgets.filter(isObject) : []) await print(terminal, ["", ...spentOf(budget)].map(shown).join("\t"));
  }
  const held = isObject(all ?? null) ? rows.length : rows.filter(({ paused }) => paused !== undefined).length;
  const proposed = rows.filter((row) => row["proposed"] !== undefined).map(({ agent }) => String(agent));
  if (proposed.length > 0) say(terminal, `the next phase is proposed for ${proposed.map(shown).join(", ")}: holdfast agents show ${shown(proposed[0] ?? "")}`);
  say(terminal, `${count(rows.length, "agent")}, ${held} paused${isObject(all ?? null) ? " (all are: holdfast agents resume --all)" : ""}`);
  return EXIT.ok;
}

function stateOf(pause: Json | undefined): readonly string[] {
  if (pause === undefined || !isObject(pause)) return ["works"];
  const { by, reason, since }: JsonObject = pause;
  return ["paused", String(since), String(by), String(reason)];
}

function spentOf({ id, of, unit, used, reserved, limit, window, frees_at }: JsonObject): readonly string[] {
  const each = TIMES.find(([seconds]) => seconds === window)?.[1] ?? `${String(window)} s`;
  return [
    [id, of].filter((one) => one !== undefined).join(" "),
    `${String(used)} of ${String(limit)} ${String(unit)} a ${each}`,
    ...(reserved === 0 ? [] : [`${String(reserved)} reserved`]),
    ...(frees_at === undefined ? [] : [`first part free at ${String(frees_at)}`]),
  ];
}
const TIMES: readonly (readonly [number, string])[] = [
  [60, "minute"],
  [3_600, "hour"],
  [86_400, "day"],
  [604_800, "week"],
  [2_592_000, "month"],
];
