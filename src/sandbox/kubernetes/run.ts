import { PassThrough, type Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { HoldfastError } from "../../core/errors.ts";
import { isObject } from "../../core/json.ts";
import type { Running } from "../driver.ts";
import { type Api, WATCH_S } from "./api.ts";
import { itemsOf } from "./items.ts";
import { make, owned, podsOf, removed } from "./jobs.ts";
import { CONTAINER, type Job } from "./objects.ts";
import { metadataOf, type PodState, stateOf } from "./pod.ts";

/** How long what was told to end may still speak, in milliseconds. */
const PATIENCE = 10_000;

export interface Pod extends Running {
  readonly outOfMemory: () => boolean;
}

/** Makes a job and gives its pod once its program runs. Rejects where it does not within `start` milliseconds. */
export async function begin(api: Api, job: Job, start: number): Promise<Pod> {
  const gone = new AbortController();
  const walk = states(api, job, gone.signal);
  try {
    await make(api, job);
    const first = await started(walk, start);
    return await attached(api, job, first, walk, gone);
  } catch (error) {
    gone.abort();
    throw error;
  }
}

type Seen = PodState & { readonly pod: string };

async function started(walk: AsyncGenerator<Seen>, start: number): Promise<Seen> {
  const late = pause(start, undefined, { ref: false });
  for (;;) {
    const next = await Promise.race([walk.next(), late]);
    const why = "the cluster did not start the pod in time; `kubectl describe` its job and its namespace's quota and pod security";
    if (next === undefined || next.done === true) throw new HoldfastError("unavailable", why);
    if (next.value.is === "wrong") throw new HoldfastError("unavailable", `the pod was not let run: ${next.value.why}`);
    if (next.value.is !== "waiting") return next.value;
  }
}

async function attached(api: Api, job: Job, first: Seen, walk: AsyncGenerator<Seen>, gone: AbortController): Promise<Pod> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const path = `${podsOf(api)}/${first.pod}`;
  let [outOfMemory, broken] = [false, false];
  const kill = (): void => {
    broken = true;
    void removed(api, job.metadata.name).catch(() => {});
    // Where the cluster hangs, nobody waits for it; that the pod is gone is made sure of at the end.
    setTimeout(() => gone.abort(), PATIENCE).unref();
  };
  const last = over(first, walk, gone.signal);
  const log = await api.log(`${path}/log?container=${CONTAINER}&follow=true`, gone.signal);
  log.on("error", () => {}).pipe(stdout, { end: false });
  const written = finished(log).catch(() => void (broken = true));
  const stdin = await inputOf(api, `${path}/attach?container=${CONTAINER}&stdin=true&stdout=false&stderr=false`, last, kill);
  const silent = async (): Promise<void> => {
    await written;
    // Its output broke off and it lives: what it goes on to say would be lost.
    if (!(await within(last, PATIENCE))) kill();
  };
  const ended = async (): Promise<number | undefined> => {
    void silent();
    const end = await last;
    if (end.is === "over") outOfMemory = end.outOfMemory;
    else if (!broken) {
      if (end.is === "wrong") stderr.write(`holdfast: the pod is ended: ${end.why}\n`);
      kill();
    }
    // What it wrote comes first.
    if (!(await within(written, PATIENCE))) broken = true;
    gone.abort();
    stdin.destroy();
    stdout.end();
    stderr.end();
    return end.is === "over" && !broken ? end.code : undefined;
  };
  return { stdin, stdout, stderr, ended: ended(), kill, outOfMemory: () => outOfMemory };
}

/** A program that has ended needs no input; one that runs and can be given none would wait for ever. */
async function inputOf(api: Api, path: string, last: Promise<unknown>, kill: () => void): Promise<Writable> {
  try {
    return (await api.input(path)).on("error", () => {});
  } catch {
    void within(last, PATIENCE / 5).then((isOver) => isOver || kill());
    return new PassThrough().on("error", () => {}).resume();
  }
}

const within = (one: Promise<unknown>, ms: number): Promise<boolean> => Promise.race([one.then(() => true), pause(ms, false, { ref: false })]);

/** How it was when it was over. Never rejects. */
async function over(first: Seen, walk: AsyncGenerator<Seen>, signal: AbortSignal): Promise<PodState> {
  const isEnd = ({ is }: PodState): boolean => is === "over" || is === "wrong";
  if (isEnd(first)) return first;
  const stopped = new Promise<PodState>((resolve) => signal.addEventListener("abort", () => resolve(GONE), { once: true }));
  const walked = async (): Promise<PodState> => {
    for await (const state of walk) if (isEnd(state)) return state;
    return GONE;
  };
  return Promise.race([walked(), stopped]).catch((): PodState => ({ is: "wrong", why: "the cluster cannot be asked any more" }));
}

const GONE: PodState = { is: "wrong", why: "it was taken away" };

/** Each state of the one pod of a job, the first as it is now. INVARIANT: a second pod is never the first one's continuation: one command is run once. */
async function* states(api: Api, job: Job, signal: AbortSignal): AsyncGenerator<Seen> {
  let ours: string | undefined;
  const read = (pod: unknown): Seen => {
    const { name, uid } = metadataOf(pod as never);
    if (!isObject(pod as never) || name === "" || uid === "") throw new HoldfastError("unavailable", "the cluster answers with something that is no pod");
    ours ??= uid;
    return ours === uid ? { ...stateOf(pod as never, job), pod: name } : { is: "wrong", why: "it was started a second time", pod: name };
  };
  const path = `${podsOf(api)}?${owned(job.metadata.name)}`;
  for (; !signal.aborted; await pause(100)) {
    const list = await api.ask("GET", path);
    const pods = itemsOf(list, "PodList");
    for (const pod of pods) yield read(pod);
    if (pods.length === 0 && ours !== undefined) return yield { ...GONE, pod: "" };
    const from = `&watch=true&allowWatchBookmarks=true&timeoutSeconds=${WATCH_S}&resourceVersion=${encodeURIComponent(metadataOf(list.value).version)}`;
    try {
      for await (const { type, object } of api.watch(path + from, signal)) {
        if (type === "ADDED" || type === "MODIFIED") yield read(object);
        else if (type === "DELETED") return yield { ...GONE, pod: "" };
        // Too old, or no event at all: it is looked again.
        else if (type !== "BOOKMARK") break;
      }
    } catch (error) {
      // A connection that broke, or was silent for too long. What was understood and wrong is not tried again.
      if (error instanceof HoldfastError) throw error;
    }
  }
}
