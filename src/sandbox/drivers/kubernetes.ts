import { HoldfastError } from "../../core/errors.ts";
import { isObject } from "../../core/json.ts";
import type { Cell, Driver, KeptApart } from "../driver.ts";
import { type Api, clusterOf } from "../kubernetes/api.ts";
import { reapJobs, removed } from "../kubernetes/jobs.ts";
import { besideOf, type Job, type JobOptions, jobOf } from "../kubernetes/objects.ts";
import { closeOff } from "../kubernetes/policy.ts";
import { begin, type Pod } from "../kubernetes/run.ts";
import type { KubernetesSettings } from "../kubernetes/settings.ts";
import { ownName } from "../owner.ts";
import { checkedText, wrong } from "../system.ts";

/**
 * A pod of a cluster, run once as a job. What the cluster is told stands in `kubernetes/objects.ts`; that it is what runs is looked at in every
 * answer (`as-asked.ts`), the deadline is ours, and what was ended is looked for. Whether a cluster does what it is told, only attempts
 * there can show: most of it is not the API's doing. Not run on a real cluster.
 */
export function kubernetes(settings: KubernetesSettings | undefined): Driver {
  const prepare = async (cell: Cell, as: (cell: Cell, options: JobOptions) => Job) => {
    if (settings === undefined) throw new HoldfastError("unavailable", UNSET);
    const options = { name: ownName(), image: check(cell, settings), longest: Math.ceil(settings.longest / 1000) };
    const job = as(cell, { ...options, ...(settings.runtime_class === undefined ? {} : { runtimeClass: settings.runtime_class }) });
    const api = await clusterOf(settings);
    await closeOff(api);
    let pod: Pod | undefined;
    return {
      begin: async () => (pod = await begin(api, job, settings.start)),
      async close() {
        await removed(api, options.name);
        return { outOfMemory: pod?.outOfMemory() === true };
      },
    };
  };
  return {
    id: "kubernetes",
    runs: "pods",
    wayOut: false,
    caveat: "Holdfast was not run on a real cluster: its tests have a stand-in for the API. What is said here is what attempts showed on yours",
    async missing() {
      if (settings === undefined) return UNSET;
      try {
        return await mayNot(await clusterOf(settings));
      } catch (error) {
        if (error instanceof HoldfastError) return error.message;
        throw error;
      }
    },
    // How many processes a pod may have is a setting of its node, which nobody can ask for.
    async keeps(): Promise<readonly KeptApart[]> {
      return ["files", "network", "memory", "cpu", "time", ...(settings?.runtime_class === undefined ? [] : (["kernel"] as const))];
    },
    prepare: (cell) => prepare(cell, jobOf),
    beside: (cell) => prepare(cell, besideOf),
    async reap() {
      if (settings !== undefined) await reapJobs(await clusterOf(settings));
    },
  };
}

const UNSET = "no cluster is configured; write `sandboxes: { kubernetes: … }` into holdfast.yaml, and name that with `--config`";

/** Gives the image: by its digest, because a name can be another image for the next node that fetches it. */
function check(cell: Cell, { image: usual }: KubernetesSettings): string {
  checkedText({ ...cell, cwd: cell.cwd });
  if (cell.read.length + cell.write.length > 0) wrong("the sandbox `kubernetes` runs on another machine, where paths of this one mean nothing");
  const image = cell.image ?? usual;
  if (image === undefined) return wrong("the sandbox `kubernetes` needs an `image`");
  if (!/^[^\s@]{1,400}@sha256:[0-9a-f]{64}$/.test(image))
    return wrong(`the image \`${image}\` must be named by what it is, \`name@sha256:…\`; a name alone can be another image tomorrow`);
  for (const name of Object.keys(cell.env))
    if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name)) wrong("a variable of a pod is named with letters, digits and `- . _`");
  return image;
}

/** What is done with the API, and so what the token must be allowed. */
const NEEDED: readonly (readonly [group: string, resource: string, ...verbs: string[]])[] = [
  ["batch", "jobs", "create", "get", "list", "delete"],
  ["", "pods", "list", "watch", "delete"],
  ["", "pods/log", "get"],
  ["", "pods/attach", "get", "create"],
  ["networking.k8s.io", "networkpolicies", "list", "create"],
];

async function mayNot(api: Api): Promise<string | undefined> {
  const asked = NEEDED.flatMap(([group, all, ...verbs]) => {
    const [resource, subresource] = all.split("/");
    return verbs.map(async (verb) => {
      const resourceAttributes = { namespace: api.namespace, group, resource, verb, ...(subresource === undefined ? {} : { subresource }) };
      const { status, value } = await api.ask("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: { resourceAttributes },
      });
      const may = status === 201 && isObject(value["status"]) && value["status"]["allowed"] === true;
      return may ? [] : [`${verb} ${all}`];
    });
  });
  const refused = (await Promise.all(asked)).flat();
  return refused.length === 0 ? undefined : `the token of \`sandboxes.kubernetes\` may not do this in its namespace: ${refused.join(", ")}`;
}
