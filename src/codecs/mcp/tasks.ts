import { isObject, type Json, type JsonObject } from "../../core/json.ts";

/** Long-running calls: core of the version 2025-11-25, and an extension since 2026-07-28, in which the answer itself may be one. */
export const TASK_EXTENSION = "io.modelcontextprotocol/tasks";
/** Where a message says which task it belongs to. */
export const RELATED_TASK = "io.modelcontextprotocol/related-task";
export const TASK_STATUS = "notifications/tasks/status";
/** The extension a client did not say it has (2026-07-28). */
export const MISSING_CAPABILITY = -32021;

const STATUSES = ["working", "input_required", "completed", "failed", "cancelled"] as const;
export type TaskStatus = (typeof STATUSES)[number];
export const isOver = (status: TaskStatus): boolean => status !== "working" && status !== "input_required";

/** A task as its server tells of it: `whole` is what it said. */
export interface SaidTask {
  readonly id: string;
  readonly status: TaskStatus;
  readonly message?: string;
  /** Milliseconds. */
  readonly poll?: number;
  readonly whole: JsonObject;
}

const LONGEST_ID = 1_024;

/** Undefined for what is no task. */
export function readTask(value: Json | undefined): SaidTask | undefined {
  if (!isObject(value)) return undefined;
  const { taskId: id, statusMessage: message, pollInterval, pollIntervalMs } = value;
  const status = STATUSES.find((one) => one === value["status"]);
  if (typeof id !== "string" || id === "" || id.length > LONGEST_ID || status === undefined) return undefined;
  const poll = pollIntervalMs ?? pollInterval;
  return { id, status, whole: value, ...(typeof message === "string" ? { message } : {}), ...(typeof poll === "number" ? { poll } : {}) };
}

/** The task that a call was answered with; undefined where it was answered otherwise. */
export function taskIn(result: JsonObject, modern: boolean): SaidTask | undefined {
  return modern ? (result["resultType"] === "task" ? readTask(result) : undefined) : readTask(result["task"]);
}

/** True for an answer that claims to be a task, also a broken one: it is no result. */
export const isTaskAnswer = ({ resultType, task, content }: JsonObject): boolean => resultType === "task" || (isObject(task) && content === undefined);

/** A task as it is told to a client of one era or the other. */
export interface ToldTask {
  readonly id: string;
  readonly status: TaskStatus;
  readonly message?: string;
  readonly created: number;
  readonly updated: number;
  readonly ttl: number;
  readonly poll: number;
}

export function writeTask({ id, status, message, created, updated, ttl, poll }: ToldTask, modern: boolean): JsonObject {
  return {
    taskId: id,
    status,
    ...(message === undefined ? {} : { statusMessage: message }),
    createdAt: new Date(created).toISOString(),
    lastUpdatedAt: new Date(updated).toISOString(),
    ...(modern ? { ttlMs: ttl, pollIntervalMs: poll } : { ttl, pollInterval: poll }),
  };
}

/** The parameters or result with, in `_meta`, the task that it belongs to, or none. */
export function relatedTo(value: JsonObject, id: string | undefined): JsonObject {
  const { _meta: meta, ...rest } = value;
  const { [RELATED_TASK]: before, ...others } = isObject(meta) ? meta : {};
  if (before === undefined && id === undefined) return value;
  const whole = id === undefined ? others : { ...others, [RELATED_TASK]: { taskId: id } };
  return Object.keys(whole).length === 0 ? rest : { ...rest, _meta: whole };
}

/** The task that a message says it belongs to. */
export function relatedIn({ _meta: meta }: JsonObject): string | undefined {
  const related = isObject(meta) ? meta[RELATED_TASK] : undefined;
  return isObject(related) && typeof related["taskId"] === "string" ? related["taskId"] : undefined;
}

const CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";

/** True where a request of the 2026 era says that its client can be answered with a task. */
export function takesTasks({ _meta: meta }: JsonObject): boolean {
  const capabilities = isObject(meta) ? meta[CAPABILITIES] : undefined;
  const extensions = isObject(capabilities) ? capabilities["extensions"] : undefined;
  return isObject(extensions) && isObject(extensions[TASK_EXTENSION]);
}
