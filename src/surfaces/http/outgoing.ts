import type { Dispatcher } from "undici";
import { HoldfastError } from "../../core/errors.ts";
import type { Clock } from "../../core/layers.ts";

/** What one exchange with an upstream may cost. Times are milliseconds. */
export interface UpstreamLimits {
  readonly connectTimeout: number;
  /** Until the answer's headers; a model that does not stream thinks during this time. */
  readonly headersTimeout: number;
  /** Between two pieces of the answer. */
  readonly idleTimeout: number;
  readonly totalTimeout: number;
  /** Of a whole stream; an answer in one piece is also bound by what JSON is read. */
  readonly answerBytes: number;
  /** UTF-16 code units of one server-sent event. */
  readonly eventLength: number;
  readonly connections: number;
}
export const UPSTREAM_LIMITS: UpstreamLimits = {
  connectTimeout: 5_000,
  headersTimeout: 300_000,
  idleTimeout: 60_000,
  totalTimeout: 900_000,
  answerBytes: 32 << 20,
  eventLength: 1 << 20,
  connections: 256,
};

/** What arrives of an answer's body. Exactly one of `end` and `fail` is called, once, last. */
export interface Sink {
  /** True: send no more until `resume`. */
  data(chunk: Buffer): boolean;
  end(): void;
  fail(error: unknown): void;
}

/** The head of an answer, with its body still to come. */
export interface Head {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  /** Starts the body. Called at most once; without it `abort` frees the connection. */
  into(sink: Sink): void;
  resume(): void;
  abort(error: Error): void;
}

// What may arrive between the head and `into`; more is left in the socket.
const MOST_EARLY = 64 * 1024;

/**
 * One request to an upstream over a pool that only knows this upstream. Redirects are not followed and nothing is sent twice.
 * Resolves with the head; every failure, before and after, is a HoldfastError.
 */
export function exchange(
  pool: Dispatcher,
  options: Pick<Dispatcher.DispatchOptions, "path" | "method" | "headers" | "body">,
  limits: UpstreamLimits,
  clock: Clock,
  signal: AbortSignal,
): Promise<Head> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let sink: Sink | undefined;
    let early: Buffer[] | undefined = [];
    let earlyBytes = 0;
    let bytes = 0;
    let over: { readonly error?: unknown } | undefined;

    const stop = (error: Error): void => {
      if (over !== undefined) return;
      controller?.abort(error);
      finish({ error });
    };
    const aborted = (): void => stop(signal.reason as Error);
    const cancel = clock.timer(limits.totalTimeout, () =>
      stop(new HoldfastError("upstream-timeout", `the upstream's answer took longer than ${limits.totalTimeout} ms`)),
    );
    const finish = (how: { readonly error?: unknown }): void => {
      if (over !== undefined) return;
      over = how;
      cancel();
      signal.removeEventListener("abort", aborted);
      if ("error" in how) reject(how.error);
      if (sink !== undefined) "error" in how ? sink.fail(how.error) : sink.end();
    };
    if (signal.aborted) return finish({ error: signal.reason });
    signal.addEventListener("abort", aborted, { once: true });

    const head = (status: number, headers: Head["headers"]): Head => ({
      status,
      headers,
      into(target) {
        const waiting = early ?? [];
        early = undefined;
        let full = false;
        for (const chunk of waiting) full = target.data(chunk) || full;
        if (over !== undefined) return void ("error" in over ? target.fail(over.error) : target.end());
        sink = target;
        full ? controller?.pause() : controller?.resume();
      },
      resume: () => controller?.resume(),
      abort: stop,
    });

    pool.dispatch(
      { ...options, headersTimeout: limits.headersTimeout, bodyTimeout: limits.idleTimeout },
      {
        onRequestStart(started) {
          controller = started;
          if (over !== undefined) started.abort(over.error as Error);
        },
        onResponseStart(_controller, status, headers) {
          // 1xx only announces.
          if (status >= 200) resolve(head(status, headers));
        },
        onResponseData(current, chunk) {
          if (over !== undefined) return;
          bytes += chunk.length;
          if (bytes > limits.answerBytes)
            return stop(new HoldfastError("upstream-invalid", `the upstream's answer is longer than ${limits.answerBytes} bytes`));
          if (early === undefined) {
            if (sink?.data(chunk)) current.pause();
            return;
          }
          early.push(chunk);
          earlyBytes += chunk.length;
          if (earlyBytes > MOST_EARLY) current.pause();
        },
        onResponseEnd: () => finish({}),
        onResponseError: (_controller, error) => finish({ error: ours(error) }),
      },
    );
  });
}

const TIMEOUTS = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "UND_ERR_CONNECT_TIMEOUT"]);
const NONSENSE = /^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RESPONSE_EXCEEDED|UND_ERR_RES_)/;

/** What went wrong with the connection, in our words: the library's may quote the upstream. */
function ours(error: Error & { readonly code?: string }): Error {
  if (error instanceof HoldfastError) return error;
  const code = error.code ?? "";
  if (TIMEOUTS.has(code)) return new HoldfastError("upstream-timeout", "the upstream did not answer in time", { cause: error });
  if (NONSENSE.test(code) || error.name === "HTTPParserError")
    return new HoldfastError("upstream-invalid", "the upstream's answer is not HTTP", { cause: error });
  return new HoldfastError("upstream-unreachable", "the upstream cannot be reached, or the connection broke", { cause: error });
}
