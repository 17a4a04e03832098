import { setTimeout as pause } from "node:timers/promises";
import { HoldfastError } from "../../core/errors.ts";
import { isLeftBehind } from "../owner.ts";
import type { Api } from "./api.ts";
import { itemsOf } from "./items.ts";
import { type Job, OWNER } from "./objects.ts";
import { metadataOf } from "./pod.ts";

/** How long a pod that is to end may take until it is gone, in milliseconds. */
const PATIENCE = 30_000;

export const jobsOf = ({ namespace }: Api): string => `/apis/batch/v1/namespaces/${namespace}/jobs`;
export const podsOf = ({ namespace }: Api): string => `/api/v1/namespaces/${namespace}/pods`;
export const owned = (name: string): string => `labelSelector=${encodeURIComponent(`${OWNER}=${name}`)}`;

/** Begins it. Asked twice where the first answer was lost; then it is there already, and ours: its name is. */
export async function make(api: Api, job: Job): Promise<void> {
  const { status, value } = await api.ask("POST", jobsOf(api), job);
  const made = status === 409 ? (await api.ask("GET", `${jobsOf(api)}/${job.metadata.name}`)).value : value;
  if (made["kind"] !== "Job" || metadataOf(made).labels[OWNER] !== job.metadata.name)
    throw new HoldfastError("unavailable", "the cluster answers with something that is not the job that it was to make");
}

/**
 * Ends it. INVARIANT: resolves only when the cluster says that there is no such job and no pod of it any more. Pods are ended one by one as
 * well, because nobody knows when a cluster tidies up.
 */
export async function removed(api: Api, name: string, uid?: string): Promise<void> {
  for (const until = performance.now() + PATIENCE; performance.now() < until; await pause(200)) {
    await end(api, `${jobsOf(api)}/${name}`, { propagationPolicy: "Foreground", ...(uid === undefined ? {} : { preconditions: { uid } }) });
    const pods = itemsOf(await api.ask("GET", `${podsOf(api)}?${owned(name)}`), "PodList");
    for (const pod of pods) await end(api, `${podsOf(api)}/${metadataOf(pod).name}`, { gracePeriodSeconds: 1 });
    if (pods.length === 0 && (await api.ask("GET", `${jobsOf(api)}/${name}`)).status === 404) return;
  }
  throw new HoldfastError("unavailable", "a pod does not end");
}

const end = (api: Api, path: string, how: object) => api.ask("DELETE", path, { apiVersion: "v1", kind: "DeleteOptions", ...how });

/** Takes away what crashes of ours left. What other machines have in the same cluster is theirs. */
export async function reapJobs(api: Api): Promise<void> {
  for (const job of itemsOf(await api.ask("GET", `${jobsOf(api)}?labelSelector=${encodeURIComponent(OWNER)}`), "JobList")) {
    const { name, uid, labels } = metadataOf(job);
    // Of an earlier boot it may be another machine's: such end at their own deadline.
    if (labels[OWNER] === name && isLeftBehind(name, true)) await removed(api, name, uid);
  }
}
