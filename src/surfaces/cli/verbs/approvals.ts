import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { isObject, type Json, type JsonObject, parseJsonText, writeJson } from "../../../core/json.ts";
import { withoutAbsent } from "../../../core/without-absent.ts";
import { type Place, placeOf, questionsEverywhere, typed } from "../asked.ts";
import { reach } from "../operator.ts";
import { publicKey } from "../public-key.ts";
import { runTicket } from "../run-ticket.ts";
import { CommandFault, EXIT, type Exit, paint, print, printJson, rows, say, shown, type Terminal } from "../terminal.ts";
import { wire } from "../wire.ts";

interface Flags {
  readonly config?: string;
  readonly json?: boolean;
}

/** What the API says of a question, as far as it is shown here. */
interface Question {
  readonly id: string;
  readonly state: string;
  readonly agent: string;
  readonly user?: string;
  readonly action: string;
  readonly tool?: string;
  readonly args?: JsonObject;
  readonly before?: JsonObject;
  readonly target?: { readonly type: string; readonly id: string };
  readonly content: readonly { readonly source: string; readonly text?: string; readonly value?: Json }[];
  readonly digest: string;
  readonly risk: string;
  readonly control?: string;
  readonly reason: string;
  readonly reasons: readonly {
    readonly id: string;
    readonly text: string;
    readonly evidence?: readonly { readonly argument: string; readonly origin?: string }[];
  }[];
  readonly needs: readonly { readonly approvers: readonly string[]; readonly count: number }[];
  readonly escalated?: readonly string[];
  readonly asked_at: string;
  readonly expires_at: string;
  readonly answers: readonly { readonly by: string; readonly at: string; readonly action: string; readonly reason?: string; readonly via?: string }[];
  readonly remarks?: readonly { readonly from: string; readonly by: string; readonly at: string; readonly text: string }[];
  readonly files?: readonly { readonly path: string; readonly is: string }[];
  readonly counted?: { readonly by: string; readonly at: string; readonly records?: number; readonly why?: string };
  readonly uses: readonly { readonly stage: string; readonly at: string; readonly outcome?: string }[];
}

/** The questions that wait, or all of them. Exit code 100 if one waits. */
export async function list(terminal: Terminal, flags: Flags & { readonly all?: boolean }): Promise<Exit> {
  const found = await questionsEverywhere<Question>(terminal, `/api/v1/approvals?limit=500${flags.all === true ? "" : "&state=pending"}`, flags);
  // What is at stake most stands first; within that, the newest.
  const all = flags.all === true ? found : found.toSorted((a, b) => RISKS.indexOf(a.risk) - RISKS.indexOf(b.risk));
  if (flags.json === true) await printJson(terminal, all);
  else for (const one of all) await print(terminal, [one.id, one.state, one.agent, one.tool ?? one.action, one.expires_at, one.reason].map(shown).join("\t"));
  const waiting = all.filter(({ state }) => state === "pending");
  const words = terminal.words.approvals;
  say(terminal, waiting.length === 0 ? words.nothing : words.waiting(waiting.length, shown(waiting[0]?.id ?? "")));
  return waiting.length > 0 ? EXIT.findings : EXIT.ok;
}

const RISKS: readonly string[] = ["high", "medium", "low"];

/** All of what would be done, nothing left out and nothing that could redraw the line. */
export async function show(terminal: Terminal, id: string, flags: Flags): Promise<Exit> {
  const one = await question(await placeOf(terminal, id, flags));
  if (flags.json === true) await printJson(terminal, one);
  else await write(terminal, { ...one, id });
  if (flags.json !== true && one.state === "pending")
    say(terminal, terminal.words.approvals.answer(shown(id), one.before === undefined ? undefined : shown(one.digest)));
  return EXIT.ok;
}

async function write(terminal: Terminal, one: Question): Promise<void> {
  const { approvals: words, sentence } = terminal.words;
  const { names } = words;
  const row = rows(terminal, names);
  await print(terminal, paint(terminal, "out", "bold", words.is(shown(one.id), shown(one.state))));
  await row(names.agent, shown(one.user === undefined ? one.agent : words.actsFor(one.agent, one.user)));
  await row(one.tool === undefined ? names.action : names.tool, shown(one.tool ?? one.action));
  if (one.target !== undefined && one.target.id !== one.tool) await row(one.target.type, shown(one.target.id));
  for (const [name, value] of Object.entries(one.args ?? {})) {
    await row(names.argument, `${paint(terminal, "out", "bold", shown(name))} = ${written(value)}`);
    if (one.before !== undefined && writeJson(one.before[name] ?? null) !== writeJson(value)) await row(names.was, written(one.before[name] ?? null));
    for (const from of originsOf(terminal, one, name)) await row(names.from, from);
  }
  for (const [name, value] of Object.entries(one.before ?? {}))
    if (one.args?.[name] === undefined) await row(names.leftOut, `${shown(name)} = ${written(value)}`);
  for (const { source, text, value } of one.content) await row(names.content, `${shown(source)}: ${written(text ?? value ?? null)}`);
  if (one.counted !== undefined) await row(names.records, shown(countedText(words, one.counted)));
  for (const reason of one.reasons) await row(names.why, `${shown(sentence(reason.text))} (${shown(reason.id)})`);
  for (const { approvers, count } of one.needs) await row(names.needs, words.needs(count, approvers.map(shown)));
  await row(names.asked, shown(one.asked_at));
  await row(names.until, shown(one.expires_at));
  if (one.control !== undefined) await row(names.planted, one.control);
  for (const { by, at, action, reason, via } of one.answers) await row(names.answer, shown(words.answered(action, by, at, reason, via)));
  for (const { from, by, at, text } of one.remarks ?? []) await row(from === "agent" ? names.says : names.askedBack, shown(`${by}, ${at}: ${text}`));
  for (const { path, is } of one.files ?? []) await row(names.file, shown(words.file(path, is)));
  for (const { stage, at, outcome } of one.uses) await row(names.used, shown(`${stage}, ${at}${outcome === undefined ? "" : `: ${outcome}`}`));
}

export async function answer(
  terminal: Terminal,
  id: string,
  action: "approve" | "edit" | "reject" | "ask",
  flags: Flags & { readonly args?: string; readonly reason?: string; readonly seen?: string },
): Promise<Exit> {
  const args = flags.args === undefined ? undefined : argumentsIn(terminal, flags.args);
  const place = await placeOf(terminal, id, flags);
  const digest = place.run === undefined || action === "reject" || action === "ask" ? flags.seen : await lookedAt(terminal, place, id, flags);
  const body: JsonObject = { action, ...withoutAbsent({ args, reason: flags.reason, digest }) };
  const one = (await place.reached.call("POST", pathOf(place), body)) as unknown as Question;
  if (flags.json === true) await printJson(terminal, one);
  else await print(terminal, [id, one.state].map(shown).join("\t"));
  const words = terminal.words.approvals;
  const said: { readonly [state: string]: string } = words.said;
  say(terminal, action === "ask" ? words.asked : (controlOf(terminal, one) ?? said[one.state] ?? words.itIs(shown(one.state))));
  return EXIT.ok;
}

/** Shows all of it, and has it typed that exactly this is meant. Gives the digest of what was shown. */
async function lookedAt(terminal: Terminal, place: Place, ticket: string, flags: Flags): Promise<string> {
  const one = await question(place);
  if (flags.json !== true) await write(terminal, { ...one, id: ticket });
  await typed(terminal, ticket);
  return one.digest;
}

/** What came of a planted question; undefined for one that an agent asked. */
function controlOf(terminal: Terminal, { control }: Question): string | undefined {
  const came: { readonly [came: string]: string } = terminal.words.approvals.control;
  return control === undefined ? undefined : came[control];
}

/** One answer to several questions of the same shape, each as it is now. */
export async function answerAll(
  terminal: Terminal,
  ids: readonly string[],
  action: "approve" | "reject",
  flags: Flags & { readonly reason?: string; readonly seen?: string },
): Promise<Exit> {
  const [only] = ids;
  if (ids.length === 1 && only !== undefined) return answer(terminal, only, action, flags);
  if (ids.some((id) => runTicket.read(id).run !== undefined)) throw new CommandFault(terminal.words.approvals.oneByOne, { exit: EXIT.usage });
  const server = await reach(terminal, flags);
  const answers: JsonObject[] = [];
  for (const id of ids) {
    const { digest, before } = await question({ reached: server, id });
    if (before !== undefined && action === "approve") throw new CommandFault(terminal.words.approvals.changed(shown(id)), { exit: EXIT.usage });
    answers.push({ id, digest });
  }
  const body: JsonObject = { action, answers, ...(flags.reason === undefined ? {} : { reason: flags.reason }) };
  const all = (await server.call("POST", "/api/v1/approvals", body)) as unknown as readonly {
    readonly id: string;
    readonly approval?: Question;
    readonly text?: string;
  }[];
  if (flags.json === true) await printJson(terminal, all);
  for (const { id, approval, text } of all) {
    if (flags.json !== true) await print(terminal, [id, approval?.state ?? terminal.words.approvals.notAnswered].map(shown).join("\t"));
    const control = approval === undefined ? undefined : controlOf(terminal, approval);
    if (control !== undefined) say(terminal, `${shown(id)}: ${control}`);
    if (text !== undefined) say(terminal, `${shown(id)}: ${shown(terminal.words.sentence(text))}`);
  }
  return all.some(({ text }) => text !== undefined) ? EXIT.error : EXIT.ok;
}

interface Looks {
  readonly person: string;
  readonly answers: number;
  readonly approved: number;
  readonly median_ms: number;
  readonly caught: number;
  readonly missed: number;
  readonly warning?: string;
}

/** How people look at what they answer. Exit code 100 where somebody seems not to. */
export async function attention(terminal: Terminal, flags: Flags): Promise<Exit> {
  const words = terminal.words.approvals.looks;
  const { all } = (await (await reach(terminal, flags)).call("GET", "/api/v1/attention")) as unknown as { readonly all: readonly Looks[] };
  if (flags.json === true) await printJson(terminal, all);
  else
    for (const { person, answers, approved, median_ms: ms, caught, missed, warning } of all)
      await print(
        terminal,
        [person, words.approved(approved, answers), words.seconds(Math.round(ms / 100) / 10), words.caught(caught, missed), warning ?? ""]
          .map(shown)
          .join("\t"),
      );
  const warned = all.filter(({ warning }) => warning !== undefined);
  say(terminal, warned.length === 0 ? words.well : words.badly(warned.map(({ person }) => shown(person))));
  return warned.length === 0 ? EXIT.ok : EXIT.findings;
}

/** What was said of a call, as a rule to read and paste. */
export async function rule(terminal: Terminal, id: string, flags: Flags): Promise<Exit> {
  const place = await placeOf(terminal, id, flags);
  const draft = (await place.reached.call("GET", `${pathOf(place)}/rule`)) as unknown as {
    readonly replaces: readonly string[];
    readonly yaml: string;
    readonly diff: string;
    readonly holds: boolean;
    readonly because?: string;
  };
  if (flags.json === true) await printJson(terminal, draft);
  else await print(terminal, draft.yaml.trimEnd().split("\n").map(shown).join("\n"));
  for (const line of draft.diff.split("\n")) say(terminal, shown(line));
  const words = terminal.words.approvals.rule;
  say(terminal, draft.replaces.length === 0 ? words.add : words.replace(draft.replaces.map(shown)));
  if (!draft.holds) say(terminal, words.fails(shown(draft.because ?? "")));
  return EXIT.ok;
}

/** Checks a receipt with nothing but the public key: `approvals show --json`, or its `receipt` alone. */
export async function verify(terminal: Terminal, path: string, flags: { readonly key: string; readonly json?: boolean }): Promise<Exit> {
  const wiring = await wire(terminal);
  const words = terminal.words.approvals.receipt;
  const text = await readFile(resolve(terminal.cwd, path), "utf8").catch((cause: unknown) => {
    throw new CommandFault(terminal.words.files.illegible(shown(path)), { cause });
  });
  const parsed = parseJsonText(text);
  const checked = parsed.ok ? wiring.receipt(parsed.value, await publicKey(terminal, flags.key)) : undefined;
  if (checked === undefined) throw new CommandFault(words.none, { hint: words.from });
  if (flags.json === true) await printJson(terminal, checked);
  if (!checked.ok) throw new CommandFault(words.broken);
  if (flags.json !== true) await print(terminal, JSON.stringify(checked.statement, undefined, 2).split("\n").map(shown).join("\n"));
  say(terminal, paint(terminal, "err", "green", words.verified));
  return EXIT.ok;
}

const pathOf = ({ id }: Place): string => `/api/v1/approvals/${encodeURIComponent(id)}`;

async function question(place: Place): Promise<Question> {
  return (await place.reached.call("GET", pathOf(place))) as unknown as Question;
}

function argumentsIn({ words }: Terminal, text: string): JsonObject {
  const parsed = parseJsonText(text);
  if (parsed.ok && isObject(parsed.value)) return parsed.value;
  throw new CommandFault(words.approvals.args(parsed.ok ? undefined : parsed.fault), { hint: words.approvals.argsLike, exit: EXIT.usage });
}

/** Where a value came from, for everything below the argument of this name. */
function originsOf({ words }: Terminal, { reasons }: Question, name: string): readonly string[] {
  const below = reasons.flatMap(({ evidence = [] }) => evidence.filter(({ argument }) => argument === name || argument.startsWith(`${name}/`)));
  return [
    ...new Set(
      below.map(
        ({ argument, origin }) => `${argument === name ? "" : `${shown(argument)}: `}${origin === undefined ? words.approvals.nowhere : shown(origin)}`,
      ),
    ),
  ];
}

function countedText(words: Terminal["words"]["approvals"], { by, at, records, why = "" }: NonNullable<Question["counted"]>): string {
  return records === undefined ? words.uncounted(why, by, at) : words.counted(records, by, at);
}

const written = (value: Json): string => shown(typeof value === "string" ? value : writeJson(value));
