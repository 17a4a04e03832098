import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import type { Language, Usage, Words } from "./language.ts";

/** The world of one command: data goes to `out`, words go to `err`. */
export interface World {
  readonly in: Readable & { readonly isTTY?: boolean };
  readonly out: Writable & { readonly isTTY?: boolean };
  readonly err: Writable & { readonly isTTY?: boolean };
  readonly env: { readonly [name: string]: string | undefined };
  readonly cwd: string;
  /** Aborted by Ctrl-C, by SIGTERM, and when nobody reads `out` any more. */
  readonly signal: AbortSignal;
}

/** The same for somebody who reads a language. */
export interface Terminal extends World {
  readonly language: Language;
  readonly usage: Usage;
  readonly words: Words;
}

/** Exit codes of every verb. */
export const EXIT = { ok: 0, error: 1, usage: 2, findings: 100 } as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** A command that cannot go on, in words for the person who typed it. `hint` says what to do. */
export class CommandFault extends Error {
  readonly exit: Exit;
  readonly hint: string | undefined;
  constructor(message: string, options: { hint?: string; exit?: Exit; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "CommandFault";
    this.exit = options.exit ?? EXIT.error;
    this.hint = options.hint;
  }
}

/** Writes one line of data and waits while the reader is behind, so that memory stays flat. */
export const print = (terminal: Terminal, line: string): Promise<void> => printBytes(terminal, `${line}\n`);

export async function printBytes(terminal: Terminal, bytes: string | Uint8Array): Promise<void> {
  terminal.signal.throwIfAborted();
  if (!terminal.out.write(bytes)) await once(terminal.out, "drain", { signal: terminal.signal });
}

export const printJson = (terminal: Terminal, value: unknown): Promise<void> => print(terminal, JSON.stringify(value));

/** Rows of a name and what it is, for a person: the names in a column as wide as the longest of `names`. */
export function rows(terminal: Terminal, names: { readonly [id: string]: string }): (name: string, text: string) => Promise<void> {
  const width = Math.max(9, ...Object.values(names).map(({ length }) => length));
  return (name, text) => print(terminal, `${paint(terminal, "out", "dim", name.padEnd(width))} ${text}`);
}

export function say(terminal: Terminal, line: string): void {
  terminal.err.write(`${line}\n`);
}

/** Colour only where a person looks and has not asked for none (no-color.org). */
export function paint(terminal: Terminal, stream: "out" | "err", style: keyof typeof STYLES, text: string): string {
  const wanted = terminal[stream].isTTY === true && (terminal.env["NO_COLOR"] ?? "") === "" && terminal.env["TERM"] !== "dumb";
  return wanted ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text;
}

const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;

/**
 * Text from a file or a log that a person will read: control characters are written out, because an escape sequence in a tool's
 * name could otherwise redraw the line that says it was denied.
 */
export function shown(text: string): string {
  return text.replace(/[^\x20-\x7e\p{L}\p{M}\p{N}\p{P}\p{S}]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}
