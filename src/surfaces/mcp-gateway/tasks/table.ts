import { type Id, isOver, relatedIn, relatedTo } from "../../../codecs/mcp/index.ts";
import { HoldfastError } from "../../../core/errors.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { Clock } from "../../../core/layers.ts";
import type { Principal } from "../../../core/request.ts";
import { keyOf, type Session } from "../sessions.ts";
import type { Task } from "./task.ts";

/**
 * The tasks of all keys. INVARIANT: a task exists for the key that began it, at its own server, and for nobody else: any other name is
 * answered in the same way, whether there is such a task or not.
 */
export interface Tasks {
  /** Keeps a task until its time is over. False where its key has too many that are not over, for the room that is left. */
  add(task: Task): boolean;
  /** `server` undefined: at any. */
  find(id: unknown, principal: Principal, server: string | undefined): Task | undefined;
  of(principal: Principal, server: string | undefined): readonly Task[];
  /** What a server of this conversation asks, under our name for the task that it asks for; without any where we know none. */
  renamed(session: Session, params: JsonObject): JsonObject;
  /** A client answered what it was asked in this conversation; perhaps within a task. */
  heard(session: Session, id: Id | null): void;
  /** The tasks that this conversation performs are over with it. Resolves when their servers were told; undefined where there are none. */
  end(session: Session): Promise<void> | undefined;
  /** Ends all, so that each has its record. */
  shut(): Promise<void>;
}

/** Of one key, and of all. */
const MOST_EACH = 100;
const MOST = 4_000;
/**
 * Of what is not over an agent may have so large a part of the room that all leave, and a key of the room that its agent leaves. ATTACK:
 * twenty keys at their most would leave none for the others; so the fuller it is, the less each may have (dynamic thresholds).
 */
const [PART_OF_AGENT, PART_OF_KEY] = [1 / 4, 1 / 8];
/** Code units of JSON that are kept of results, of one key and of all: what is older than the newest gives way. */
const LONGEST_EACH = 32 * 1024 * 1024;
const LONGEST = 256 * 1024 * 1024;

export function createTasks(clock: Pick<Clock, "timer">): Tasks {
  const kept = new Map<string, { readonly task: Task; length: number; stop(): void }>();
  const forget = (id: string): void => {
    kept.get(id)?.stop();
    kept.delete(id);
  };
  const ofKey = (principal: Principal) => [...kept.values()].filter(({ task }) => keyOf(task.session.principal) === keyOf(principal));
  /** Those that are over give way, the oldest first, but never `newest`. */
  const shed = (among: readonly { readonly task: Task; readonly length: number }[], most: number, longest: number, newest: Task): void => {
    let [count, length] = [among.length, among.reduce((sum, one) => sum + one.length, 0)];
    for (const one of among) {
      if (count <= most && length <= longest) return;
      if (!isOver(one.task.status) || one.task === newest) continue;
      forget(one.task.id);
      count--;
      length -= one.length;
    }
  };

  return {
    add(task) {
      const { principal } = task.session;
      shed(ofKey(principal), MOST_EACH - 1, LONGEST_EACH, task);
      shed([...kept.values()], MOST - 1, LONGEST, task);
      const running = [...kept.values()].map((one) => one.task).filter(({ status }) => !isOver(status));
      const ofAgent = running.filter(({ session }) => session.principal.agent === principal.agent);
      const mine = ofAgent.filter(({ session }) => keyOf(session.principal) === keyOf(principal));
      const left = Math.ceil((MOST - running.length) * PART_OF_AGENT) - ofAgent.length;
      if (mine.length >= Math.min(MOST_EACH, Math.ceil(left * PART_OF_KEY))) return false;
      const stop = clock.timer(task.ttl, () => {
        kept.delete(task.id);
        task.cancel(new HoldfastError("cancelled", "the task was not over within its time to live"));
      });
      const one = { task, length: 0, stop };
      kept.set(task.id, one);
      task.session.busy++;
      void task.over.then(() => {
        task.session.busy--;
        one.length = JSON.stringify(task.answer ?? null).length;
        if (!kept.has(task.id)) return;
        shed(ofKey(principal), MOST_EACH, LONGEST_EACH, task);
        shed([...kept.values()], MOST, LONGEST, task);
      });
      return true;
    },
    find(id, principal, server) {
      const task = typeof id === "string" ? kept.get(id)?.task : undefined;
      if (task === undefined || keyOf(task.session.principal) !== keyOf(principal)) return undefined;
      return server === undefined || task.session.server === server ? task : undefined;
    },
    of: (principal, server) => ofKey(principal).flatMap(({ task }) => (server === undefined || task.session.server === server ? [task] : [])),
    renamed(session, params) {
      const theirs = relatedIn(params);
      const task = theirs === undefined ? undefined : [...kept.values()].find((one) => one.task.session === session && one.task.named === theirs)?.task;
      return relatedTo(params, task?.id);
    },
    heard(session, id) {
      if (id !== null) for (const { task } of kept.values()) if (task.session === session) task.heard(id);
    },
    end(session) {
      const running = [...kept.values()].flatMap(({ task }) => (task.session === session && !isOver(task.status) ? [task] : []));
      if (running.length === 0) return undefined;
      for (const task of running) task.cancel(new HoldfastError("cancelled", "the conversation in which it was done is over"));
      return stopped(running);
    },
    async shut() {
      const all = [...kept.values()];
      kept.clear();
      for (const { task, stop } of all) {
        stop();
        task.cancel(new HoldfastError("unavailable", "the server is shutting down"));
      }
      await stopped(all.map(({ task }) => task));
    },
  };
}

const stopped = async (tasks: readonly Task[]): Promise<void> => void (await Promise.all(tasks.flatMap(({ run, stopping }) => [run, stopping])));
