import { HoldfastError } from "../../core/errors.ts";
import type { Clock } from "../../core/layers.ts";
import type { Facts } from "../../core/outcome.ts";

/** What one connection may cost. Times are milliseconds; bytes are those of both ways together. */
export interface EgressLimits {
  readonly idle: number;
  readonly longest: number;
  readonly bytes: number;
  /** Open at once, of one agent. */
  readonly connections: number;
}

/** Counts what a connection carries and ends it at its limits. */
export interface Meter {
  /** Before `bytes` are carried. False: they must not be, and the connection is over. */
  pass(way: "out" | "in", bytes: number): boolean;
  /** Why it is over, where a limit was reached. */
  fault(): HoldfastError | undefined;
  /** Stops the clocks. */
  close(): void;
  /** Bytes of each way, and which limit ended it, where one did. */
  facts(): Facts;
}

/** `over` is called once, where a limit is reached. `spend` counts against the agent and says whether it may carry more. */
export function meter(limits: EgressLimits, spend: (way: "out" | "in", bytes: number) => boolean, clock: Clock, over: () => void): Meter {
  const count = { out: 0, in: 0 };
  let ended: "idle" | "longest" | "bytes" | "traffic" | undefined;
  let quiet = clock.monotonic();
  let cancelIdle = (): void => {};
  const close = (): void => {
    cancelIdle();
    cancelLongest();
  };
  const stop = (how: typeof ended): void => {
    if (ended !== undefined) return;
    ended = how;
    close();
    over();
  };
  const cancelLongest = clock.timer(limits.longest, () => stop("longest"));
  // One timer for many pieces: it looks when the connection could have been silent for long enough.
  const look = (): void => {
    const left = quiet + limits.idle - clock.monotonic();
    if (left <= 0) stop("idle");
    else cancelIdle = clock.timer(left, look);
  };
  look();
  return {
    pass(way, bytes) {
      if (ended !== undefined) return false;
      quiet = clock.monotonic();
      if (count.out + count.in + bytes > limits.bytes) stop("bytes");
      else if (!spend(way, bytes)) stop("traffic");
      else count[way] += bytes;
      return ended === undefined;
    },
    close,
    fault() {
      if (ended === "bytes" || ended === "traffic") return new HoldfastError("rate-limited", "the connection carried as much as it may");
      return ended === undefined ? undefined : new HoldfastError("upstream-timeout", "the connection was silent for too long, or lasted too long");
    },
    facts: () => ({ bytes_out: count.out, bytes_in: count.in, ...(ended === undefined ? {} : { ended }) }),
  };
}
