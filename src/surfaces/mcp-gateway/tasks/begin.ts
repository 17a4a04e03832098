import { type Asking, isOver, type Message, takesTasks } from "../../../codecs/mcp/index.ts";
import { HoldfastError } from "../../../core/errors.ts";
import { isObject } from "../../../core/json.ts";
import { withoutAbsent } from "../../../core/without-absent.ts";
import { requestId } from "../../http/trace.ts";
import { consoleRequest, whyAsked } from "../at-console.ts";
import { type Asked, asked, type Turn } from "../converse.ts";
import { type McpGateway, mcpGateway } from "../gateway.ts";
import { OWN_REQUEST } from "../in-chat.ts";
import { prepared } from "../list-tools.ts";
import { mirroredHeaders } from "../mirrored.ts";
import { DENIED, FAILED, fault, said } from "../refusals.ts";
import type { Session } from "../sessions.ts";
import { following } from "./follow.ts";
import { goesOnThere, hasTasks } from "./offer.ts";
import { createTask, type Task } from "./task.ts";

/** How long a task may take, and is kept, in milliseconds. */
const MOST_TTL = 24 * 3_600_000;
const LEAST_TTL = 1_000;

/** How a call may go on: by its client's wish (2025-11-25), or where its server or a person takes time (2026-07-28). */
export interface Wish {
  readonly ttl: number;
  readonly modern: boolean;
}

/** Whether this call may go on as a task; a fault where it says so in a form that MCP does not have. */
export function wishOf({ version }: Session, { id, method, params }: Asking, modern: boolean): Wish | Message | undefined {
  if (method !== "tools/call") return undefined;
  if (modern) return takesTasks(params) ? { ttl: MOST_TTL, modern } : undefined;
  const { task } = params;
  if (task === undefined || !hasTasks(version)) return undefined;
  const ttl = isObject(task) ? (task["ttl"] ?? MOST_TTL) : undefined;
  if (typeof ttl !== "number" || !(ttl >= 0)) return fault(id, -32602, "`params/task` must be an object, its `ttl` a number of milliseconds");
  return { ttl: Math.min(Math.max(Math.round(ttl), LEAST_TTL), MOST_TTL), modern };
}

/**
 * Makes a call that may go on after this exchange. It is a run of `guard` like any other, whose client is a task: whoever asks learns the
 * task's name once the call was permitted and is on record, or once a person is asked, and fetches what `release` let through.
 */
export function callAsTask(gateway: McpGateway, turn: Turn, message: Asking, { ttl, modern }: Wish): Promise<Message | undefined> {
  const { session, upstream, client } = turn;
  const name = String(message.params["name"]);
  const tool = `${session.server}.${name}`;
  const hidden = gateway.handles(tool);
  const task = createTask({ session, label: gateway.label({ kind: "tool", id: tool }), hidden, ttl, ...(modern ? { asking: client } : {}) }, gateway.clock);
  const first = Promise.withResolvers<Message | undefined>();
  const begin = (): void => {
    if (task.begun) return;
    task.signal.throwIfAborted();
    if (!gateway.tasks.add(task)) throw new HoldfastError("rate-limited", "this key has too many tasks that are not over");
    task.begin();
    turn.signal.removeEventListener("abort", left);
    first.resolve({ kind: "result", id: message.id, result: modern ? { resultType: "task", ...task.told(true) } : { task: task.told(false) } });
  };
  const augment = !modern && goesOnThere(session, name);
  const followed = following({ task, upstream, clock: gateway.clock, modern, augment, silent: hidden, begin });
  task.upstream = followed;

  const left = (): void => void (task.begun || task.cancel(turn.signal.reason as HoldfastError));
  const unwatch = turn.watch?.((why) => task.cancel(why ?? new HoldfastError("unauthenticated", "the key was revoked or has expired")));
  turn.signal.addEventListener("abort", left, { once: true });
  if (turn.signal.aborted) left();
  const whole: Turn = { ...turn, client: task.client, signal: task.signal, upstream: followed, label: turn.label ?? session.memory.label };
  task.run = answered(gateway, task, whole, message, modern, begin)
    .then((got) => {
      if (task.begun) return over(task, got, modern);
      if (modern) return first.resolve(got.last);
      // Nothing was done, so there is no task: a client that waits for the name of one is told why by a fault.
      const { ending, last } = got;
      if (ending !== undefined) return first.resolve(fault(message.id, ending.policy ? DENIED : FAILED, ending.message, ending.code));
      if (last !== undefined) return first.resolve(last);
      // A recorded answer stood in for the call.
      begin();
      over(task, got, modern);
    })
    .catch((error: unknown) => {
      first.reject(error);
      task.cancel(error instanceof HoldfastError ? error : new HoldfastError("internal", "the call could not be finished"));
    })
    .finally(() => {
      unwatch?.();
      turn.signal.removeEventListener("abort", left);
    });
  return first.promise;
}

/** Goes on until there is an answer, through as many questions to people as it takes. */
async function answered(gateway: McpGateway, task: Task, turn: Turn, message: Asking, modern: boolean, begin: () => void): Promise<Asked> {
  const fresh = (): Turn => ({ ...turn, open: new Map() });
  let now = gateway;
  let got = await asked(now, fresh(), message);
  while (got.outcome?.status === "pending" && now.answered !== undefined) {
    const { outcome } = got;
    const shown = modern ? consoleRequest(now, message, outcome) : undefined;
    begin();
    if (shown !== undefined) task.asks(OWN_REQUEST, shown);
    const { ticket, decision } = outcome;
    const waits = (inquiry?: string): void =>
      task.says(task.inputs.has(OWN_REQUEST) ? "input_required" : "working", whyAsked({ ticket, decision, ...withoutAbsent({ inquiry }) }));
    waits(outcome.inquiry);
    const what = await now.answered(ticket, task.signal, waits);
    task.signal.throwIfAborted();
    task.heard(OWN_REQUEST);
    task.says("working");
    if (what === "over") return { outcome, last: said(message, `nobody approved this in time (${outcome.ticket})`, modern) };
    // As if the agent had asked again: decided anew, by what is in force now, and let through once, as exactly what was approved.
    now = now.newest === undefined ? now : mcpGateway(now.newest());
    // The tool as its server describes it at this moment, not as it was when the question was asked.
    turn.session.tools = undefined;
    const next = { ...fresh(), id: requestId() };
    const problem = await prepared(now, next, message);
    if (problem !== undefined) return { last: problem };
    const sending = modern ? { ...turn.sending, mirrored: mirroredHeaders(message, turn.session) } : turn.sending;
    got = await asked(now, { ...next, sending }, message);
  }
  return got;
}

/** The task has its answer: what `release` let through, or why there is none. */
function over(task: Task, { last }: Asked, modern: boolean): void {
  if (isOver(task.status)) return;
  const answer = last ?? task.answer;
  if (answer?.kind === "result") {
    // A refusal is a result that says so, and with it the task has failed (2025-11-25); since 2026 only a fault fails one.
    const failed = !modern && (last !== undefined || task.theirs === "failed");
    task.ends(failed ? "failed" : "completed", answer, last === undefined ? undefined : wordsOf(answer));
  } else {
    const error = answer?.kind === "error" ? answer.error : { code: FAILED, message: "there was no answer" };
    task.ends(task.theirs === "cancelled" ? "cancelled" : "failed", { kind: "error", id: null, error }, error.message);
  }
}

function wordsOf({ result: { content } }: Message & { kind: "result" }): string | undefined {
  const [first] = Array.isArray(content) ? content : [];
  return isObject(first) && typeof first["text"] === "string" ? first["text"] : undefined;
}
