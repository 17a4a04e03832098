import assert from "node:assert/strict";
import { test } from "node:test";
import { faults } from "../../../test/sandbox/kubernetes/schema.ts";
import { verifies } from "../../../test/verifies.ts";
import type { JsonObject } from "../../core/json.ts";
import { type Cell, LIMITS } from "../driver.ts";
import { differs } from "./as-asked.ts";
import { jobOf, POLICY_OBJECT } from "./objects.ts";
import { stateOf } from "./pod.ts";

const CELL: Cell = { command: ["sh", "-c", "echo $(HOME) $$"], env: { A: "$(B)" }, read: [], write: [], limits: LIMITS };
const JOB = jobOf(CELL, { name: "holdfast-a", image: "tools@sha256:0", runtimeClass: "gvisor", longest: 60 });
const POD = JOB.spec.template.spec;
const [CONTAINER] = POD["containers"] as unknown as readonly [JsonObject];

test("what the cluster is told is what its published schema knows", () => {
  verifies("C-05");
  assert.deepEqual(faults("Job", JOB), []);
  assert.deepEqual(faults("NetworkPolicy", POLICY_OBJECT), []);
  // The schema bites.
  assert.deepEqual(faults("Job", { ...JOB, spec: { ...JOB.spec, backOffLimit: 0 } }), ["Job.spec.backOffLimit: unknown"]);
});

test("a pod has nothing of the cluster and nothing of its node, runs once, as nobody, without rights, with limits and an end", () => {
  verifies("C-05");
  const { requests: _, ...resources } = CONTAINER["resources"] as JsonObject;
  assert.deepEqual(
    [JOB.spec["backoffLimit"], JOB.spec["completions"], JOB.spec["parallelism"], JOB.spec["activeDeadlineSeconds"], JOB.spec["ttlSecondsAfterFinished"]],
    [0, 1, 1, 60, 300],
  );
  assert.deepEqual(
    ["restartPolicy", "runtimeClassName", "automountServiceAccountToken", "enableServiceLinks", "hostNetwork", "hostPID", "hostIPC"].map((one) => POD[one]),
    ["Never", "gvisor", false, false, false, false, false],
  );
  assert.deepEqual(POD["securityContext"], {
    ...{ runAsNonRoot: true, runAsUser: 65534, runAsGroup: 65534, fsGroup: 65534 },
    seccompProfile: { type: "RuntimeDefault" },
  });
  assert.deepEqual(CONTAINER["securityContext"], {
    ...{ privileged: false, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true },
    ...{ capabilities: { drop: ["ALL"] }, seccompProfile: { type: "RuntimeDefault" } },
  });
  assert.deepEqual(resources, { limits: { cpu: "1000m", memory: String(512 << 20), "ephemeral-storage": String(256 << 20) } });
  assert.deepEqual(
    POD["volumes"],
    ["tmp", "work"].map((name) => ({ name, emptyDir: { medium: "Memory", sizeLimit: String(64 << 20) } })),
  );
  assert.deepEqual(CONTAINER["command"], ["sh", "-c", "echo $$(HOME) $$$$"]);
  assert.deepEqual(POLICY_OBJECT.spec, { podSelector: { matchLabels: { "app.kubernetes.io/managed-by": "holdfast" } }, policyTypes: ["Ingress", "Egress"] });
});

test("a specification is as it was asked for only where nothing is missing, another or more", () => {
  verifies("C-05");
  const changed = (over: object): JsonObject => ({ ...POD, ...over });
  const same = [
    changed({}),
    changed({ nodeName: "n", tolerations: [{}], priority: 0, serviceAccountName: "default" }),
    // What the API leaves out, and how it writes amounts.
    changed({ hostNetwork: undefined, hostPID: undefined, initContainers: [], ephemeralContainers: null }),
    changed({
      containers: [
        {
          ...CONTAINER,
          resources: {
            limits: { cpu: "1", memory: "512Mi", "ephemeral-storage": "256Mi" },
            requests: { cpu: "1", memory: "0.5Gi", "ephemeral-storage": "268435456" },
          },
        },
      ],
    }),
  ];
  for (const one of same) assert.equal(differs(POD, JSON.parse(JSON.stringify(one))), undefined);
  // One by one: each field that was asked for, and everything in it, taken away or another.
  let count = 0;
  const spoil = (value: unknown, path: readonly string[]): void => {
    if (typeof value === "object" && value !== null) for (const [key, one] of Object.entries(value)) spoil(one, [...path, key]);
    if (path.length === 0) return;
    for (const instead of [undefined, "other", 0, true, [], {}]) {
      const spoilt = JSON.parse(JSON.stringify(POD));
      const last = path.at(-1) as string;
      const parent = path.slice(0, -1).reduce((at, key) => at[key], spoilt);
      if (Array.isArray(parent) && instead === undefined) parent.splice(Number(last), 1);
      else if (instead === undefined) delete parent[last];
      else parent[last] = instead;
      if (value === false && instead === undefined && /^host|^tty$/.test(last)) continue;
      if (JSON.stringify(spoilt) === JSON.stringify(POD)) continue;
      assert.notEqual(differs(POD, spoilt), undefined, `${path.join(".")} ${JSON.stringify(instead)}`);
      count++;
    }
  };
  spoil(POD, []);
  assert.ok(count > 300, String(count));
  for (const over of [{ runAsUser: 0 }, { procMount: "Unmasked" }, { runAsNonRoot: false }])
    assert.notEqual(
      differs(POD, changed({ containers: [{ ...CONTAINER, securityContext: { ...(CONTAINER["securityContext"] as object), ...over } }] })),
      undefined,
    );
});

test("a pod's state is one that is known, or wrong", () => {
  verifies("C-05");
  const pod = (status: unknown, over: object = {}) =>
    ({ metadata: { name: "p", uid: "u", labels: JOB.metadata.labels, ...over }, spec: POD, status }) as unknown as JsonObject;
  const container = (state: unknown, phase = "Running") => pod({ phase, containerStatuses: [{ name: "cell", state }] });
  const cases: readonly (readonly [JsonObject, string])[] = [
    [pod({ phase: "Pending" }), "waiting"],
    [container({ waiting: { reason: "ContainerCreating" } }, "Pending"), "waiting"],
    [container({ waiting: { reason: "ImagePullBackOff" } }, "Pending"), "wrong"],
    [container({ running: {} }), "running"],
    [container({ terminated: { exitCode: 7, reason: "Error" } }, "Failed"), "over"],
    [container({ terminated: { exitCode: 128, reason: "StartError" } }, "Failed"), "wrong"],
    [container({ terminated: { exitCode: "0" } }, "Succeeded"), "wrong"],
    [container({ terminated: { exitCode: 300 } }, "Failed"), "wrong"],
    [container({ terminated: {} }, "Succeeded"), "wrong"],
    [container(undefined), "wrong"],
    [pod({ phase: "Succeeded" }), "wrong"],
    [pod({ phase: "Failed", reason: "Evicted" }), "wrong"],
    [pod({ phase: "Unknown" }), "wrong"],
    [pod({}), "wrong"],
    [pod(undefined), "wrong"],
    [pod({ phase: "Running", containerStatuses: [{ name: "other", state: { running: {} } }] }), "wrong"],
    [pod({ phase: "Running" }, { labels: {} }), "wrong"],
    [pod({ phase: "Running" }, { deletionTimestamp: "now" }), "wrong"],
    [{ ...pod({ phase: "Running" }), spec: {} }, "wrong"],
  ];
  for (const [one, is] of cases) assert.equal(stateOf(one, JOB).is, is, JSON.stringify(one["status"]));
  assert.deepEqual(stateOf(container({ terminated: { exitCode: 137, reason: "OOMKilled" } }, "Failed"), JOB), { is: "over", code: 137, outOfMemory: true });
});
