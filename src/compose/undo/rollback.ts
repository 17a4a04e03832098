import type { AuditLog } from "../../audit/log.ts";
import { codeOf } from "../../core/errors.ts";
import type { Layers } from "../../core/layers.ts";
import { serverOf } from "../../permission/index.ts";
import {
  countsOf,
  createRollbacks,
  createWatch,
  isLeft,
  type Journal,
  openJournal,
  ownerOf,
  type Rollbacks,
  type Step,
  stateOf,
  type Task,
  type Watch,
  whyOf,
} from "../../sandbox/rollback/index.ts";
import type { RollbackCalls, RollbackForm } from "../../surfaces/api/index.ts";
import { requestId } from "../../surfaces/http/trace.ts";
import type { Log } from "../../telemetry/log.ts";
import type { Documents } from "../../vault/documents.ts";
import type { Composed } from "../layers.ts";
import { type CompensationParts, readyOf } from "./compensate.ts";

export interface RollbackParts extends CompensationParts {
  readonly documents: Documents;
  readonly log: Log;
  readonly record: AuditLog["system"];
}

export interface Undoing {
  readonly watch: Watch;
  readonly rollbacks: Rollbacks;
  readonly calls: RollbackCalls;
}

/** What is done is written down as it can be undone, and undone when somebody asks for it. Outlives configurations. */
export async function openUndoing(parts: RollbackParts): Promise<Undoing> {
  const { documents, clock, log, current } = parts;
  const journal = await openJournal({ documents, clock, times: () => ({ idle: current().config.flow.session, keep: current().config.oversight.keep }) });
  const rollbacks = createRollbacks({ journal, clock, ready: readyOf(parts), newId: requestId, record: parts.record });
  const watch = createWatch({
    journal,
    failed(owner, why) {
      const task = journal.current(owner);
      if (task === undefined || current().config.agents[owner.agent]?.on_failure !== "rollback") return;
      rollbacks
        .start(task, { by: `on_failure of ${owner.agent}`, reason: why, from: 1 })
        .catch((error: unknown) => log.error({ task: task.id, code: codeOf(error) }, "a rollback could not begin"));
    },
    lost: (id) => log.error({ id }, "what was done could not be written down as done: a rollback will report it as unknown"),
  });
  return { watch, rollbacks, calls: callsOf(journal, rollbacks, parts) };
}

/** The layers of a generation, with what can be undone written down as it is done. */
export function watched({ config, policy, layers }: Composed, watch: Watch): Layers {
  return watch.over(layers, (written) => {
    const tool = policy.tools.id(written);
    const server = serverOf(tool);
    // The name is the caller's, and every object has a `constructor`.
    const undo = Object.hasOwn(config.tools, server) ? config.tools[server]?.tools[tool.slice(server.length + 1)]?.undo : undefined;
    return undo === undefined ? undefined : { tool, undo };
  });
}

/** How long an answer waits for a run to end before it says that it is running. */
const WAIT_MS = 5_000;

export function callsOf(journal: Journal, rollbacks: Rollbacks, { clock, record }: Pick<RollbackParts, "clock" | "record">): RollbackCalls {
  const form = async (task: Task, detail: "none" | "own" | "all"): Promise<RollbackForm> => {
    const { id, opened, run, owner } = task;
    const steps = await journal.steps(id);
    return {
      id,
      ...owner,
      opened_at: iso(opened),
      state: rollbacks.isRunning(id) ? "running" : run === undefined ? "open" : "over",
      ...(run === undefined ? {} : { by: run.by, reason: run.reason, began_at: iso(run.began) }),
      ...(run?.ended === undefined ? {} : { ended_at: iso(run.ended) }),
      left: steps.filter((step) => isLeft(step, run)).length,
      counts: countsOf(steps),
      ...(detail === "none" ? {} : { steps: steps.map((step) => shown(step, run, detail === "all")) }),
    };
  };
  const start = async (task: Task, by: string, reason: string, from: number, detail: "own" | "all"): Promise<RollbackForm> => {
    const { over } = await rollbacks.start(task, { by, reason, from });
    let stop = (): void => {};
    const waited = new Promise<void>((resolve) => {
      stop = clock.timer(WAIT_MS, resolve);
    });
    await Promise.race([over, waited]).finally(() => stop());
    return form(journal.task(task.id) ?? task, detail);
  };
  /** A step that was left, where no run is about to change it. */
  const leftStep = async (id: string, number: number): Promise<Step | undefined> => {
    const task = journal.task(id);
    const steps = task === undefined ? [] : await journal.steps(id);
    if (rollbacks.isRunning(id) || journal.task(id) !== task) return undefined;
    return steps.find((one) => one.number === number && isLeft(one, task?.run));
  };
  return {
    list: (limit) =>
      Promise.all(
        journal
          .tasks()
          .slice(0, limit)
          .map((task) => form(task, "none")),
      ),
    async get(id) {
      const task = journal.task(id);
      return task === undefined ? undefined : form(task, "all");
    },
    async run(id, by, reason, from = 1) {
      const task = journal.task(id);
      return task === undefined ? undefined : start(task, by, reason, from, "all");
    },
    async settle(id, number, by, reason) {
      if ((await leftStep(id, number)) === undefined) return undefined;
      await record("rollback-settled", { task: id, step: number, by, reason });
      // As it is now: a run may have undone it meanwhile, and what it wrote must not be lost.
      const [step, task] = [await leftStep(id, number), journal.task(id)];
      if (step === undefined || task === undefined) return undefined;
      await journal.settle(step, by, reason);
      return form(task, "all");
    },
    async runOwn(principal, session, reason) {
      const task = journal.current(ownerOf(session === undefined ? principal : { ...principal, session }));
      return task === undefined ? undefined : start(task, `client of ${principal.agent}`, reason, 1, "own");
    },
  };
}

/** Arguments may come from results that the agent never saw: they are for operators. */
function shown(step: Step, run: Task["run"], args: boolean): NonNullable<RollbackForm["steps"]>[number] {
  const { number, tool, request, at, undo, undone, settled } = step;
  const why = whyOf(step);
  return {
    number,
    tool,
    request,
    at: iso(at),
    state: stateOf(step),
    left: isLeft(step, run),
    ...(settled === undefined ? {} : { settled: { ...settled, at: iso(settled.at) } }),
    ...(why === undefined ? {} : { why }),
    ...(undo === undefined ? {} : { undo: { call: undo.call, ...(args ? { args: { ...undo.args } } : {}) } }),
    ...(undone === undefined ? {} : { undone_by: undone.request }),
  };
}

const iso = (time: number): string => new Date(time).toISOString();
