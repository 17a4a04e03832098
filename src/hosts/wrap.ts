/**
 * Puts Holdfast in front of a client's stdio servers, and takes it away again. Only the tokens of `command` and `args` change: what stood
 * there is moved, not written anew, so that comments, order, spacing and escapes survive the way there and back.
 */
import { applyEdits, type Edit } from "jsonc-parser";
import { HoldfastError } from "../core/errors.ts";
import { type Node, readDocument, type TextFault } from "./document.ts";
import { type Entry, entriesOf, type Form, type Parts } from "./entries.ts";
import { frontArguments } from "./front.ts";
import type { Host } from "./host.ts";
import { legalNames } from "./names.ts";

export interface WrapOptions {
  /** The absolute path of the program that is put in front. */
  readonly launcher: string;
  readonly config?: string;
  readonly agent?: string;
  /** Only the servers of these names; all of them without it. */
  readonly only?: readonly string[];
}

export interface ServerReport {
  readonly at: readonly string[];
  readonly name: string;
  /** What it is called in `holdfast.yaml`. */
  readonly server: string;
  readonly state: "wrapped" | "unwrapped" | "unchanged" | "http" | "other-launcher" | "unclear";
  /** Of `unclear`, `other-launcher`. */
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

/** Servers that are behind Holdfast already stay as they are, so that doing it twice changes nothing. */
export function wrap(text: string, host: Host, options: WrapOptions): Edited {
  return edit(text, host, options.only, ({ form }, server) => {
    if (form.kind === "stdio") return putInFront(text, form.parts, server, options);
    if (form.kind !== "wrapped") return stay(form);
    // Another program of our name is not protection; a planted entry must not pass for one.
    return form.launcher === options.launcher
      ? { edits: [], report: { state: "unchanged" } }
      : { edits: [], report: { state: "other-launcher", why: `it is started by ${form.launcher}` } };
  });
}

/** Restores what stands behind Holdfast now, with the changes that were made to it since. */
export function unwrap(text: string, host: Host, options: Pick<WrapOptions, "only"> = {}): Edited {
  return edit(text, host, options.only, ({ form }) => {
    if (form.kind === "wrapped") return takeAway(text, form);
    return form.kind === "stdio" ? { edits: [], report: { state: "unchanged" } } : stay(form);
  });
}

interface Step {
  readonly edits: readonly Edit[];
  readonly report: Omit<ServerReport, "at" | "name" | "server">;
}

function edit(text: string, host: Host, only: readonly string[] | undefined, step: (entry: Entry, server: string) => Step): Edited {
  const document = readDocument(text);
  if (!document.ok) return document;
  const entries = entriesOf(document.root, host);
  const names = legalNames(
    entries.map(({ name }) => name),
    entries.flatMap(({ name, form }) => (form.kind === "wrapped" ? [[name, form.front.server] as const] : [])),
  );
  const steps = entries
    .filter(({ name }) => only === undefined || only.includes(name))
    .map((entry) => {
      const { at, name, form } = entry;
      const server = form.kind === "wrapped" ? form.front.server : (names.get(name) ?? name);
      const { edits, report } = step(entry, server);
      return { edits, report: { at, name, server, ...report } };
    });
  const edited = applyEdits(
    text,
    steps.flatMap(({ edits }) => edits),
  );
  // INVARIANT: what is handed out can be read again; a client that finds its file broken may begin with an empty one.
  if (!readDocument(edited).ok) throw new HoldfastError("internal", "the changed file could not be read again, so it was left as it is");
  return { ok: true, text: edited, servers: steps.map(({ report }) => report) };
}

const stay = (form: Extract<Form, { kind: "http" | "unclear" }>): Step => ({
  edits: [],
  report: form.kind === "http" ? { state: "http" } : { state: "unclear", why: form.why },
});

function putInFront(text: string, { entry, command, args }: Parts, server: string, { launcher, config, agent }: WrapOptions): Step {
  const front = frontArguments({ server, ...(config === undefined ? {} : { config }), ...(agent === undefined ? {} : { agent }) });
  const before = [...front.map((one) => JSON.stringify(one)), source(text, command)].join(", ");
  const [first] = args?.children ?? [];
  const inserted: Edit =
    args === undefined
      ? // Directly before `command`: that place says, on the way back, that there was none.
        { offset: propertyOf(entry, command)?.offset ?? command.offset, length: 0, content: `"args": [${before}], ` }
      : first === undefined
        ? { offset: args.offset + 1, length: 0, content: before }
        : { offset: first.offset, length: 0, content: `${before}, ` };
  const old = lineOf(command, args?.children);
  return {
    edits: [replace(command, JSON.stringify(launcher)), inserted],
    report: { state: "wrapped", before: old, after: { command: launcher, args: [...front, old.command, ...(old.args ?? [])] } },
  };
}

function takeAway(text: string, { parts: { entry, command, args }, frontLength }: Extract<Form, { kind: "wrapped" }>): Step {
  const [all, list] = [args?.children ?? [], args];
  const [first, moved, next] = [all[0], all[frontLength], all[frontLength + 1]];
  if (list === undefined || first === undefined || moved === undefined) return { edits: [], report: { state: "unclear", why: "it starts Holdfast itself" } };
  const [ours, theirs] = [propertyOf(entry, list), propertyOf(entry, command)];
  const children = entry.children ?? [];
  const hadNone = next === undefined && ours !== undefined && theirs !== undefined && children.indexOf(ours) + 1 === children.indexOf(theirs);
  const removed = hadNone ? span(ours.offset, theirs.offset) : span(first.offset, next?.offset ?? endOfLast(text, list, moved));
  const rest = hadNone ? undefined : all.slice(frontLength + 1);
  return {
    edits: [removed, replace(command, source(text, moved))],
    report: { state: "unwrapped", before: lineOf(command, all), after: lineOf(moved, rest) },
  };
}

const source = (text: string, { offset, length }: Node): string => text.slice(offset, offset + length);
const replace = ({ offset, length }: Node, content: string): Edit => ({ offset, length, content });
const span = (start: number, end: number): Edit => ({ offset: start, length: end - start, content: "" });
const propertyOf = (entry: Node, value: Node): Node | undefined => entry.children?.find(({ children }) => children?.[1] === value);

function lineOf(command: Node, args: readonly Node[] | undefined): CommandLine {
  return { command: String(command.value), ...(args === undefined ? {} : { args: args.map(({ value }) => String(value)) }) };
}

/** A comma that somebody's formatter put behind the last argument goes with it. */
function endOfLast(text: string, { offset, length }: Node, last: Node): number {
  const [end, close] = [last.offset + last.length, offset + length - 1];
  return text.slice(end, close).trimStart().startsWith(",") ? end + text.slice(end, close).indexOf(",") + 1 : end;
}
