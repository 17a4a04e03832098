import type { Readable, Writable } from "node:stream";
import { HoldfastError } from "../core/errors.ts";
import { lines, rationed } from "./lines.ts";

/** Lines of standard error a second; whoever writes more has nothing to say. */
const MOST_SAID = 100;
/** UTF-16 code units of one line, and bytes that may wait for a program that does not read. */
const LONGEST_LINE = 16 << 20;
const MOST_UNREAD = 64 << 20;
const LONGEST_SAID = 4_096;
/** Milliseconds that something whose input was closed has to end by itself. */
const PATIENCE = 2_000;

export interface Taker {
  /** One line of its standard output, without its end. */
  line(text: string): void;
  /** A line of its standard error, cut where it is long. For whoever looks after it. */
  said(text: string): void;
  /** Why it is over. Called once, last. */
  ended(why: string): void;
}

export interface Streams {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

/** Something that runs and that this process did not spawn: a container, a thread. */
export interface Spoken extends Streams {
  /** Its exit code, or undefined where something else ended it. Never rejects. */
  readonly ended: Promise<number | undefined>;
  kill(): void;
}

interface Ends {
  /** Why it is over, if it is. */
  readonly over: () => string | undefined;
  stop(why: string): void;
}

/** Speaks in lines with whatever has these streams. */
export function talk({ stdin, stdout, stderr }: Streams, take: Omit<Taker, "ended">, { over, stop }: Ends) {
  // A write to a program that is gone is told by its end, not by a crash of ours.
  stdin.on("error", () => {});
  stdout.on("data", lines({ most: LONGEST_LINE, line: take.line, broken: stop, strict: true }));
  const said = rationed(MOST_SAID, take.said, () => performance.now());
  stderr.on("data", lines({ most: LONGEST_SAID, line: said, broken: () => {}, strict: false }));
  return {
    pause: () => void stdout.pause(),
    resume: () => void stdout.resume(),
    async send(line: string): Promise<void> {
      const why = over();
      if (why !== undefined || stdin.destroyed) throw new HoldfastError("unavailable", `the program is over: ${why ?? "it closed its input"}`);
      // A second line would be a second message that nobody has looked at.
      if (/[\r\n]/.test(line)) throw new HoldfastError("bad-request", "a message is one line");
      if (stdin.writableLength > MOST_UNREAD) stop("it does not read");
      else stdin.write(`${line}\n`);
    },
  };
}

/** The same for what was not spawned: it is ended by whoever runs it. */
export function talkTo(running: Spoken, take: Taker): { send(line: string): Promise<void>; end(now?: boolean): Promise<void> } {
  let over: string | undefined;
  const stop = (why: string): void => {
    over ??= why;
    running.kill();
  };
  const { send } = talk(running, take, { over: () => over, stop });
  const gone = running.ended.then((code) => {
    over ??= code === undefined ? "it was ended" : `it ended with ${code}`;
    take.ended(over);
  });
  return {
    send,
    async end(now = false) {
      over ??= "it was ended";
      running.stdin.end();
      if (now) running.kill();
      const make = setTimeout(() => running.kill(), PATIENCE);
      await gone;
      clearTimeout(make);
    },
  };
}
