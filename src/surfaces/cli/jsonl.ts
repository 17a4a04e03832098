/** JSON lines in, JSON lines out: same order, one answer per line, memory bounded by the longest line that is let in. */
import { addAbortSignal, type Readable } from "node:stream";
import { codeOf, type ErrorCode, HoldfastError } from "../../core/errors.ts";
import { isObject, JSON_LIMITS, type Json, parseJson } from "../../core/json.ts";
import { type Fault, faultLine } from "../fault.ts";
import type { Progress } from "./progress.ts";
import { EXIT, type Exit, printJson, type Terminal } from "./terminal.ts";

/** One line as bytes, without its end; undefined where it was longer than the limit (it was read past, not kept). */
export type Line = Uint8Array | undefined;

/** Splits a stream at line feeds. A line is never kept beyond `most` bytes; empty lines count as lines of length 0. */
export async function* lines(stream: Readable, most: number): AsyncGenerator<Line> {
  let kept: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes: Buffer = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    let from = 0;
    for (let feed = bytes.indexOf(10); feed >= 0; feed = bytes.indexOf(10, from)) {
      length += feed - from;
      if (length <= most) kept.push(bytes.subarray(from, feed));
      yield length <= most ? joined(kept) : undefined;
      [kept, length, from] = [[], 0, feed + 1];
    }
    length += bytes.length - from;
    if (length <= most) kept.push(bytes.subarray(from));
    else kept = [];
  }
  if (length > 0) yield length <= most ? joined(kept) : undefined;
}

export interface LineError {
  readonly id?: Json;
  readonly error: { readonly code: ErrorCode; readonly message: string };
}

/**
 * Answers every line of standard input. `answer` may give several objects for one line. A line that cannot be answered gives an error
 * object in its place; blank lines are nothing. Resolves to `error` if any line failed, else to what `answer` asked for.
 */
export async function answerLines(
  terminal: Terminal,
  progress: Progress,
  answer: (value: Json) => Promise<{ readonly objects: readonly unknown[]; readonly exit?: Exit }>,
): Promise<Exit> {
  let exit: Exit = EXIT.ok;
  // Being stopped ends the waiting for a next line as well.
  addAbortSignal(terminal.signal, terminal.in);
  for await (const line of lines(terminal.in, JSON_LIMITS.bytes)) {
    if (line !== undefined && isBlank(line)) continue;
    progress.step();
    const parsed = line === undefined ? TOO_LONG : parseJson(line);
    if (!parsed.ok) {
      await printJson(terminal, lineError(undefined, parsed.code, parsed.fault));
      exit = EXIT.error;
      continue;
    }
    try {
      const { objects, exit: wanted } = await answer(parsed.value);
      for (const object of objects) await printJson(terminal, object);
      if (exit === EXIT.ok) exit = wanted ?? EXIT.ok;
    } catch (error) {
      if (terminal.signal.aborted || !(error instanceof HoldfastError)) throw error;
      await printJson(terminal, lineError(parsed.value, codeOf(error), error.message));
      exit = EXIT.error;
    }
  }
  return exit;
}

/** Throws what `answerLines` writes as an error object in the line's place. */
export function refuseLine(fault: Fault): never {
  throw new HoldfastError(fault.code, faultLine(fault));
}

const TOO_LONG = { ok: false, code: "too-large", fault: `line is longer than ${JSON_LIMITS.bytes} bytes` } as const;

function lineError(line: Json | undefined, code: ErrorCode, message: string): LineError {
  const id = isObject(line) ? line["id"] : undefined;
  return { ...(typeof id === "string" || typeof id === "number" ? { id } : {}), error: { code, message } };
}

const joined = (parts: readonly Buffer[]): Uint8Array => trimmed(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
const trimmed = (line: Buffer): Uint8Array => (line.at(-1) === 13 ? line.subarray(0, -1) : line);
const isBlank = (line: Uint8Array): boolean => line.every((byte) => byte === 32 || byte === 9 || byte === 13);

/** All of standard input, up to what a document may be. */
export async function readBytes(terminal: Terminal, most: number = JSON_LIMITS.bytes): Promise<Uint8Array> {
  addAbortSignal(terminal.signal, terminal.in);
  const bytes = await gather(terminal.in, most);
  if (bytes === undefined) throw new HoldfastError("too-large", `standard input is longer than ${most} bytes`);
  return bytes;
}

/** All of a stream; undefined where it is longer, and it may have no end. */
export async function gather(stream: AsyncIterable<Buffer | string>, most: number): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    length += bytes.length;
    if (length > most) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, length);
}

/** Undefined for bytes that are no UTF-8: what nobody understood was not inspected. */
export function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The same as text of at most `most` characters. */
export async function readAll(terminal: Terminal, most: number): Promise<string> {
  const text = decoded(await readBytes(terminal, 3 * most));
  if (text === undefined) throw new HoldfastError("bad-request", "standard input is not UTF-8");
  return text;
}
