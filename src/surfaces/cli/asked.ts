import { createInterface } from "node:readline/promises";
import { type Reached, reach, reachRuns } from "./operator.ts";
import { runTicket } from "./run-ticket.ts";
import { CommandFault, EXIT, shown, type Terminal } from "./terminal.ts";

interface Flags {
  readonly config?: string;
}

/** Where a question is answered: at the gateway, or at one `holdfast run`. */
export interface Place {
  readonly reached: Reached;
  readonly run?: string;
  /** What the question is called there. */
  readonly id: string;
}

export async function placeOf(terminal: Terminal, ticket: string, flags: Flags): Promise<Place> {
  const { run, id } = runTicket.read(ticket);
  if (run === undefined) return { reached: await reach(terminal, flags), id };
  const found = (await reachRuns(terminal, flags)).runs.find(({ name }) => name === run);
  if (found === undefined) throw new CommandFault(terminal.words.server.noRun(shown(run)), { hint: terminal.words.server.whatRuns });
  return { reached: found.run, run, id };
}

/** The questions of the gateway, then those of each run, by the names that a person types. Rejects only where neither answers. */
export async function questionsEverywhere<Question extends { readonly id: string }>(
  terminal: Terminal,
  path: string,
  flags: Flags,
): Promise<readonly Question[]> {
  const at = async (reached: Reached): Promise<readonly Question[]> => (await reached.call("GET", path)) as unknown as readonly Question[];
  const { configured, runs } = await reachRuns(terminal, flags);
  if (runs.length === 0) return at(await reach(terminal, flags));
  const asked = await Promise.allSettled([
    ...(configured ? [reach(terminal, flags).then(at)] : []),
    ...runs.map(async ({ name, run }) => (await at(run)).map((one) => ({ ...one, id: runTicket.of(name, one.id), run: name }))),
  ]);
  // A gateway need not run; and a run that was killed has left its address behind.
  const living = asked.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const [first] = asked;
  if (living.length === 0 && first?.status === "rejected") throw first.reason;
  return living.flat();
}

/**
 * Has a person type the name of what they approve. The agents behind `holdfast run` work for the same user on the same machine, perhaps with a
 * shell: a command that one of them writes down must not be an answer to its own question.
 */
export async function typed(terminal: Terminal, ticket: string): Promise<void> {
  const words = terminal.words.approvals.typed;
  if (terminal.in.isTTY !== true) throw new CommandFault(words.terminal, { hint: words.reject, exit: EXIT.usage });
  const line = createInterface({ input: terminal.in, output: terminal.err, terminal: false });
  try {
    const said = await line.question(words.prompt(shown(ticket)), { signal: terminal.signal });
    if (said.trim() !== ticket) throw new CommandFault(words.other);
  } finally {
    line.close();
  }
}
