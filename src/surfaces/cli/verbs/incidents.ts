import { reach } from "../operator.ts";
import { EXIT, type Exit, paint, print, printJson, rows, say, shown, type Terminal } from "../terminal.ts";

interface Flags {
  readonly config?: string;
  readonly json?: boolean;
}

/** What the API says of an incident. */
interface Incident {
  readonly id: string;
  readonly cause: string;
  readonly agent?: string;
  readonly person?: string;
  readonly title?: string;
  readonly state: string;
  readonly first: string;
  readonly last: string;
  readonly count: number;
  readonly clocks: readonly {
    readonly regime: string;
    readonly aware: string;
    readonly reports: readonly { readonly id: string; readonly due: string; readonly made?: string; readonly by?: string }[];
  }[];
  readonly requests?: readonly string[];
  readonly history?: readonly { readonly at: string; readonly by: string; readonly did: string; readonly text: string }[];
}

const PATH = "/api/v1/incidents";

/** What needs looking into, the newest first. Exit code 100 while one is open or a report is late. */
export async function list(terminal: Terminal, flags: Flags): Promise<Exit> {
  const incidents = (await (await reach(terminal, flags)).call("GET", PATH)) as unknown as readonly Incident[];
  const owed = (one: Incident): readonly string[] =>
    one.clocks
      .flatMap(({ reports }) => reports)
      .flatMap(({ due, made }) => (made === undefined ? [due] : []))
      .sort();
  if (flags.json === true) await printJson(terminal, incidents);
  else
    for (const one of incidents)
      await print(
        terminal,
        [one.id, one.state, one.agent ?? one.person ?? "-", one.title ?? one.cause, String(one.count), one.last, owed(one)[0] ?? "-"].map(shown).join("\t"),
      );
  const open = incidents.filter(({ state }) => state === "open");
  const now = new Date().toISOString();
  const late = incidents.filter((one) => (owed(one)[0] ?? now) < now);
  say(
    terminal,
    terminal.words.incidents.summary(
      incidents.length,
      open.length,
      late.map(({ id }) => shown(id)),
    ),
  );
  return open.length + late.length > 0 ? EXIT.findings : EXIT.ok;
}

/** One incident: its decisions, the reports that are due, and what was done about it. */
export async function show(terminal: Terminal, id: string, flags: Flags): Promise<Exit> {
  const one = (await (await reach(terminal, flags)).call("GET", `${PATH}/${encodeURIComponent(id)}`)) as unknown as Incident;
  if (flags.json === true) {
    await printJson(terminal, one);
    return EXIT.ok;
  }
  const words = terminal.words.incidents;
  const { names } = words;
  const write = rows(terminal, names);
  const row = (name: string, text: string): Promise<void> => write(name, shown(text));
  await print(terminal, paint(terminal, "out", "bold", shown(words.is(one.id, one.state, one.title ?? one.cause))));
  if (one.agent !== undefined) await row(names.agent, one.agent);
  if (one.person !== undefined) await row(names.person, one.person);
  await row(names.seen, words.seen(one.count, one.first, one.last));
  for (const { regime, aware, reports } of one.clocks) {
    await row(names.clock, words.clock(regime, aware));
    for (const { id: report, due, made, by } of reports) await row("", made === undefined ? words.due(report, due) : words.made(report, made, by ?? "-"));
  }
  for (const request of one.requests ?? []) await row(names.decision, request);
  for (const { at, by, did, text } of one.history ?? []) await row(did, `${at}, ${by}: ${text}`);
  return EXIT.ok;
}
