import { setTimeout as pause } from "node:timers/promises";
import { isObject, type Json, type JsonObject, writeJson } from "../../../core/json.ts";
import { type Reached, reach } from "../operator.ts";
import { CommandFault, EXIT, type Exit, paint, print, printJson, rows, say, shown, type Terminal } from "../terminal.ts";

interface Flags {
  readonly config?: string;
  readonly json?: boolean;
}

/** What the API says of a task. */
interface Task {
  readonly id: string;
  readonly agent: string;
  readonly session?: string;
  readonly state: string;
  readonly opened_at: string;
  readonly by?: string;
  readonly reason?: string;
  readonly began_at?: string;
  readonly ended_at?: string;
  /** How many steps of a rollback a person should look at. */
  readonly left: number;
  readonly counts: { readonly [state: string]: number };
  readonly steps?: readonly Step[];
}

interface Step {
  readonly number: number;
  readonly tool: string;
  readonly request: string;
  readonly state: string;
  readonly why?: string;
  readonly undo?: { readonly call: string; readonly args?: JsonObject };
  readonly undone_by?: string;
  readonly left: boolean;
  readonly settled?: { readonly by: string; readonly reason: string };
}

const PATH = "/api/v1/rollbacks";
const LOOK_MS = 300;

/** The tasks whose effects can be undone, the newest first. Exit code 100 if a rollback left something that a person should look at. */
export async function list(terminal: Terminal, flags: Flags): Promise<Exit> {
  const tasks = (await (await reach(terminal, flags)).call("GET", PATH)) as unknown as readonly Task[];
  if (flags.json === true) await printJson(terminal, tasks);
  else
    for (const task of tasks)
      await print(terminal, [task.id, task.state, task.agent, task.session ?? "-", task.opened_at, counted(task.counts)].map(shown).join("\t"));
  const left = tasks.filter(({ state, left: steps }) => state === "over" && steps > 0);
  say(
    terminal,
    terminal.words.rollback.summary(
      tasks.length,
      left.map(({ id }) => shown(id)),
    ),
  );
  return left.length > 0 ? EXIT.findings : EXIT.ok;
}

/** Every effect of a task, and how it is, was, or was not undone. */
export async function show(terminal: Terminal, id: string, flags: Flags): Promise<Exit> {
  return tell(terminal, await task(terminal, await reach(terminal, flags), id), flags);
}

/** Undoes what a task did, from its last effect back. Exit code 100 if something could not be undone, or nobody knows whether it was. */
export async function run(
  terminal: Terminal,
  id: string,
  flags: Flags & { readonly dryRun?: boolean; readonly reason?: string; readonly from?: number },
): Promise<Exit> {
  const server = await reach(terminal, flags);
  const before = await task(terminal, server, id);
  const { from = 1 } = flags;
  if (flags.dryRun === true) return plan(terminal, before, from, flags);
  const { why } = terminal.words;
  if (flags.reason === undefined) throw new CommandFault(why.missing, { hint: `holdfast rollback run ${shown(id)} --reason "${why.word}"`, exit: EXIT.usage });
  return undo(terminal, server, id, from, flags.reason, flags);
}

/** Undoes what the open tasks of an agent, or of all, did: after it was paused. */
export async function undoOpen(terminal: Terminal, server: Reached, agent: string | undefined, flags: Flags & { readonly reason: string }): Promise<Exit> {
  const tasks = ((await server.call("GET", PATH)) as unknown as readonly Task[]).filter(
    (one) => one.state === "open" && (agent === undefined || one.agent === agent),
  );
  let exit: Exit = EXIT.ok;
  for (const { id } of tasks) if ((await undo(terminal, server, id, 1, flags.reason, flags)) !== EXIT.ok) exit = EXIT.findings;
  say(terminal, terminal.words.rollback.rolledBack(tasks.length, exit === EXIT.ok));
  return exit;
}

async function undo(terminal: Terminal, server: Reached, id: string, from: number, reason: string, flags: Flags): Promise<Exit> {
  let now = told(terminal, await server.call("POST", at(id), { reason, from }));
  while (now.state === "running") {
    await pause(LOOK_MS, undefined, { signal: terminal.signal });
    now = await task(terminal, server, id);
  }
  // What it is about, and not what was to stay.
  const steps = now.steps?.filter(({ number }) => number >= from) ?? [];
  await tell(terminal, { ...now, steps }, flags);
  return steps.every(({ state }) => state === "undone") && now.ended_at !== undefined ? EXIT.ok : EXIT.findings;
}

/** Says that a person has looked at what a rollback left. */
export async function settle(terminal: Terminal, id: string, step: number, flags: Flags & { readonly reason: string }): Promise<Exit> {
  return tell(terminal, told(terminal, await (await reach(terminal, flags)).call("POST", `${at(id)}/settle`, { step, reason: flags.reason })), flags);
}

/** What a run would do, in the order in which it would. */
async function plan(terminal: Terminal, { id, steps = [] }: Task, from: number, flags: Flags): Promise<Exit> {
  const about = steps.filter(({ number }) => number >= from).toReversed();
  const due = about.filter(isDue);
  if (flags.json === true) await printJson(terminal, { id, would_undo: due, would_not: about.filter((step) => !isDue(step) && step.state !== "undone") });
  else for (const step of about) await line(terminal, step);
  say(terminal, terminal.words.rollback.wouldUndo(due.length, shown(id)));
  return EXIT.ok;
}

const isDue = ({ state }: Step): boolean => state === "open" || state === "refused";

async function tell(terminal: Terminal, one: Task, flags: Flags): Promise<Exit> {
  if (flags.json === true) {
    await printJson(terminal, one);
    return EXIT.ok;
  }
  const words = terminal.words.rollback;
  const row = rows(terminal, words.names);
  await print(terminal, paint(terminal, "out", "bold", words.is(shown(one.id), shown(one.state))));
  await row(words.names.agent, shown(one.session === undefined ? one.agent : words.session(one.agent, one.session)));
  if (one.by !== undefined) await row(words.names.rollback, shown(words.by(one.by, one.began_at ?? "-", one.reason ?? "-")));
  for (const step of one.steps ?? []) await line(terminal, step);
  const look = (one.steps ?? []).filter(({ left }) => left);
  if (look.length > 0) {
    const steps = look.map(({ number, tool }) => shown(`${number} ${tool}`));
    say(terminal, words.left(steps, shown(one.id), look[0]?.number ?? 1));
  }
  return EXIT.ok;
}

async function line(terminal: Terminal, { number, tool, request, state, why, undo, undone_by: by, settled }: Step): Promise<void> {
  const call = undo === undefined ? "-" : `${undo.call} ${writeJson(undo.args ?? {})}`;
  const note = settled === undefined ? (why ?? "-") : terminal.words.rollback.looked(why ?? "-", settled.by, settled.reason);
  await print(terminal, [String(number), state, tool, request, call, by ?? "-", note].map(shown).join("\t"));
}

const at = (id: string): string => `${PATH}/${encodeURIComponent(id)}`;
const task = async (terminal: Terminal, server: Reached, id: string): Promise<Task> => told(terminal, await server.call("GET", at(id)));

function told({ words }: Terminal, answer: Json): Task {
  if (isObject(answer) && typeof answer["state"] === "string" && isObject(answer["counts"])) return answer as unknown as Task;
  throw new CommandFault(words.rollback.unsaid, { hint: words.server.older });
}

const counted = (counts: Task["counts"]): string =>
  Object.entries(counts)
    .map(([state, number]) => `${number} ${state}`)
    .join(", ");
