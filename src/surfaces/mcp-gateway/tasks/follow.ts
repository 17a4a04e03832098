import {
  type Asking,
  isOver,
  type Message,
  type RpcError,
  readTask,
  relatedIn,
  relatedTo,
  type SaidTask,
  SERVER_METHODS,
  TASK_STATUS,
  taskIn,
} from "../../../codecs/mcp/index.ts";
import { codeOf, HoldfastError } from "../../../core/errors.ts";
import { isObject, type JsonObject } from "../../../core/json.ts";
import type { Clock, Part } from "../../../core/layers.ts";
import { requestId } from "../../http/trace.ts";
import { mirroredHeaders } from "../mirrored.ts";
import type { Arrived, Exchanged, McpUpstream, Sending } from "../upstream.ts";
import { pollOf, type Task } from "./task.ts";

type Write = (part: Part) => void | Promise<void>;

export interface Following {
  readonly task: Task;
  readonly upstream: McpUpstream;
  readonly clock: Clock;
  readonly modern: boolean;
  /** The server may be asked to make a task of the call (2025-11-25). */
  readonly augment: boolean;
  /** What a server says about how far it is does not reach a model that is not to read the tool's words. */
  readonly silent: boolean;
  /** Called when the call will go on after its exchange, before anything is waited for. Throws where there is no room. */
  readonly begin: () => void;
}

const MOST_FAILURES = 5;
const MOST_INPUTS = 100;
const LONGEST_KEY = 128;
const CANCEL_MS = 3_000;
/** A server keeps its task longer than we keep ours, or it could not be told that nobody waits any more. */
const LONGER_MS = 60_000;

/**
 * A server as a call sees it that may go on as the server's own task: it is asked how far it is until there is an answer, and that answer is
 * the answer of the call. INVARIANT: whatever the server says on the way is handed to `sending.read`, so it passes the same `release` as the
 * answer of a call that goes on for a second; only ids and known words do not.
 */
export function following({ task, upstream, clock, modern, augment, silent, begin }: Following): McpUpstream {
  let sent: Sending | undefined;
  let meta: JsonObject = {};

  /** One exchange about the task. Everything in it that is not the answer goes to `write`. */
  const exchange = async (method: string, more: JsonObject, signal: AbortSignal, write?: Write): Promise<Message & { kind: "result" | "error" }> => {
    const sending = sent as Sending;
    const message: Asking = { kind: "request", id: requestId(), method, params: { taskId: task.named ?? "", ...more, ...meta } };
    let answer: (Message & { kind: "result" | "error" }) | undefined;
    const read = ({ message: got }: Arrived): readonly Part[] => {
      if ((got?.kind === "result" || got?.kind === "error") && got.id === message.id) answer = got;
      // On this stream a server means this task, whatever it calls it.
      else if (got?.kind === "request" && write !== undefined) return sending.read({ message: { ...got, params: relatedTo(got.params, undefined) } });
      else if (got?.kind === "notification" && write !== undefined) return sending.read({ message: got });
      return [];
    };
    const { mirrored: _before, ...rest } = sending;
    const exchanged = await upstream.send(message, { ...rest, read, ...(modern ? { mirrored: mirroredHeaders(message, task.session) } : {}) }, signal);
    await exchanged.pump(write ?? (() => {}));
    task.session.used = clock.monotonic();
    if (answer === undefined) throw new HoldfastError("upstream-unreachable", `tool server \`${upstream.id}\` did not answer about a task`);
    return answer;
  };

  const poll = async (signal: AbortSignal, write: Write): Promise<SaidTask | RpcError> => {
    const answer = await exchange("tasks/get", {}, signal, write);
    if (answer.kind === "error") return answer.error;
    const said = readTask(answer.result);
    // Another's task, perhaps, and its answer would be taken for the answer of this call.
    if (said === undefined || said.id !== task.named) throw otherTask();
    return said;
  };
  const otherTask = (): HoldfastError =>
    new HoldfastError("upstream-invalid", `tool server \`${upstream.id}\` answered about another task than the one it was asked about`);

  /** Goes on until there is an answer. `id`: of the call. */
  const follow = async (began: SaidTask, id: Asking["id"], signal: AbortSignal, write: Write): Promise<void> => {
    const { read } = sent as Sending;
    const arrives = async (message: Message): Promise<void> => {
      for (const part of read({ message })) await write(part);
    };
    const failed = (error: RpcError): Promise<void> => arrives({ kind: "error", id, error });
    const asked = new Set<string>();
    let over = false;
    let told: string | undefined;
    let failures = 0;
    const cancel = (): void => {
      if (over) return;
      over = true;
      // Best effort: one that does not hear it goes on for nobody.
      task.stopping = exchange("tasks/cancel", {}, AbortSignal.timeout(CANCEL_MS)).then(
        () => {},
        () => {},
      );
    };
    signal.addEventListener("abort", cancel, { once: true });
    try {
      begin();
      for (let said: SaidTask = began; ; ) {
        task.poll = pollOf(said);
        if (said.message !== undefined && said.message !== told && !silent) for (const part of statusParts(said.message)) await write(part);
        told = said.message;
        task.theirs = said.status;
        if (modern && isOver(said.status)) {
          over = true;
          const { result, error } = said.whole;
          if (said.status === "completed" && isObject(result)) return await arrives({ kind: "result", id, result });
          if (said.status === "cancelled") return await failed(CANCELLED);
          return await failed(errorIn(error) ?? BROKEN);
        }
        if (modern && said.status === "input_required")
          for (const one of inputsOf(said.whole, asked)) await arrives({ kind: "request", ...one, id: `${task.id}:${one.id}` });
        if (!modern && (isOver(said.status) || said.status === "input_required")) {
          const answer = await unlessBroken(exchange("tasks/result", {}, signal, write), signal);
          if (answer !== undefined) {
            if (answer.kind === "result" && (relatedIn(answer.result) ?? task.named) !== task.named) throw otherTask();
            over = true;
            return await (answer.kind === "error" ? failed(answer.error) : arrives({ kind: "result", id, result: relatedTo(answer.result, undefined) }));
          }
        }
        await pause(task.poll, clock, signal);
        const next = await unlessBroken(poll(signal, write), signal);
        failures = next === undefined ? failures + 1 : 0;
        if (failures >= MOST_FAILURES) throw new HoldfastError("upstream-unreachable", `tool server \`${upstream.id}\` does not answer about a task any more`);
        if (next !== undefined && "code" in next) {
          over = true;
          return await failed(next);
        }
        said = next ?? said;
      }
    } finally {
      signal.removeEventListener("abort", cancel);
      cancel();
    }
  };

  return {
    id: upstream.id,
    listen: upstream.listen,
    end: upstream.end,
    close: upstream.close,
    async send(message, sending, signal) {
      if (modern && (message.kind === "result" || message.kind === "error")) return answered(message);
      if (message.kind !== "request" || message.method !== "tools/call") return upstream.send(message, sending, signal);
      sent = sending;
      const { progressToken: _token, ...kept } = isObject(message.params["_meta"]) ? message.params["_meta"] : {};
      meta = modern ? { _meta: kept } : {};
      if (!modern) begin();
      let began: SaidTask | undefined;
      const read = (arrived: Arrived): readonly Part[] => {
        const { message: got } = arrived;
        if (got?.kind === "result" && got.id === message.id) began = modern || augment ? taskIn(got.result, modern) : undefined;
        return began === undefined ? sending.read(arrived) : [];
      };
      const asked = augment && !modern ? { ...message, params: { ...message.params, task: { ttl: task.ttl + LONGER_MS } } } : message;
      const first = await upstream.send(asked, { ...sending, read }, signal);
      return {
        ...first,
        async pump(write) {
          await first.pump(write);
          if (began === undefined) return;
          task.named = began.id;
          await follow(began, message.id, signal, write);
        },
      };
    },
  };

  /** What the client answers within a task (2026-07-28), on its way to the server; or that it may not be asked, and then there is no answer. */
  async function answered(message: Message & { kind: "result" | "error" }): Promise<Exchanged> {
    if (message.kind === "error") throw new HoldfastError("denied", "the server asks something of this client that may not be asked");
    const key = String(message.id).slice(task.id.length + 1);
    const answer = await exchange("tasks/update", { inputResponses: { [key]: message.result } }, task.signal);
    if (answer.kind === "error") throw new HoldfastError("upstream-invalid", `tool server \`${upstream.id}\` did not take the answer`);
    return { status: 202, form: "nothing", pump: () => {}, facts: () => ({}) };
  }
}

/** What a server asks that it has not asked before. */
function inputsOf({ inputRequests }: JsonObject, asked: Set<string>): readonly { readonly id: string; readonly method: string; readonly params: JsonObject }[] {
  return Object.entries(isObject(inputRequests) ? inputRequests : {}).flatMap(([id, one]) => {
    if (asked.has(id)) return [];
    const { method, params = {} } = isObject(one) ? one : {};
    if (typeof method !== "string" || !SERVER_METHODS.has(method) || !isObject(params) || id.length > LONGEST_KEY || asked.size >= MOST_INPUTS)
      throw new HoldfastError("upstream-invalid", "the server asks something within a task that MCP does not have");
    asked.add(id);
    return [{ id, method, params }];
  });
}

function errorIn(error: unknown): RpcError | undefined {
  const { code, message, data } = isObject(error as JsonObject) ? (error as JsonObject) : {};
  return typeof code === "number" && Number.isSafeInteger(code) && typeof message === "string"
    ? { code, message, ...(data === undefined ? {} : { data }) }
    : undefined;
}

/** What a server says of how far it is: its text passes the output filter like any other. */
const statusParts = (statusMessage: string): readonly Part[] => [
  { type: "mark", mark: { event: {}, message: { kind: "notification", method: TASK_STATUS } } },
  { type: "value", channel: "notification", value: { statusMessage } },
];

const CANCELLED: RpcError = { code: -32603, message: "the server cancelled the task" };
const BROKEN: RpcError = { code: -32603, message: "the server says that the task failed, and not why" };

/** What passes by itself: a task outlives it. */
const PASSING: ReadonlySet<string> = new Set(["upstream-unreachable", "upstream-timeout", "rate-limited", "unavailable"]);

/** Undefined where a connection broke on the way, or the server has no time. */
async function unlessBroken<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted || !PASSING.has(codeOf(error))) throw error;
    return undefined;
  }
}

function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = (): void => {
      stop();
      reject(signal.reason);
    };
    const stop = clock.timer(ms, () => {
      signal.removeEventListener("abort", gone);
      resolve();
    });
    if (signal.aborted) gone();
    else signal.addEventListener("abort", gone, { once: true });
  });
}
