import type { Clock } from "../../core/layers.ts";
import type { Pipe, PipeTaker, StartProgram } from "../../surfaces/mcp-gateway/stdio-upstream.ts";

/** Milliseconds. What it was given to see is bound when it starts: a file that is replaced while it waits would stay the old one, so none waits for long. */
const OLDEST = 300_000;
/** After one was taken: that one is in a hurry, and the next is not. */
const SOON = 200;
/** After one that could not be started, or did not go on waiting. */
const AGAIN = 30_000;

const WORD = "go";
/**
 * What stands before a command that waits. INVARIANT: nothing of the command runs before it is told the word, and where its input ends
 * instead, as it does when we crash, nothing ever does. A shell reads its line from a pipe byte by byte, so what follows is the command's.
 */
export const WAITING: readonly string[] = ["/bin/sh", "-c", `read -r word && [ "$word" = ${WORD} ] && exec "$@"; exit 125`, "sh"];

export interface WarmOptions {
  /** Starts the program as ever. */
  readonly cold: StartProgram;
  /** Starts it behind `WAITING`. */
  readonly waiting: StartProgram;
  /** How many wait at once. */
  readonly most: number;
  readonly clock: Pick<Clock, "timer">;
  /** Told why none waits, for whoever looks after it; sessions begin all the same, in their own time. */
  readonly said: (text: string) => void;
}

interface Kept {
  /** Makes it the one of this session, for good. False where it is over. */
  use(take: PipeTaker): Promise<boolean>;
  readonly pipe: Pipe;
}

/** Starts a program in advance. INVARIANT: each that waited is used once, by one session, and ends with it. */
export function warm({ cold, waiting, most, clock, said }: WarmOptions): { readonly start: StartProgram; close(): Promise<void> } {
  const ready = new Set<Kept>();
  let shut = false;
  let filling: Promise<void> | undefined;
  let cancel = (): void => {};
  const later = (ms: number): void => {
    cancel();
    cancel = clock.timer(ms, fill);
  };
  const fill = (): void => {
    filling ??= filled().finally(() => (filling = undefined));
  };
  /** One after the other: those that are in use have the machine first. */
  const filled = async (): Promise<void> => {
    while (!shut && ready.size < most) {
      try {
        await keep();
      } catch (error) {
        said(`none can be kept waiting: ${error instanceof Error ? error.message : "unknown"}`);
        return later(AGAIN);
      }
    }
  };
  const keep = async (): Promise<void> => {
    let user: PipeTaker | undefined;
    let over: string | undefined;
    let one: Kept | undefined;
    let young = (): void => {};
    const pipe = await waiting({
      line: (text) => user?.line(text),
      said: (text) => (user === undefined ? said(text) : user.said(text)),
      ended(why) {
        over = why;
        if (user !== undefined) return user.ended(why);
        young();
        // Not at once: what ends by itself would be started for ever.
        if (one !== undefined && ready.delete(one)) later(AGAIN);
      },
    });
    if (over !== undefined) throw new Error(over);
    const kept: Kept = {
      pipe,
      async use(take) {
        young();
        const isTold = await pipe.send(WORD).then(
          () => over === undefined,
          () => false,
        );
        if (isTold) user = take;
        return isTold;
      },
    };
    one = kept;
    ready.add(kept);
    young = clock.timer(OLDEST, () => {
      if (!ready.delete(kept)) return;
      void pipe.end().catch(() => {});
      fill();
    });
  };
  fill();
  return {
    async start(take) {
      for (const one of ready) {
        ready.delete(one);
        later(SOON);
        if (await one.use(take)) return one.pipe;
        void one.pipe.end().catch(() => {});
      }
      return cold(take);
    },
    async close() {
      shut = true;
      cancel();
      await filling;
      await Promise.all([...ready].map(({ pipe }) => pipe.end().catch(() => {})));
      ready.clear();
    },
  };
}
