import { isObject, type Json, type JsonObject } from "../../../core/json.ts";
import { count } from "../configured.ts";
import { reach } from "../operator.ts";
import { CommandFault, EXIT, type Exit, print, printJson, say, shown, type Terminal } from "../terminal.ts";

interface Flags {
  readonly config?: string;
  readonly all?: boolean;
  readonly reason?: string;
  readonly json?: boolean;
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

async function change(terminal: Terminal, what: "pause" | "resume", agent: string | undefined, flags: Flags): Promise<Exit> {
  const example = `holdfast agents ${what} ${agent === undefined ? "--all" : shown(agent)} --reason "why"`;
  if ((agent === undefined) === (flags.all !== true)) throw new CommandFault("name one agent, or say `--all`", { hint: example, exit: EXIT.usage });
  if (flags.reason === undefined) throw new CommandFault("say why: it is written down with your name", { hint: example, exit: EXIT.usage });
  const server = await reach(terminal, flags);
  return tell(terminal, flags, await server.call("POST", `${PATH}/${encodeURIComponent(agent ?? "*")}/${what}`, { reason: flags.reason }));
}

async function tell(terminal: Terminal, flags: Flags, answer: Json): Promise<Exit> {
  const { all, agents } = isObject(answer) ? answer : {};
  if (!Array.isArray(agents)) throw new CommandFault("the server did not say which agents there are", { hint: "is it an older one?" });
  const rows = agents.filter(isObject);
  if (flags.json === true) {
    await printJson(terminal, answer);
    return EXIT.ok;
  }
  for (const { agent, paused, budgets } of rows) {
    await print(terminal, [String(agent), ...stateOf(paused ?? all)].map(shown).join("\t"));
    for (const budget of Array.isArray(budgets) ? budgets.filter(isObject) : []) await print(terminal, ["", ...spentOf(budget)].map(shown).join("\t"));
  }
  const held = isObject(all ?? null) ? rows.length : rows.filter(({ paused }) => paused !== undefined).length;
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
