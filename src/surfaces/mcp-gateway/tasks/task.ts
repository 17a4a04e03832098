import { randomUUID } from "node:crypto";
import { type Id, isOver, type Message, relatedTo, type SaidTask, TASK_STATUS, type TaskStatus, type ToldTask, writeTask } from "../../../codecs/mcp/index.ts";
import { HoldfastError } from "../../../core/errors.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { Label } from "../../../core/label.ts";
import type { Clock } from "../../../core/layers.ts";
import type { Client } from "../client.ts";
import type { Session } from "../sessions.ts";
import type { McpUpstream } from "../upstream.ts";

/** An answer, the id aside: each who fetches it asks under an id of their own. */
export type Answered = Message & { readonly kind: "result" | "error" };
type Question = Message & { readonly kind: "request" };

export interface TaskOptions {
  readonly session: Session;
  /** Of what the tool says. */
  readonly label: Label;
  /** Its results reach the agent as handles: then they are not read. */
  readonly hidden: boolean;
  /** Milliseconds from now. */
  readonly ttl: number;
  /** Who asked, for as long as the call may still be answered at once; else nobody is answered but who fetches. */
  readonly asking?: Client;
}

/**
 * One call that goes on after the exchange that asked for it: everything that is known of it, and what its client may still get. What is
 * kept here has passed `release`; the call itself is one run of `guard`, which sees this as its client.
 */
export interface Task {
  readonly id: string;
  readonly session: Session;
  readonly label: Label;
  readonly ttl: number;
  /** Aborted when nobody wants it any more, with why. */
  readonly signal: AbortSignal;
  /** Where `guard` delivers. */
  readonly client: Client;
  /** True once its client has, or will get, its name: from here on the call goes on without it. */
  readonly begun: boolean;
  readonly status: TaskStatus;
  readonly answer: Answered | undefined;
  /** True once it holds words of its server that an agent can read. */
  readonly spoken: boolean;
  /** What its server asks of the client and the client answers with `tasks/update` (2026): by the key that the client sees. */
  readonly inputs: ReadonlyMap<string, JsonObject>;
  /** The server's name for it, and how it ended there. */
  named?: string;
  theirs?: TaskStatus;
  poll: number;
  /** The server as its client's answers reach it. */
  upstream?: McpUpstream;
  /** Resolves when its server was told that it is not wanted any more. */
  stopping?: Promise<void>;
  /** Resolves when the call is over and has its record. */
  run?: Promise<void>;
  begin(): void;
  says(status: "working" | "input_required", message?: string): void;
  /** Asks the client something, as it was decided: to be answered under this key. */
  asks(key: string, input: JsonObject): void;
  /** The client answered. */
  heard(key: Id): void;
  ends(status: "completed" | "failed" | "cancelled", answer: Answered, message?: string): void;
  /** Ends it from outside. What its server did by then is done. */
  cancel(why: HoldfastError): void;
  /** Shows the client what the server asks, until it is over or `signal` aborts. */
  attend(client: Client, signal: AbortSignal): Promise<void>;
  told(modern: boolean): JsonObject;
  /** Resolves once it is over. */
  readonly over: Promise<void>;
}

const MOST_INPUTS = 100;
const [LEAST_POLL_MS, POLL_MS, MOST_POLL_MS] = [100, 500, 30_000];

export function createTask({ session, label, hidden, ttl, asking }: TaskOptions, clock: Pick<Clock, "now">): Task {
  const controller = new AbortController();
  const { promise: over, resolve: finish } = Promise.withResolvers<void>();
  const id = randomUUID();
  const created = clock.now();
  const inputs = new Map<string, JsonObject>();
  /** Questions of the 2025 era, that only a stream of `tasks/result` can take. */
  const questions = new Map<Id, Question>();
  let status: TaskStatus = "working";
  let message: string | undefined;
  let updated = created;
  let answer: Answered | undefined;
  let direct = asking;
  let begun = false;
  let spoken = false;
  let attending: Client | undefined;

  const told = (): ToldTask => ({ id, status, created, updated, ttl, poll: task.poll, ...(message === undefined ? {} : { message }) });
  const becomes = (next: TaskStatus, words: string | undefined): void => {
    if (isOver(status)) return;
    status = next;
    message = words;
    updated = Math.max(updated, clock.now());
    if (isOver(next)) {
      for (const one of [...questions.keys(), ...[...inputs.keys()].map((key) => `${id}:${key}`)]) session.waiting.delete(one);
      inputs.clear();
      questions.clear();
      finish();
    } else void show({ kind: "notification", method: TASK_STATUS, params: writeTask(told(), false) });
  };
  /** A client that is gone meanwhile breaks nothing: the call goes on without it. */
  const show = async (one: Message): Promise<void> => {
    const shown = attending;
    try {
      await shown?.send(one, {});
    } catch {
      if (attending === shown) attending = undefined;
    }
  };
  const waits = (): boolean => inputs.size + questions.size > 0;

  const client: Client = {
    begin: (form, code) => direct?.begin(form, code),
    send(one, event) {
      if (direct !== undefined) return direct.send(one, event);
      if (one === undefined || isOver(status)) return;
      switch (one.kind) {
        case "result":
        case "error":
          answer = one;
          spoken ||= one.kind === "error" || !hidden;
          return;
        case "notification":
          if (one.method === TASK_STATUS) {
            const words = one.params["statusMessage"];
            spoken = true;
            return becomes(waits() ? "input_required" : "working", typeof words === "string" ? words : undefined);
          }
          return show(one);
        case "request":
          // What is asked in the 2026 era has a name of ours, and waits to be fetched.
          if (typeof one.id === "string" && one.id.startsWith(`${id}:`)) {
            inputs.set(one.id.slice(id.length + 1), { method: one.method, params: one.params });
            return becomes("input_required", message);
          }
          if (questions.size >= MOST_INPUTS) throw new HoldfastError("upstream-invalid", "the server asks too much within one task");
          questions.set(one.id, { ...one, params: relatedTo(one.params, id) });
          becomes("input_required", message);
          return show(questions.get(one.id) as Question);
      }
    },
  };

  const task: Task = {
    id,
    session,
    label,
    ttl,
    signal: controller.signal,
    client,
    over,
    poll: POLL_MS,
    inputs,
    get begun() {
      return begun;
    },
    get status() {
      return status;
    },
    get answer() {
      return answer;
    },
    get spoken() {
      return spoken;
    },
    begin() {
      begun = true;
      direct = undefined;
    },
    says: becomes,
    asks(key, input) {
      inputs.set(key, input);
      becomes("input_required", message);
    },
    heard(key) {
      const known = questions.delete(key) || (typeof key === "string" && inputs.delete(key));
      if (known && !waits()) becomes("working", undefined);
    },
    ends(how, last, words) {
      if (isOver(status)) return;
      answer = last;
      becomes(how, words);
    },
    cancel(why) {
      if (isOver(status)) return;
      controller.abort(why);
      answer = { kind: "error", id: null, error: { code: CANCELLED, message: why.message, data: { code: why.code } } };
      becomes("cancelled", why.message);
    },
    async attend(one, signal) {
      attending = one;
      const { promise: left, resolve } = Promise.withResolvers<void>();
      const leave = (): void => resolve();
      signal.addEventListener("abort", leave, { once: true });
      if (signal.aborted) leave();
      try {
        // What was shown and not answered is shown again to a client that came back.
        for (const question of [...questions.values()]) await show(question);
        await Promise.race([over, left]);
      } finally {
        signal.removeEventListener("abort", leave);
        if (attending === one) attending = undefined;
      }
    },
    told: (modern) => writeTask(told(), modern),
  };
  return task;
}

const CANCELLED = -32603;

/** How often a server is asked how far it is: as it wishes, and neither all the time nor never. */
export const pollOf = ({ poll = POLL_MS }: SaidTask): number => Math.min(Math.max(Math.round(poll), LEAST_POLL_MS), MOST_POLL_MS);
