import { isArray, isObject, type Json, type JsonObject } from "../../core/json.ts";
import { differs } from "./as-asked.ts";
import { CONTAINER, type Job, MANAGED, OWNER } from "./objects.ts";

/** How far a pod is. `wrong`: it is not what was asked for, or will never run; it is to be ended. */
export type PodState =
  | { readonly is: "waiting" }
  | { readonly is: "running" }
  | { readonly is: "over"; readonly code: number; readonly outOfMemory: boolean }
  | { readonly is: "wrong"; readonly why: string };

/** What will not become better by waiting. */
const HOPELESS = [
  ...["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError", "RegistryUnavailable"],
  ...["CreateContainerConfigError", "CreateContainerError", "RunContainerError", "CrashLoopBackOff", "StartError"],
];

/** Reads a pod as the API has it. What cannot be understood is wrong. */
export function stateOf(pod: JsonObject, job: Job): PodState {
  const { labels } = metadataOf(pod);
  const asked = job.spec.template;
  for (const label of [...Object.keys(MANAGED), OWNER])
    if (labels[label] !== (asked.metadata["labels"] as JsonObject)[label]) return wrong(`its label \`${label}\` is not as it was asked for`);
  const where = differs(asked.spec, pod["spec"]);
  if (where !== undefined) return wrong(`something in the cluster changed \`${where}\``);
  // Its end, when it comes, is then not its own.
  if (isObject(pod["metadata"]) && pod["metadata"]["deletionTimestamp"] !== undefined) return wrong("it was taken away");
  const status = pod["status"];
  if (!isObject(status)) return wrong("it has no state");
  const phase = status["phase"];
  if (typeof phase !== "string" || !["Pending", "Running", "Succeeded", "Failed"].includes(phase)) return wrong("its state is not known");
  const all: Json = status["containerStatuses"] ?? [];
  const one = isArray(all) ? all[0] : undefined;
  // Ended before its program began: put off its node, or past the deadline.
  if (one === undefined) return phase === "Pending" || phase === "Running" ? { is: "waiting" } : wrong("the cluster ended it");
  const state = isObject(one) && one["name"] === CONTAINER ? one["state"] : undefined;
  if (!isObject(state)) return wrong("its state is not known");
  const { waiting, running, terminated } = state;
  if (isObject(terminated)) return over(terminated);
  if (isObject(running)) return { is: "running" };
  const reason = isObject(waiting) ? waiting["reason"] : undefined;
  return typeof reason === "string" && HOPELESS.includes(reason) ? wrong(`it cannot start: ${reason}`) : { is: "waiting" };
}

function over({ exitCode, reason }: JsonObject): PodState {
  if (typeof exitCode !== "number" || !Number.isInteger(exitCode) || exitCode < 0 || exitCode > 255) return wrong("its exit code is not known");
  // Its program is not in the image, or may not be run.
  if (reason === "StartError" || reason === "ContainerCannotRun") return wrong(`it cannot start: ${reason}`);
  return { is: "over", code: exitCode, outOfMemory: reason === "OOMKilled" };
}

const wrong = (why: string): PodState => ({ is: "wrong", why });

export interface Metadata {
  readonly name: string;
  readonly uid: string;
  readonly version: string;
  readonly labels: JsonObject;
}

/** Empty where there is none: nothing is called "". */
export function metadataOf(object: Json | undefined): Metadata {
  const { name, uid, resourceVersion, labels } = isObject(object) && isObject(object["metadata"]) ? object["metadata"] : ({} as JsonObject);
  const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");
  return { name: text(name), uid: text(uid), version: text(resourceVersion), labels: isObject(labels) ? labels : {} };
}
