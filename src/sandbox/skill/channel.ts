import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";

/** What the thread of a skill is told. */
export interface Task {
  readonly kind: "script" | "module" | "wasm";
  readonly code: Uint8Array;
  readonly name: string;
  readonly args: readonly string[];
  readonly env: { readonly [name: string]: string };
  readonly port: MessagePort;
  readonly counters: Int32Array<SharedArrayBuffer>;
}

/** What it tells. */
export type Said =
  | { readonly is: "out"; readonly to: 1 | 2; readonly bytes: Uint8Array }
  | { readonly is: "read" }
  | { readonly is: "over"; readonly code: number; readonly outOfMemory: boolean };

/** Places in the counters: bytes said that nobody has taken yet, and pieces of input that were sent. */
export const UNTAKEN = 0;
export const SENT = 1;
/** So much may be untaken before the thread waits: whoever writes faster than anybody reads is held up, and our memory does not grow. */
const MOST_UNTAKEN = 1 << 20;
const MOST_PIECE = 1 << 16;

export interface Ends {
  write(to: 1 | 2, bytes: Uint8Array): void;
  /** Waits for more input; undefined at its end. */
  read(): Uint8Array | undefined;
  over(code: number, outOfMemory?: boolean): void;
}

/** The thread's end: what runs there is not asynchronous, so it waits where it must. */
export function ends({ port, counters }: Task): Ends {
  const say = (said: Said): void => port.postMessage(said);
  let [received, isOver] = [0, false];
  return {
    write(to, bytes) {
      for (let at = 0; at < bytes.length; at += MOST_PIECE) {
        const piece = bytes.slice(at, at + MOST_PIECE);
        for (let untaken = Atomics.load(counters, UNTAKEN); untaken > MOST_UNTAKEN; untaken = Atomics.load(counters, UNTAKEN))
          Atomics.wait(counters, UNTAKEN, untaken);
        Atomics.add(counters, UNTAKEN, piece.length);
        say({ is: "out", to, bytes: piece });
      }
    },
    read() {
      if (isOver) return undefined;
      while (Atomics.load(counters, SENT) === received) Atomics.wait(counters, SENT, received);
      received++;
      const piece: unknown = receiveMessageOnPort(port)?.message;
      say({ is: "read" });
      if (piece instanceof Uint8Array) return piece;
      isOver = true;
      return undefined;
    },
    over: (code, outOfMemory = false) => say({ is: "over", code, outOfMemory }),
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
