import { HoldfastError } from "../../core/errors.ts";
import type { Answer, Part } from "../../core/layers.ts";
import type { Facts } from "../../core/outcome.ts";
import { eventBytes, type SentEvent } from "./events.ts";
import type { Head } from "./outgoing.ts";

/** Reads a body to its end, at most `most` bytes of it. */
export function readWhole(head: Head, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    head.into({
      data(chunk) {
        length += chunk.length;
        if (length > most) head.abort(new HoldfastError("upstream-invalid", `the upstream's answer is longer than ${most} bytes`));
        else chunks.push(chunk);
        return false;
      },
      end: () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)),
      fail: reject,
    });
  });
}

/** Understands server-sent events, one by one. Throws `upstream-invalid` on what is not its protocol, and at an end that came too early. */
export interface EventReader {
  push(event: SentEvent): readonly Part[];
  end(): readonly Part[];
  facts(): Facts;
}

const NOTHING: readonly Part[] = [];

/**
 * An answer that arrives as server-sent events. What is read is handed on at once, in the same turn, as long as the receiver keeps up;
 * while it does not (backpressure, a call being decided), the upstream is paused and what has arrived waits.
 */
export function streamAnswer(head: Head, reader: EventReader, eventLength: number): Answer {
  return {
    facts: () => reader.facts(),
    pump: (write) =>
      new Promise((resolve, reject) => {
        const events = eventBytes(eventLength);
        const waiting: SentEvent[] = [];
        let parts: readonly Part[] = [];
        let next = 0;
        let [busy, ended, closed, over] = [false, false, false, false];

        const fail = (error: unknown): void => {
          if (over) return;
          over = true;
          head.abort(error instanceof Error ? error : new HoldfastError("cancelled", "the answer is not wanted any more"));
          reject(error);
        };
        const go = (): void => {
          try {
            drain();
          } catch (error) {
            fail(error);
          }
        };
        /** Hands on until nothing is left or the receiver asks to wait. `busy` keeps it from running twice, so parts stay in order. */
        const drain = (): void => {
          while (!over) {
            if (next < parts.length) {
              const wait = write(parts[next++] as Part);
              if (wait === undefined) continue;
              busy = true;
              wait.then(() => {
                busy = false;
                go();
              }, fail);
              return;
            }
            parts = NOTHING;
            next = 0;
            const event = waiting.shift();
            if (event !== undefined) parts = reader.push(event);
            else if (ended && !closed) {
              closed = true;
              events.end();
              parts = reader.end();
            } else break;
          }
          if (over) return;
          if (closed) {
            over = true;
            resolve();
          } else head.resume();
        };

        head.into({
          data(chunk) {
            if (over) return false;
            try {
              waiting.push(...events.push(chunk));
            } catch (error) {
              fail(error);
            }
            if (!busy) go();
            return busy;
          },
          end() {
            ended = true;
            if (!busy) go();
          },
          fail,
        });
      }),
  };
}
