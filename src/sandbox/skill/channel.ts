import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";

/** Between the thread of a skill and us. */
export interface Channel {
  readonly port: MessagePort;
  readonly counters: Int32Array<SharedArrayBuffer>;
}

/** What the thread is born with. */
export interface Birth extends Channel {
  /** Bytes. */
  readonly memory: number;
  /** It has time to rehearse. */
  readonly waits: boolean;
}

/** The first thing that it is sent. */
export interface Task {
  readonly kind: "script" | "module" | "wasm";
  readonly code: Uint8Array;
  readonly name: string;
  readonly args: readonly string[];
  readonly env: { readonly [name: string]: string };
}

/** What it tells. */
export type Said =
  | { readonly is: "out"; readonly to: 1 | 2; readonly bytes: Uint8Array }
  | { readonly is: "read" }
  | { readonly is: "over"; readonly code: number; readonly outOfMemory: boolean };

/** Places in the counters: bytes said that nobody has taken yet, and what was sent to the thread: its task, and pieces of input. */
export const UNTAKEN = 0;
const SENT = 1;
/** So much may be untaken before the thread waits: whoever writes faster than anybody reads is held up, and our memory does not grow. */
const MOST_UNTAKEN = 1 << 20;
const MOST_PIECE = 1 << 16;

/** The thread sleeps until something is sent: an event loop would have to wake first, which takes as long as a short skill. */
export function send({ port, counters }: Channel, one: Task | Uint8Array | null): void {
  port.postMessage(one);
  Atomics.add(counters, SENT, 1);
  Atomics.notify(counters, SENT);
}

export interface Ends {
  /** Waits for the first thing that is sent. */
  task(): Task;
  /** Kept until there is a piece of it, or the next `flush`, which reading and the end are as well. */
  write(to: 1 | 2, bytes: Uint8Array): void;
  flush(): void;
  /** Waits for more input; undefined at its end. */
  read(): Uint8Array | undefined;
  over(code: number, outOfMemory?: boolean): void;
}

export function newChannel(): { readonly ours: MessagePort; readonly theirs: Channel } {
  const { port1, port2 } = new MessageChannel();
  return { ours: port1, theirs: { port: port2, counters: new Int32Array(new SharedArrayBuffer(8)) } };
}

/** The thread's end. What runs there is not asynchronous, so it waits where it must. */
export function ends({ port, counters }: Channel): Ends {
  const say = (said: Said): void => port.postMessage(said);
  let [received, isOver] = [0, false];
  const next = (): unknown => {
    while (Atomics.load(counters, SENT) === received) Atomics.wait(counters, SENT, received);
    received++;
    return receiveMessageOnPort(port)?.message;
  };
  const held = { to: 1 as 1 | 2, bytes: new Uint8Array(MOST_PIECE), length: 0 };
  const flush = (): void => {
    if (held.length === 0) return;
    for (let untaken = Atomics.load(counters, UNTAKEN); untaken > MOST_UNTAKEN; untaken = Atomics.load(counters, UNTAKEN))
      Atomics.wait(counters, UNTAKEN, untaken);
    Atomics.add(counters, UNTAKEN, held.length);
    say({ is: "out", to: held.to, bytes: held.bytes.slice(0, held.length) });
    held.length = 0;
  };
  return {
    task: () => next() as Task,
    flush,
    write(to, bytes) {
      if (held.to !== to) flush();
      held.to = to;
      for (let at = 0; at < bytes.length; ) {
        const piece = bytes.subarray(at, at + MOST_PIECE - held.length);
        held.bytes.set(piece, held.length);
        held.length += piece.length;
        at += piece.length;
        if (held.length === MOST_PIECE) flush();
      }
    },
    read() {
      if (isOver) return undefined;
      flush();
      const piece = next();
      say({ is: "read" });
      if (piece instanceof Uint8Array) return piece;
      isOver = true;
      return undefined;
    },
    over(code, outOfMemory = false) {
      flush();
      say({ is: "over", code, outOfMemory });
    },
  };
}

/** Cuts what is read into lines. */
export function lineReader({ read }: Pick<Ends, "read">): () => string | undefined {
  const decoder = new TextDecoder();
  let [rest, isOver] = ["", false];
  return () => {
    for (;;) {
      const at = rest.indexOf("\n");
      if (at >= 0 || (isOver && rest !== "")) {
        const line = at < 0 ? rest : rest.slice(0, at);
        rest = at < 0 ? "" : rest.slice(at + 1);
        return line;
      }
      if (isOver) return undefined;
      const piece = read();
      isOver = piece === undefined;
      rest += decoder.decode(piece, { stream: piece !== undefined });
    }
  };
}
