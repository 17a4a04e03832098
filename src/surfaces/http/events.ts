import { isAscii, isUtf8 } from "node:buffer";
import { createParser } from "eventsource-parser";
import { HoldfastError } from "../../core/errors.ts";

/** Reads server-sent events from bytes cut anywhere. */
export interface EventBytes {
  /** The events that are complete now. Throws `upstream-invalid` on what is not UTF-8 or larger than an event may be. */
  push(chunk: Buffer): readonly SentEvent[];
  /** Throws if the bytes end inside a character. An event that was not ended is not one. */
  end(): void;
}
export interface SentEvent {
  readonly data: string;
  readonly event?: string | undefined;
  /** Where a reader that lost the connection would go on from. */
  readonly id?: string | undefined;
  /** Milliseconds after which it should come back, said before this event. */
  readonly retry?: number;
}

export function eventBytes(most: number): EventBytes {
  const text = utf8();
  let events: SentEvent[] = [];
  let retry: number | undefined;
  const parser = createParser({
    maxBufferSize: most,
    onEvent: (event) => {
      if (event.data.length > most) throw tooLarge(most);
      events.push(retry === undefined ? event : { ...event, retry });
      retry = undefined;
    },
    onRetry: (interval) => {
      retry = interval;
    },
    onError: (error) => {
      if (error.type === "max-buffer-size-exceeded") throw tooLarge(most);
    },
  });
  return {
    push(chunk) {
      events = [];
      const decoded = text.push(chunk);
      if (decoded !== "") parser.feed(decoded);
      return events;
    },
    end: () => text.end(),
  };
}

const tooLarge = (most: number): HoldfastError => new HoldfastError("upstream-invalid", `the upstream sent an event longer than ${most} characters`);

/** Decodes UTF-8 strictly from pieces. A decoder object costs several times this on the short ASCII pieces that streams are made of. */
export function utf8(): { push(chunk: Buffer): string; end(): void } {
  let kept: Buffer | undefined;
  return {
    push(chunk) {
      if (kept === undefined && isAscii(chunk)) return chunk.toString("latin1");
      const bytes = kept === undefined ? chunk : Buffer.concat([kept, chunk]);
      const whole = bytes.length - openBytes(bytes);
      kept = whole === bytes.length ? undefined : bytes.subarray(whole);
      const ready = bytes.subarray(0, whole);
      if (!isUtf8(ready)) throw invalid();
      return ready.toString("utf8");
    },
    end() {
      if (kept !== undefined) throw invalid();
    },
  };
}

const invalid = (): HoldfastError => new HoldfastError("upstream-invalid", "the upstream's answer is not UTF-8");

/** How many bytes at the end begin a character that is not complete. */
function openBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needs > back ? back : 0;
  }
  return 0;
}
