import type { Clock } from "../../core/layers.ts";
import type { Facts } from "../../core/outcome.ts";
import type { Journal } from "./journal.ts";
import { isDue, type Run, type State, type Step, stateOf, type Task, type Undone } from "./step.ts";

/** How a compensation ended. `why` where it is not done. */
export interface Performed {
  readonly state: Exclude<Undone["state"], "begun">;
  readonly why?: string;
}

/** Gets ready to perform the compensation of a step, as the request of this id, and does nothing yet; `refused` where it cannot. Never rejects. */
export type Ready = (
  task: Task,
  step: Step & { readonly undo: NonNullable<Step["undo"]> },
  request: string,
  signal: AbortSignal,
) => Promise<{ readonly perform: () => Promise<Performed>; readonly over: () => void } | { readonly refused: string }>;

export interface RollbackOptions {
  readonly journal: Journal;
  readonly clock: Pick<Clock, "now">;
  readonly ready: Ready;
  readonly newId: () => string;
  /** Writes down that a rollback began or ended. Durable when it resolves. */
  readonly record: (event: "rollback-began" | "rollback-ended", facts: Facts) => Promise<void>;
}

export interface Rollbacks {
  /**
   * Undoes what of the task is still to be undone, from its last step back to `from`, one after the other, whatever becomes of each.
   * Resolves once it began, with what resolves when it is over. A task that is being rolled back is not begun twice: that run is the answer.
   */
  start(task: Task, run: Pick<Run, "by" | "reason" | "from">): Promise<{ readonly over: Promise<void> }>;
  /** Goes on with what was under way when the process ended. */
  resume(): void;
  isRunning(task: string): boolean;
  /** No further step is begun; the one that is under way may end, for so many milliseconds. */
  shut(ms: number): Promise<void>;
}

export function createRollbacks({ journal, clock, ready, newId, record }: RollbackOptions): Rollbacks {
  const running = new Map<string, Promise<{ readonly over: Promise<void> }>>();
  const stopping = new AbortController();
  let stopped = false;

  async function undo(task: Task, step: Step): Promise<void> {
    const { undo: known } = step;
    if (known === undefined) return;
    const request = newId();
    const before = stateOf(step);
    const mark = (ended: Undone["state"], said?: string): Promise<Step> => {
      // That this try did nothing says nothing of the one before it, which nobody saw the end of.
      const doubt = before === "unknown" && ended === "refused";
      const [state, why] = doubt ? (["unknown", `an earlier try may have been done, and this one did nothing: ${said}`] as const) : [ended, said];
      return journal.undone(step, { state, request, at: clock.now(), ...(why === undefined ? {} : { why }) });
    };
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(known.timeout)]);
    const one = await ready(task, { ...step, undo: known }, request, signal);
    if ("refused" in one) return void (await mark("refused", one.refused));
    try {
      // INVARIANT: that it begins is on the disk before it does. Whatever happens from here on, it is not done a second time.
      await mark("begun");
      const { state, why } = await one.perform();
      await mark(state, why);
    } finally {
      one.over();
    }
  }

  async function all(task: Task, run: Run): Promise<void> {
    const steps = await journal.steps(task.id);
    for (const step of steps.toReversed()) {
      if (stopped) return;
      if (step.number >= run.from && isDue(step)) await undo(task, step);
    }
    await journal.run(task, { ...run, ended: clock.now() });
    await record("rollback-ended", { task: task.id, ...countsOf(await journal.steps(task.id), run.from) });
  }

  /** What breaks (the disk) leaves the run without an end: it goes on when it is started again, or after a restart. */
  const going = (task: Task, run: Run): { readonly over: Promise<void> } => ({ over: all(task, run).finally(() => running.delete(task.id)) });

  return {
    start(task, { by, reason, from }) {
      const known = running.get(task.id);
      if (known !== undefined) return known;
      const begun = (async () => {
        const run: Run = { by, reason, from, began: clock.now() };
        // What cannot be recorded does not happen.
        await record("rollback-began", { task: task.id, by, from, ...(isNamed(by) ? { reason } : {}) });
        return going(await journal.run(task, run), run);
      })();
      running.set(task.id, begun);
      begun.catch(() => running.delete(task.id));
      begun.then(({ over }) => over).catch(() => {});
      return begun;
    },
    resume() {
      for (const task of journal.tasks()) {
        const { run } = task;
        if (run === undefined || run.ended !== undefined || running.has(task.id)) continue;
        const one = going(task, run);
        one.over.catch(() => {});
        running.set(task.id, Promise.resolve(one));
      }
    },
    isRunning: (task) => running.has(task),
    async shut(ms) {
      stopped = true;
      const cut = setTimeout(() => stopping.abort(), ms);
      await Promise.allSettled([...running.values()].map((one) => one.then(({ over }) => over)));
      clearTimeout(cut);
    },
  };
}

/** What a client says goes into no record as it is. */
const isNamed = (by: string): boolean => !by.startsWith("client of ");

/** How many steps are what, of those that a run is about. */
export function countsOf(steps: readonly Step[], from = 1): { readonly [state in State]?: number } {
  const counts: { [state in State]?: number } = {};
  for (const step of steps) if (step.number >= from) counts[stateOf(step)] = (counts[stateOf(step)] ?? 0) + 1;
  return counts;
}
