import type { JsonObject } from "../../core/json.ts";
import type { Cell } from "../driver.ts";
import { NOBODY, VARIABLES, WORK } from "../system.ts";

/** What the policy below is for, and what says whose a pod is. */
export const MANAGED = { "app.kubernetes.io/managed-by": "holdfast" };
export const OWNER = "holdfast/owner";
export const CONTAINER = "cell";
export const POLICY = "holdfast-cells";

const QUARTER = 256 << 20;
/** For whoever asks the cluster what became of a pod; then it takes it away by itself. */
const KEPT_S = 300;

export interface JobOptions {
  readonly name: string;
  readonly image: string;
  readonly runtimeClass?: string;
  /** Seconds. */
  readonly longest: number;
}

/**
 * A cell as the cluster is told it (`batch/v1`, Job). One pod, once: what ended is not started again. Nothing of the cluster is in it (no token,
 * no services, no names), nothing of its node, and nothing can be written but two folders in memory.
 */
export function jobOf(cell: Cell, { name, image, runtimeClass, longest }: JobOptions): Job {
  const labels = { ...MANAGED, [OWNER]: name };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, labels },
    spec: {
      completions: 1,
      parallelism: 1,
      backoffLimit: 0,
      activeDeadlineSeconds: longest,
      ttlSecondsAfterFinished: KEPT_S,
      template: { metadata: { labels }, spec: podOf(cell, image, runtimeClass) },
    },
  };
}

export interface Job extends JsonObject {
  readonly metadata: { readonly name: string; readonly labels: { readonly [label: string]: string } };
  readonly spec: JsonObject & { readonly template: { readonly metadata: JsonObject; readonly spec: JsonObject } };
}

function podOf({ command, env, cwd, limits }: Cell, image: string, runtimeClass: string | undefined): JsonObject {
  const resources = {
    cpu: `${Math.ceil(limits.cpus * 1000)}m`,
    memory: String(Math.floor(limits.memory)),
    // What it says is kept on the disk of the node.
    "ephemeral-storage": String(QUARTER),
  };
  return {
    restartPolicy: "Never",
    ...(runtimeClass === undefined ? {} : { runtimeClassName: runtimeClass }),
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    hostNetwork: false,
    hostPID: false,
    hostIPC: false,
    shareProcessNamespace: false,
    // No name server: to ask for a name is to tell it.
    dnsPolicy: "None",
    dnsConfig: { nameservers: ["127.0.0.1"] },
    // Not 0: that takes the pod from the list at once, whether its processes have ended or not.
    terminationGracePeriodSeconds: 1,
    securityContext: { runAsNonRoot: true, runAsUser: NOBODY, runAsGroup: NOBODY, fsGroup: NOBODY, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: CONTAINER,
        image,
        // By its digest, so what is there already is what was named.
        imagePullPolicy: "IfNotPresent",
        command: command.map(literal),
        env: Object.entries({ ...VARIABLES, ...env }).map(([variable, value]) => ({ name: variable, value: literal(value) })),
        workingDir: cwd ?? WORK,
        stdin: true,
        stdinOnce: true,
        tty: false,
        resources: { requests: resources, limits: resources },
        securityContext: {
          privileged: false,
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
          capabilities: { drop: ["ALL"] },
          seccompProfile: { type: "RuntimeDefault" },
        },
        volumeMounts: ["/tmp", WORK].map((mountPath) => ({ name: mountPath.slice(1), mountPath })),
      },
    ],
    volumes: ["tmp", WORK.slice(1)].map((name) => ({ name, emptyDir: { medium: "Memory", sizeLimit: String(Math.floor(limits.disk)) } })),
  };
}

/** The cluster puts variables into commands: `$(NAME)`. A cell's command is meant as it is; `$$` is the sign itself. */
const literal = (text: string): string => text.replaceAll("$", "$$$$");

/** No connection in, none out, of any pod of ours. It stands before the first of them and stays. */
export const POLICY_OBJECT = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: POLICY, labels: MANAGED },
  spec: { podSelector: { matchLabels: MANAGED }, policyTypes: ["Ingress", "Egress"] },
} as const;

/** What attempts are compared with: the same command where nothing is kept apart, as far as a namespace lets one be so. */
export function besideOf(cell: Cell, options: JobOptions): Job {
  const job = jobOf(cell, options);
  const { securityContext: _, runtimeClassName: __, dnsPolicy: ___, dnsConfig: ____, volumes: _____, containers, ...spec } = job.spec.template.spec;
  const [{ securityContext, resources, volumeMounts, ...container }] = containers as readonly [JsonObject];
  // Without the label that the policy is for.
  const labels = { [OWNER]: options.name };
  const bare = { ...spec, automountServiceAccountToken: true, containers: [{ ...container, workingDir: "/tmp", securityContext: { runAsUser: 0 } }] };
  return { ...job, metadata: { ...job.metadata, labels }, spec: { ...job.spec, template: { metadata: { labels }, spec: bare } } };
}
