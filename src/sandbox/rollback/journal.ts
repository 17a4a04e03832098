import { HoldfastError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { Clock } from "../../core/layers.ts";
import { type Owner, parsedStep, parsedTask, type Run, type Step, type Task, type Undone } from "./step.ts";
import type { Built } from "./undo.ts";

/** Where the journal outlives a restart. `put` and `remove` are durable when they resolve; calls may run at once; nothing here retries. */
export interface Documents {
  get(collection: string, key: string): Json | undefined | Promise<Json | undefined>;
  put(collection: string, key: string, value: Json): void | Promise<void>;
  remove(collection: string, key: string): void | Promise<void>;
  list(collection: string): readonly { readonly key: string; readonly value: Json }[] | Promise<readonly { readonly key: string; readonly value: Json }[]>;
}

export interface JournalOptions {
  readonly documents: Documents;
  readonly clock: Pick<Clock, "now">;
  /** Of the newest configuration, in milliseconds: when a task is over in which nothing is done, and how long it is kept. */
  readonly times: () => { readonly idle: number; readonly keep: number };
}

/**
 * What was done that can be undone, by task. INVARIANT: an effect stands here, durably, before it is performed, and its compensation before
 * that is performed; so whatever a crash leaves without an end is `unknown`, and nothing is skipped and nothing is done twice.
 */
export interface Journal {
  /** Durable when it resolves: only then may the effect begin. */
  begin(owner: Owner, request: string, tool: string): Promise<Step>;
  /** It happened. Durable when it resolves. */
  done(step: Step, built: Built, timeout: number): Promise<Step>;
  /** Nobody saw whether it happened. */
  doubt(step: Step, why: string): Promise<Step>;
  /** It was refused before anything happened. */
  withdraw(step: Step): Promise<void>;
  undone(step: Step, undone: Undone): Promise<Step>;
  /** A person has looked at it. Changes nothing of what it is. */
  settle(step: Step, by: string, reason: string): Promise<Step>;
  /** Begins a run: nothing is added to the task any more. */
  run(task: Task, run: Run): Promise<Task>;
  /** The newest first. */
  tasks(): readonly Task[];
  task(id: string): Task | undefined;
  /** In the order in which they began. */
  steps(task: string): Promise<readonly Step[]>;
  /** The task that goes on for this owner now. */
  current(owner: Owner): Task | undefined;
}

const TASKS = "undo-tasks";
const MOST_STEPS = 1_000;
const DAY_MS = 86_400_000;

interface Open {
  readonly task: Task;
  /** Resolves once the task itself is on the disk: a step without its task would never be found again. */
  readonly ready: Promise<unknown>;
  steps: number;
  latest: number;
}

export async function openJournal({ documents, clock, times }: JournalOptions): Promise<Journal> {
  const tasks = new Map<string, Task>();
  const open = new Map<string, Open>();
  let highest = 0;
  let swept = Number.NEGATIVE_INFINITY;

  const read = async (task: string): Promise<readonly Step[]> =>
    (await documents.list(collectionOf(task))).map(({ value }) => parsedStep(task, value)).sort((a, b) => a.number - b.number);
  /** What is being written, by task: who reads the steps waits for it. */
  const writing = new Map<string, Set<Promise<unknown>>>();
  const put = (step: Step): Promise<Step> => {
    const mine = writing.get(step.task) ?? new Set();
    writing.set(step.task, mine);
    const written = Promise.resolve(documents.put(collectionOf(step.task), keyOf(step.number), step as unknown as Json));
    const over = (): void => {
      if (mine.delete(written) && mine.size === 0) writing.delete(step.task);
    };
    mine.add(written);
    written.then(over, over);
    return written.then(() => step);
  };
  const putTask = async (task: Task): Promise<Task> => {
    await documents.put(TASKS, task.id, task as unknown as Json);
    tasks.set(task.id, task);
    return task;
  };

  const kept = (await documents.list(TASKS)).map(({ key, value }) => parsedTask(key, value));
  for (const task of kept.sort((a, b) => numberOf(a.id) - numberOf(b.id))) {
    tasks.set(task.id, task);
    highest = numberOf(task.id);
    if (task.run !== undefined) continue;
    const last = (await read(task.id)).at(-1);
    open.set(ownerKey(task.owner), { task, ready: Promise.resolve(), steps: last?.number ?? 0, latest: last?.at ?? task.opened });
  }

  /** Forgets what was kept long enough, but never the last number. */
  async function sweep(): Promise<void> {
    const now = clock.now();
    if (now - swept < DAY_MS) return;
    swept = now;
    const { keep } = times();
    for (const task of [...tasks.values()]) {
      if (numberOf(task.id) === highest || now - task.opened < keep || (task.run !== undefined && task.run.ended === undefined)) continue;
      const steps = await read(task.id);
      if (now - (steps.at(-1)?.at ?? 0) < keep || now - (task.run?.began ?? 0) < keep) continue;
      for (const { number } of steps) await documents.remove(collectionOf(task.id), keyOf(number));
      await documents.remove(TASKS, task.id);
      tasks.delete(task.id);
      if (open.get(ownerKey(task.owner))?.task.id === task.id) open.delete(ownerKey(task.owner));
    }
  }

  function current(owner: Owner): Open | undefined {
    const known = open.get(ownerKey(owner));
    return known === undefined || known.steps >= MOST_STEPS || clock.now() - known.latest >= times().idle ? undefined : known;
  }

  function newTask(owner: Owner, at: number): Open {
    const task: Task = { id: `TK-${++highest}`, owner, opened: at };
    const ready = putTask(task);
    const one: Open = { task, ready, steps: 0, latest: at };
    open.set(ownerKey(owner), one);
    ready.catch(() => {
      if (open.get(ownerKey(owner)) === one) open.delete(ownerKey(owner));
    });
    // No call waits for it, and what could not be forgotten today is forgotten later.
    ready.then(sweep).catch(() => {});
    return one;
  }

  return {
    async begin(owner, request, tool) {
      const at = clock.now();
      // Numbers are given before anything is awaited: two calls at once are two steps of one task.
      const known = current(owner) ?? newTask(owner, at);
      known.latest = at;
      const step: Step = { task: known.task.id, number: ++known.steps, request, tool, at, effect: "begun" };
      try {
        await Promise.all([known.ready, put(step)]);
      } catch (cause) {
        throw new HoldfastError("unavailable", "that this can be undone could not be written down, so it was not done", { cause });
      }
      return step;
    },
    done: (step, built, timeout) => {
      const { why: _before, ...rest } = step;
      return put("why" in built ? { ...rest, effect: "done", why: built.why } : { ...rest, effect: "done", undo: { ...built, timeout } });
    },
    doubt: (step, why) => put({ ...step, effect: "unknown", why }),
    withdraw: async (step) => documents.remove(collectionOf(step.task), keyOf(step.number)),
    undone: (step, undone) => put({ ...step, undone }),
    settle: (step, by, reason) => put({ ...step, settled: { by, reason, at: clock.now() } }),
    run(task, run) {
      if (open.get(ownerKey(task.owner))?.task.id === task.id) open.delete(ownerKey(task.owner));
      return putTask({ ...task, run });
    },
    tasks: () => [...tasks.values()].reverse(),
    task: (id) => tasks.get(id),
    async steps(task) {
      await Promise.allSettled(writing.get(task) ?? []);
      return read(task);
    },
    current: (owner) => current(owner)?.task,
  };
}

const collectionOf = (task: string): string => `undo-${task.toLowerCase()}`;
const keyOf = (number: number): string => String(number).padStart(6, "0");
const numberOf = (id: string): number => Number(id.slice(3));
const ownerKey = ({ agent, key = "", session = "" }: Owner): string => [agent, key, session].join("\n");
