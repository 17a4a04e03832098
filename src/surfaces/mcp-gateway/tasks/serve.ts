import { type Asking, isModern, isOver, type Message, MISSING_CAPABILITY, relatedTo, TASK_EXTENSION, takesTasks } from "../../../codecs/mcp/index.ts";
import { HoldfastError } from "../../../core/errors.ts";
import { isObject, type JsonObject } from "../../../core/json.ts";
import { joinLabels } from "../../../core/label.ts";
import { requestId } from "../../http/trace.ts";
import { type Turn, tell } from "../converse.ts";
import type { McpGateway } from "../gateway.ts";
import { OWN_REQUEST } from "../in-chat.ts";
import { FAILED, fault, unknownMethod } from "../refusals.ts";
import type { Task } from "./task.ts";

type Visit = Omit<Turn, "upstream">;

const OLD: ReadonlySet<string> = new Set(["tasks/get", "tasks/result", "tasks/list", "tasks/cancel"]);
const NEW: ReadonlySet<string> = new Set(["tasks/get", "tasks/update", "tasks/cancel"]);

/**
 * What a client asks about its tasks. Nothing of it reaches a server but answers within a task, which pass `guard`, and that a task is not wanted
 * any more. `server`: whose tasks there are at this address; undefined: any.
 */
export async function serveTasks(gateway: McpGateway, visit: Visit, message: Asking, server: string | undefined): Promise<Message | undefined> {
  const { id, method, params } = message;
  const { principal } = visit.session;
  const modern = isModern(visit.sending.version);
  if (!(modern ? NEW : OLD).has(method)) return unknownMethod(message);
  if (modern && !takesTasks(params)) return missing(message);
  if (method === "tasks/list")
    return params["cursor"] === undefined ? listed(gateway.tasks.of(principal, server), visit, message) : fault(id, -32602, "there is no such page");
  const task = gateway.tasks.find(params["taskId"], principal, server);
  // INVARIANT: one answer for a task of somebody else, one that is over and forgotten, and one that never was.
  if (task === undefined) return fault(id, -32602, "there is no such task");
  switch (method) {
    case "tasks/get":
      return result(message, { ...(modern ? { resultType: "complete", ...inlined(task) } : {}), ...told(task, visit, modern) });
    case "tasks/result":
      return fetched(task, visit, message);
    case "tasks/cancel":
      if (!modern && isOver(task.status)) return fault(id, -32602, `the task is over already: ${task.status}`);
      task.cancel(new HoldfastError("cancelled", "the task was cancelled by its client"));
      return result(message, modern ? { resultType: "complete" } : told(task, visit, false));
    default:
      return updated(gateway, task, visit, message);
  }
}

const result = ({ id }: Asking, value: JsonObject): Message => ({ kind: "result", id, result: value });

/** What its agent reads of it here it has read for all that it does next, also where it is another conversation than the one that began it. */
function read({ label, spoken }: Task, { session: { memory } }: Visit): void {
  if (spoken) memory.label = joinLabels(memory.label, label);
}

function told(task: Task, visit: Visit, modern: boolean): JsonObject {
  const whole = task.told(modern);
  if (whole["statusMessage"] !== undefined || task.answer !== undefined) read(task, visit);
  return whole;
}

const listed = (tasks: readonly Task[], visit: Visit, message: Asking): Message => result(message, { tasks: tasks.map((task) => told(task, visit, false)) });

/** What a task holds beside its state (2026-07-28). */
function inlined({ status, answer, inputs }: Task): JsonObject {
  if (status === "input_required") return { inputRequests: Object.fromEntries(inputs) };
  if (status === "completed" && answer?.kind === "result") return { result: { resultType: "complete", ...answer.result } };
  return status === "failed" ? { error: answer?.kind === "error" ? { ...answer.error } : { code: FAILED, message: "the call was refused" } } : {};
}

/** Waits until there is an answer, and shows meanwhile what the server asks, in the conversation that began the task. */
async function fetched(task: Task, visit: Visit, message: Asking): Promise<Message | undefined> {
  const { client, signal } = visit;
  if (!isOver(task.status)) {
    // It may take long: the client learns at once that it is being listened to.
    client.begin("stream", 200);
    const mine = task.session === visit.session;
    await task.attend(mine ? client : { begin: client.begin, send: () => {} }, signal);
  }
  signal.throwIfAborted();
  const { answer } = task;
  read(task, visit);
  if (answer?.kind === "error") return { ...answer, id: message.id };
  return answer === undefined ? fault(message.id, FAILED, "there was no answer") : result(message, relatedTo(answer.result, task.id));
}

/** Takes what the client answers within a task: what was asked and is not answered yet. Everything else is nobody's answer. */
async function updated(gateway: McpGateway, task: Task, visit: Visit, message: Asking): Promise<Message> {
  const { inputResponses } = message.params;
  if (!isObject(inputResponses)) return fault(message.id, -32602, "`params/inputResponses` must be an object");
  for (const [key, value] of Object.entries(inputResponses)) {
    if (!task.inputs.has(key)) continue;
    if (!isObject(value)) return fault(message.id, -32602, "an answer must be an object");
    if (key !== OWN_REQUEST && task.upstream !== undefined) {
      const turn: Turn = { ...visit, session: task.session, upstream: task.upstream, id: requestId(), parent: visit.id };
      const id = `${task.id}:${key}`;
      const { waiting } = task.session;
      const asked = waiting.get(id);
      // ATTACK: an answer of which it is not known any more what was asked would be judged as none. While one is under way, another is nobody's.
      if (asked === undefined) continue;
      const ending = await tell(gateway, turn, { kind: "result", id, result: value });
      if (ending !== undefined) {
        // It is asked still, and what is said next is an answer to it again.
        if (task.inputs.has(key)) waiting.set(id, asked);
        return fault(message.id, FAILED, ending.message, ending.code);
      }
    }
    task.heard(key);
  }
  return result(message, { resultType: "complete" });
}

/** What the extension's own text says to a client that did not say that it has it. */
const missing = ({ id }: Asking): Message => ({
  kind: "error",
  id,
  error: {
    code: MISSING_CAPABILITY,
    message: "the client has not said that it has tasks",
    data: { requiredCapabilities: { extensions: { [TASK_EXTENSION]: {} } } },
  },
});
