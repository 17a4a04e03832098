/**
 * Puts Holdfast in front of a client's stdio servers, and takes it away again. Only the tokens of `command` and `args` change: what stood
 * there is moved, not written anew, so that comments, order, spacing and escapes survive the way there and back.
 */
import { HoldfastError } from "../core/errors.ts";
import { elementsOf, type Node, type Property, propertiesOf, readDocument, type Span, spanOf, type TextFault, textOf } from "./document.ts";
import { type Entry, entriesOf, type Form, type Parts } from "./entries.ts";
import { type Front, frontArguments } from "./front.ts";
import type { Host } from "./host.ts";
import { legalNames } from "./names.ts";

export interface WrapOptions {
  /** The absolute path of the program that is put in front. */
  readonly launcher: string;
  readonly config?: string;
  readonly agent?: string;
  /** Those of the two that somebody asked for, rather than that they were found: a server that is run otherwise is told. */
  readonly demanded?: readonly ("config" | "agent")[];
  /** Only the servers of these names; all of them without it. */
  readonly only?: readonly string[];
}

export interface ServerReport {
  readonly at: readonly string[];
  readonly name: string;
  /** What it is called in `holdfast.yaml`. */
  readonly server: string;
  readonly state: "wrapped" | "unwrapped" | "unchanged" | "http" | "other-launcher" | "other-front" | "unclear";
  /** Of `unclear`, `other-launcher`, `other-front`. */
  readonly why?: string;
  readonly before?: CommandLine;
  readonly after?: CommandLine;
}

/** `args` is missing where the entry has none. */
export interface CommandLine {
  readonly command: string;
  readonly args?: readonly string[];
}

export type Edited =
  | { readonly ok: true; readonly text: string; readonly servers: readonly ServerReport[] }
  | { readonly ok: false; readonly fault: TextFault };

// A project's file is a stranger's: what is done for each server must stay a matter of moments.
const MOST_SERVERS = 1000;

/** Servers that are behind Holdfast already stay as they are, so that doing it twice changes nothing. */
export function wrap(text: string, host: Host, options: WrapOptions): Edited {
  return edit(text, host, options.only, ({ form }, server) => {
    if (form.kind === "stdio") return putInFront(text, form.parts, server, options);
    if (form.kind !== "wrapped") return stay(form);
    // Another program of our name is not protection; a planted entry must not pass for one.
    if (form.launcher !== options.launcher) return { edits: [], report: { state: "other-launcher", why: `it is started by \`${form.launcher}\`` } };
    return { edits: [], report: otherwise(form.front, options) ?? { state: "unchanged" } };
  });
}

/** ATTACK: who asks for another configuration or agent and reads that nothing had to be changed believes that it holds. Undefined where it does. */
function otherwise(front: Partial<Front>, { demanded = [], config, agent }: WrapOptions): Pick<ServerReport, "state" | "why"> | undefined {
  const state = "other-front";
  if (demanded.includes("config") && front.config !== config)
    return front.config === undefined
      ? { state, why: "it is run under whatever configuration is found where it is started" }
      : { state, why: `it is run under \`${front.config}\`` };
  if (!demanded.includes("agent") || front.agent === agent) return undefined;
  return front.agent === undefined ? { state, why: "it is run for the first agent of its configuration" } : { state, why: `it is run for \`${front.agent}\`` };
}

/** Restores what stands behind Holdfast now, with the changes that were made to it since. */
export function unwrap(text: string, host: Host, options: Pick<WrapOptions, "only"> = {}): Edited {
  return edit(text, host, options.only, ({ form }) => {
    if (form.kind === "wrapped") return takeAway(text, form);
    return form.kind === "stdio" ? { edits: [], report: { state: "unchanged" } } : stay(form);
  });
}

/** Text in place of what stands there. */
interface Edit extends Span {
  readonly content: string;
}

interface Step {
  readonly edits: readonly Edit[];
  readonly report: Omit<ServerReport, "at" | "name" | "server">;
}

function edit(text: string, host: Host, only: readonly string[] | undefined, step: (entry: Entry, server: string) => Step): Edited {
  const document = readDocument(text, host.dialect);
  if (!document.ok) return document;
  const entries = entriesOf(document.root, host);
  if (entries.length > MOST_SERVERS) return { ok: false, fault: { line: 1, column: 1, message: `more than ${MOST_SERVERS} servers` } };
  const names = legalNames(
    entries.map(({ name }) => name),
    entries.flatMap(({ name, form }) => (form.kind === "wrapped" && form.front.server !== undefined ? [[name, form.front.server] as const] : [])),
  );
  const steps = entries
    .filter(({ name }) => only === undefined || only.includes(name))
    .map((entry) => {
      const { at, name, form } = entry;
      const server = (form.kind === "wrapped" ? form.front.server : undefined) ?? names.get(name) ?? name;
      const { edits, report } = step(entry, server);
      return { edits, report: { at, name, server, ...report } };
    });
  const edited = applied(
    text,
    steps.flatMap(({ edits }) => edits),
  );
  // INVARIANT: what is handed out can be read again; a client that finds its file broken may begin with an empty one.
  if (!readDocument(edited, host.dialect).ok) throw new HoldfastError("internal", "the changed file could not be read again, so it was left as it is");
  return { ok: true, text: edited, servers: steps.map(({ report }) => report) };
}

const stay = (form: Extract<Form, { kind: "http" | "unclear" }>): Step => ({
  edits: [],
  report: form.kind === "http" ? { state: "http" } : { state: "unclear", why: form.why },
});

function putInFront(text: string, { entry, command, args }: Parts, server: string, { launcher, config, agent }: WrapOptions): Step {
  const front = frontArguments({ server, ...(config === undefined ? {} : { config }), ...(agent === undefined ? {} : { agent }) });
  const before = [...front.map((one) => JSON.stringify(one)), source(text, command)].join(", ");
  const old = lineOf(command, args);
  return {
    edits: [replace(command, JSON.stringify(launcher)), inserted(entry, command, args, before)],
    report: { state: "wrapped", before: old, after: { command: launcher, args: [...front, old.command, ...(old.args ?? [])] } },
  };
}

function inserted(entry: Node, command: Node, args: Node | undefined, before: string): Edit {
  const [first] = elementsOf(args);
  if (first !== undefined) return at(spanOf(first).start, `${before}, `);
  if (args !== undefined) return at(spanOf(args).start + 1, before);
  // Directly before `command`: that place says, on the way back, that there was none.
  return at((propertyOf(entry, command) ?? spanOf(command)).start, `"args": [${before}], `);
}

function takeAway(text: string, { parts: { entry, command, args }, frontLength }: Extract<Form, { kind: "wrapped" }>): Step {
  const all = elementsOf(args);
  const [first, moved, next] = [all[0], all[frontLength], all[frontLength + 1]];
  if (args === undefined || first === undefined || moved === undefined) throw new HoldfastError("internal", "a front without a command behind it");
  const properties = propertiesOf(entry);
  const ours = properties.findIndex(({ value }) => value === args);
  const [mine, behind] = [properties[ours], properties[ours + 1]];
  const hadNone = next === undefined && mine !== undefined && behind?.value === command;
  const removed = hadNone ? cut(mine.start, behind.start) : cut(spanOf(first).start, next === undefined ? endOf(text, args, moved) : spanOf(next).start);
  return {
    edits: [removed, replace(command, source(text, moved))],
    report: {
      state: "unwrapped",
      before: lineOf(command, args),
      after: { command: textOf(moved) ?? "", ...(hadNone ? {} : { args: texts(all.slice(frontLength + 1)) }) },
    },
  };
}

function applied(text: string, edits: readonly Edit[]): string {
  let done = 0;
  const pieces = edits
    .toSorted((a, b) => a.start - b.start)
    .flatMap(({ start, end, content }) => {
      const before = text.slice(done, start);
      done = end;
      return [before, content];
    });
  return pieces.join("") + text.slice(done);
}

function source(text: string, node: Node): string {
  const { start, end } = spanOf(node);
  return text.slice(start, end);
}

const replace = (node: Node, content: string): Edit => ({ ...spanOf(node), content });
const at = (place: number, content: string): Edit => ({ start: place, end: place, content });
const cut = (start: number, end: number): Edit => ({ start, end, content: "" });
const propertyOf = (entry: Node, value: Node): Property | undefined => propertiesOf(entry).find((property) => property.value === value);
const texts = (nodes: readonly Node[]): readonly string[] => nodes.map((node) => textOf(node) ?? "");

function lineOf(command: Node, args: Node | undefined): CommandLine {
  return { command: textOf(command) ?? "", ...(args === undefined ? {} : { args: texts(elementsOf(args)) }) };
}

/** A comma that somebody's formatter put behind the last argument goes with it. */
function endOf(text: string, list: Node, last: Node): number {
  const { end } = spanOf(last);
  const rest = text.slice(end, spanOf(list).end - 1);
  return rest.trimStart().startsWith(",") ? end + rest.indexOf(",") + 1 : end;
}
