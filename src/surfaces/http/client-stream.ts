import { HoldfastError } from "../../core/errors.ts";
import type { Exchange } from "./routes.ts";

/** The answer to a client as server-sent events. The first of it leaves at once; after that, what is written in one turn leaves in one piece. */
export interface ClientStream {
  readonly started: boolean;
  /** A returned promise is backpressure: the client does not read as fast. One that stops reading is ended by the server's `stallTimeout`. */
  write(text: string): void | Promise<void>;
  /** Writes the last of it. */
  end(text: string): void;
}

/** `headers` is asked when the head is written. Nothing is sent, not even the head, before there is something that may leave: until then a refusal can still have its own status. */
export function clientStream({ response }: Exchange, headers: () => { readonly [name: string]: string }): ClientStream {
  let pending = "";
  let scheduled = false;
  let stalled: Promise<void> | undefined;

  const flush = (): void => {
    scheduled = false;
    if (pending === "" || response.destroyed) return;
    const text = pending;
    pending = "";
    if (!response.write(text)) stalled ??= drained();
  };

  const drained = (): Promise<void> =>
    new Promise((resolve) => {
      const settle = (): void => {
        stalled = undefined;
        response.off("drain", settle);
        response.off("close", settle);
        resolve();
      };
      response.on("drain", settle);
      response.on("close", settle);
    });

  const start = (): void => {
    stream.started = true;
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "x-accel-buffering": "no",
      ...headers(),
    });
  };

  const stream = {
    started: false,
    write(text: string): void | Promise<void> {
      if (response.destroyed) throw new HoldfastError("cancelled", "the client went away");
      pending += text;
      if (!stream.started) {
        start();
        // A provider's first packet may hold hundreds of events: a person sees the first of them before the rest has been filtered.
        response.cork();
        flush();
        response.uncork();
      } else if (!scheduled) {
        scheduled = true;
        process.nextTick(flush);
      }
      return stalled;
    },
    end(text: string): void {
      if (response.destroyed) return;
      if (!stream.started) start();
      const last = pending + text;
      pending = "";
      response.end(last);
    },
  };
  return stream;
}
