import type { Message } from "../../codecs/mcp/index.ts";
import { HoldfastError } from "../../core/errors.ts";
import type { Part } from "../../core/layers.ts";
import type { Arrived } from "./upstream.ts";

/** What has arrived for one exchange and was not handed on yet. */
export interface Inbox {
  push(message: Message): void;
  /** Nothing more comes. */
  end(): void;
  fail(error: unknown): void;
  /** Hands on, in order, until the end. */
  pump(write: (part: Part) => void | Promise<void>): Promise<void>;
}

/** A client that does not keep up must not make others wait, nor fill the memory: it loses its own exchange. */
const MOST_WAITING = 1_000;

export function inbox(read: (arrived: Arrived) => readonly Part[], done: () => void): Inbox {
  const messages: Message[] = [];
  let over: { readonly error?: unknown } | undefined;
  let wake: (() => void) | undefined;
  const finish = (how: { readonly error?: unknown }): void => {
    over ??= how;
    done();
    wake?.();
  };
  return {
    push(message) {
      if (over !== undefined) return;
      if (messages.length >= MOST_WAITING) return finish({ error: new HoldfastError("cancelled", "the client does not keep up") });
      messages.push(message);
      wake?.();
    },
    end: () => finish({}),
    fail: (error) => finish({ error }),
    async pump(write) {
      for (;;) {
        const message = messages.shift();
        if (message !== undefined) {
          for (const part of read({ message })) {
            const wait = write(part);
            if (wait !== undefined) await wait;
          }
        } else if (over === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          wake = undefined;
        } else if ("error" in over) throw over.error;
        else return;
      }
    },
  };
}
