import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { HoldfastError, type Opinion } from "../../core/index.ts";
import type { Answer, Begin, Question } from "./channel.ts";

export interface LargerModelOptions extends Begin {
  /** Milliseconds within which a question is answered, or is not. */
  readonly deadline: number;
}
export interface LargerModel extends Opinion {
  /** Ends its thread. What is asked after that is not answered. */
  close(): Promise<void>;
}

/** More questions than this do not wait: they would be late. */
const MOST_WAITING = 32;
/** A thread that has not answered for so long is ended; a new one is made when this has passed again and somebody asks. */
const STUCK_MS = 30_000;
/** A model that nobody asks for so long gives its memory back; it is loaded again with the next question. */
const IDLE_MS = 600_000;

/**
 * A model in a thread of its own, begun with the first question; while it loads, questions are late. INVARIANT: a promise is settled within
 * the deadline, whatever the thread does.
 */
export function largerModel({ deadline, ...begin }: LargerModelOptions): LargerModel {
  let thread: Worker | undefined;
  /** Why there is none, and when another one may be tried. */
  let gone: { readonly why: string; readonly cause: string | undefined; readonly until: number } | undefined;
  let lastHeard = 0;
  let idle: NodeJS.Timeout | undefined;
  let closed = false;
  let last = 0;
  const waiting = new Map<number, PromiseWithResolvers<readonly number[]> & { readonly timer: NodeJS.Timeout }>();

  const settle = (id: number, how: (asked: PromiseWithResolvers<readonly number[]>) => void): void => {
    const asked = waiting.get(id);
    if (asked === undefined) return;
    clearTimeout(asked.timer);
    waiting.delete(id);
    how(asked);
  };
  const end = (why: string, cause?: string): void => {
    const ended = thread;
    thread = undefined;
    gone = { why, cause, until: performance.now() + STUCK_MS };
    for (const id of [...waiting.keys()]) settle(id, ({ reject }) => reject(absent(why, cause)));
    void ended?.terminate();
  };

  const rest = (): void => {
    void thread?.terminate();
    thread = undefined;
  };

  const started = (): Worker => {
    // It gets none of our environment.
    const made = new Worker(new URL(`./thread${extname(import.meta.url)}`, import.meta.url), { workerData: begin satisfies Begin, env: {} });
    lastHeard = performance.now();
    const mine = (what: () => void) => (): void => {
      if (thread === made) what();
    };
    made.on("message", (answer: Answer) => {
      if (thread !== made) return;
      lastHeard = performance.now();
      if ("broken" in answer) end("it cannot be loaded; `holdfast check` says why", answer.broken);
      else settle(answer.id, ({ resolve, reject }) => ("scores" in answer ? resolve(answer.scores) : reject(absent("it failed", answer.failed))));
    });
    made.on("error", (error) => mine(() => end("its thread failed", error instanceof Error ? error.message : "nobody knows why"))());
    made.on(
      "exit",
      mine(() => end("its thread has ended")),
    );
    // A model alone does not keep the process running; a question does, for its deadline. Said last, because a listener holds it again.
    made.unref();
    return made;
  };

  return {
    id: "larger-model",
    finds: "injection",
    ask(texts) {
      if (closed) return Promise.reject(absent("it was closed"));
      if (thread !== undefined && waiting.size > 0 && performance.now() - lastHeard > STUCK_MS) end("it has not answered for a long time");
      if (thread === undefined && gone !== undefined && performance.now() < gone.until) return Promise.reject(absent(gone.why, gone.cause));
      if (waiting.size >= MOST_WAITING) return Promise.reject(absent("too many questions wait"));
      thread ??= started();
      clearTimeout(idle);
      idle = setTimeout(rest, IDLE_MS).unref();
      const id = ++last;
      const timer = setTimeout(() => settle(id, ({ reject }) => reject(absent(`no answer within ${deadline} ms`))), deadline);
      const asked = { ...Promise.withResolvers<readonly number[]>(), timer };
      waiting.set(id, asked);
      thread.postMessage({ id, texts } satisfies Question);
      return asked.promise;
    },
    async close() {
      closed = true;
      clearTimeout(idle);
      const ended = thread;
      end("it was closed");
      await ended?.terminate();
    },
  };
}

/** What the package itself said is the cause and no part of the sentence, which agents read: it names files of this machine. */
const absent = (why: string, cause?: string): HoldfastError => new HoldfastError("unavailable", `the larger model gave no answer: ${why}`, { cause });
