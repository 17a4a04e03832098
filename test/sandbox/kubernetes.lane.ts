/**
 * The sandbox `kubernetes` against a stand-in for a cluster's API and a node. INVARIANT of these tests: they show what Holdfast asks a cluster
 * for, and how it takes what a cluster answers. It was not run on a real cluster.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, afterEach, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { attempting, runCell } from "../../src/compose/sandboxes/cells.ts";
import { wayForProof } from "../../src/compose/sandboxes/sandbox-egress.ts";
import { kubernetes } from "../../src/sandbox/drivers/kubernetes.ts";
import { type Cell, LIMITS, type Prepared, prove } from "../../src/sandbox/index.ts";
import { MANAGED, OWNER, POLICY, POLICY_OBJECT } from "../../src/sandbox/kubernetes/objects.ts";
import { BIN } from "../serve.ts";
import { verifies } from "../verifies.ts";
import { type Cluster, startCluster, type Trouble } from "./kubernetes/cluster.ts";

const cell = (script: string, over: Partial<Cell> = {}): Cell => ({ command: ["sh", "-c", script], env: {}, read: [], write: [], limits: LIMITS, ...over });
const needs = process.getuid?.() === 0 ? false : "the stand-in for a node needs root";

describe("the sandbox `kubernetes`", { skip: needs }, () => {
  let cluster: Cluster;
  before(async () => void (cluster = await startCluster()));
  after(() => cluster.stop());
  afterEach(() => {
    cluster.troubles.length = 0;
    cluster.mutate = () => {};
    cluster.keepsPolicies = true;
    cluster.may = () => true;
    cluster.asked.length = 0;
  });
  const driver = (over: object = {}) => kubernetes({ ...cluster.settings, ...over });
  const left = () => [cluster.kept("jobs").length, cluster.kept("pods").length];
  async function ran(prepared: Prepared, timeout = 10_000) {
    try {
      return await runCell(prepared, { stdio: "collect", timeout });
    } finally {
      await prepared.close();
    }
  }
  const run = async (script: string, over: Partial<Cell> = {}, timeout?: number) => ran(await driver().prepare(cell(script, over)), timeout);

  test("a command has its exit code and all that it wrote, as it is and as nobody, and is gone when it is closed", { timeout: 60_000 }, async () => {
    verifies("C-05");
    const { code, output } = await run("echo out; echo bad >&2; pwd; id -u; echo $TOLD '$(HOME) $$'; exit 7", { env: { TOLD: "a$(PATH)$$b" } });
    assert.deepEqual([code, output.split("\n").sort()], [7, ["", "/work", "65534", "a$(PATH)$$b $(HOME) $$", "bad", "out"]]);
    assert.deepEqual(left(), [0, 0]);
    assert.deepEqual(cluster.kept("networkpolicies").length, 1);
  });

  test("input goes in as it comes and ends when it ends, with either protocol", { timeout: 60_000 }, async () => {
    verifies("C-05");
    for (const protocol of ["v5.channel.k8s.io", "v4.channel.k8s.io"]) {
      Object.assign(cluster, { protocol });
      const prepared = await driver().prepare(cell("read -r line; echo got $line; wc -c"));
      assert.ok("begin" in prepared);
      const running = await prepared.begin();
      const output = text(running.stdout);
      running.stdin.write("one\n");
      running.stdin.end("x".repeat(300_000));
      assert.deepEqual([await output, await running.ended], ["got one\n300000\n", 0]);
      await prepared.close();
    }
    Object.assign(cluster, { protocol: "v5.channel.k8s.io" });
  });

  test("the deadline is ours: what ignores signals is ended, and gone when that is said", { timeout: 60_000 }, async () => {
    verifies("C-05", "C-07");
    const { late, code } = await run("trap '' TERM; echo up; sleep 50.25", {}, 1_000);
    assert.deepEqual([late, code, left()], [true, null, [0, 0]]);
    assert.doesNotMatch(spawnSync("ps", ["axww"], { encoding: "utf8" }).stdout, /sleep 50\.25/);
  });

  test("what runs out of memory is said to", { timeout: 60_000 }, async () => {
    verifies("C-05", "C-06");
    const prepared = await driver().prepare(cell("perl -e '$x = \"x\" x (300 << 20)'", { limits: { ...LIMITS, memory: 64 << 20 } }));
    await runCell(prepared, { stdio: "collect", timeout: 10_000 });
    assert.deepEqual(await prepared.close(), { outOfMemory: true });
  });

  test("a cell that is not for a cluster is refused before anything is asked of one", { timeout: 30_000 }, async () => {
    verifies("C-05");
    const bad: readonly (readonly [Partial<Cell>, RegExp])[] = [
      [{ read: ["/etc"] }, /another machine/],
      [{ write: ["/srv"] }, /another machine/],
      [{ image: "busybox:1.36" }, /sha256/],
      [{ env: { "A=B": "1" } }, /variable/],
      [{ command: [] }, /command/],
    ];
    for (const [over, message] of bad) await assert.rejects(driver().prepare(cell("true", over)), { code: "configuration", message });
    await assert.rejects(kubernetes({ ...cluster.settings, image: undefined as never }).prepare(cell("true")), { message: /needs an `image`/ });
    await assert.rejects(kubernetes(undefined).prepare(cell("true")), { code: "unavailable" });
    assert.deepEqual(cluster.asked, []);
  });

  /** What a cluster may do to a pod on its way, and must not. */
  const MUTATIONS: readonly (readonly [name: string, mutate: Cluster["mutate"]])[] = [
    ["a sidecar", (spec) => spec.containers.push({ name: "sidecar", image: "x" })],
    ["a container before it", (spec) => (spec.initContainers = [{ name: "first", image: "x" }])],
    ["the node's network", (spec) => (spec.hostNetwork = true)],
    ["the node's processes", (spec) => (spec.hostPID = true)],
    ["a folder of the node", (spec) => spec.volumes.push({ name: "host", hostPath: { path: "/" } })],
    ["a mount", (spec) => spec.containers[0].volumeMounts.push({ name: "tmp", mountPath: "/etc" })],
    ["a token of the cluster", (spec) => (spec.automountServiceAccountToken = true)],
    ["a token by default", (spec) => delete spec.automountServiceAccountToken],
    ["more rights by default", (spec) => delete spec.containers[0].securityContext.allowPrivilegeEscalation],
    ["another image", (spec) => (spec.containers[0].image = "registry.test/other")],
    ["another command", (spec) => spec.containers[0].command.push("more")],
    ["another variable", (spec) => spec.containers[0].env.push({ name: "LD_PRELOAD", value: "/x.so" })],
    ["variables from elsewhere", (spec) => (spec.containers[0].envFrom = [{ secretRef: { name: "s" } }])],
    ["root", (spec) => (spec.containers[0].securityContext.runAsUser = 0)],
    ["privileges", (spec) => (spec.containers[0].securityContext.privileged = true)],
    ["a right", (spec) => (spec.containers[0].securityContext.capabilities.add = ["NET_ADMIN"])],
    ["a root that can be written", (spec) => (spec.containers[0].securityContext.readOnlyRootFilesystem = false)],
    ["no filter", (spec) => (spec.securityContext.seccompProfile.type = "Unconfined")],
    ["more memory", (spec) => (spec.containers[0].resources.limits.memory = "64Gi")],
    ["no limits", (spec) => delete spec.containers[0].resources],
    ["a name server", (spec) => (spec.dnsPolicy = "ClusterFirst")],
    ["another runtime", (spec) => (spec.runtimeClassName = "runc")],
    ["a hook", (spec) => (spec.containers[0].lifecycle = { postStart: { exec: { command: ["sh"] } } })],
    ["kernel settings", (spec) => (spec.securityContext.sysctls = [{ name: "x", value: "1" }])],
  ];
  test("a pod that the cluster changed on its way is ended, whatever was changed", { timeout: 120_000 }, async () => {
    verifies("C-05");
    for (const [name, mutate] of MUTATIONS) {
      cluster.mutate = mutate;
      await assert.rejects(run("echo ran"), { code: "unavailable", message: /something in the cluster changed/ }, name);
      assert.deepEqual(left(), [0, 0], name);
    }
  });

  test("another policy that may open a way is a refusal, and one that cannot is none", { timeout: 60_000 }, async () => {
    verifies("C-05", "P-07");
    const policy = (name: string, spec: object) => ({ metadata: { name }, spec });
    const open = { egress: [{}], policyTypes: ["Egress"] };
    const OPENING: readonly object[] = [
      { podSelector: {}, ...open },
      { podSelector: { matchLabels: MANAGED }, ...open },
      { podSelector: { matchLabels: {} }, ingress: [{ from: [] }] },
      { podSelector: { matchExpressions: [{ key: OWNER, operator: "Exists" }] }, ...open },
      { podSelector: { matchExpressions: [{ key: "tier", operator: "DoesNotExist" }] }, ...open },
      { podSelector: { matchExpressions: [{ key: Object.keys(MANAGED)[0], operator: "In", values: ["a", "holdfast"] }] }, ...open },
      { podSelector: { matchExpressions: [{ key: "tier", operator: "Newer" }] }, ...open },
    ];
    const CLOSED: readonly object[] = [
      { podSelector: {}, policyTypes: ["Egress"] },
      { podSelector: { matchLabels: { tier: "web" } }, ...open },
      { podSelector: { matchExpressions: [{ key: "tier", operator: "In", values: ["web"] }] }, ...open },
      { podSelector: { matchLabels: { ...MANAGED, tier: "web" } }, ...open },
    ];
    const all = cluster.kept("networkpolicies") as object[];
    for (const [at, spec] of [...OPENING, ...CLOSED].entries()) {
      cluster.put("networkpolicies", policy(`p${at}`, spec));
      const prepared = driver().prepare(cell("true"));
      if (at < OPENING.length) await assert.rejects(prepared, { code: "unavailable", message: /another NetworkPolicy/ }, JSON.stringify(spec));
      else await (await prepared).close();
      await taken(`p${at}`);
    }
    assert.ok(all.length <= 1);
    await taken(POLICY);
    cluster.put("networkpolicies", { ...POLICY_OBJECT, spec: { ...POLICY_OBJECT.spec, egress: [{}] } });
    await assert.rejects(driver().prepare(cell("true")), { message: /not as Holdfast made it/ });
    await taken(POLICY);
  });
  async function taken(name: string): Promise<void> {
    const { Client } = await import("undici");
    const { readFileSync } = await import("node:fs");
    const client = new Client(cluster.settings.api, { connect: { ca: readFileSync(cluster.settings.ca) } });
    await client.request({
      method: "DELETE",
      path: `/apis/networking.k8s.io/v1/namespaces/cells/networkpolicies/${name}`,
      headers: { authorization: `Bearer ${readFileSync(cluster.settings.token, "utf8").trim()}` },
      body: JSON.stringify({ apiVersion: "v1", kind: "DeleteOptions" }),
    });
    await client.destroy();
  }

  /** What passes: a command runs, once, although this happens once or twice. */
  const PASSING: readonly Trouble[] = [
    { at: /POST .*jobs$/, does: "reset", times: 1 },
    { at: /POST .*jobs$/, does: "lost", times: 1 },
    { at: /POST .*jobs$/, does: { status: 503 }, times: 2 },
    { at: /POST .*jobs$/, does: { status: 429 }, times: 1 },
    { at: /POST .*networkpolicies$/, does: "lost", times: 1 },
    { at: /GET .*pods\?/, does: { status: 500 }, times: 2 },
    { at: /GET .*watch=true/, does: "reset", times: 2 },
    { at: /GET .*watch=true/, does: { status: 410 }, times: 1 },
    { at: /GET .*pods\?/, does: "hang", times: 1 },
    { at: /DELETE .*jobs/, does: "lost", times: 1 },
    { at: /DELETE .*jobs/, does: { status: 409 }, times: 1 },
    { at: /DELETE .*pods/, does: "reset", times: 1 },
  ];
  test("what a cluster gets over, Holdfast gets over, and a command is run once", { timeout: 120_000 }, async () => {
    verifies("C-05");
    for (const trouble of PASSING) {
      cluster.troubles.push({ ...trouble });
      const name = `${trouble.at} ${JSON.stringify(trouble.does)}`;
      const { code, output } = await run("echo ran");
      assert.deepEqual([code, output, left()], [0, "ran\n", [0, 0]], name);
      assert.equal(cluster.asked.filter((one) => one.startsWith("ATTACH")).length, 1, name);
      cluster.troubles.length = 0;
      cluster.asked.length = 0;
    }
  });

  /** What does not pass: nothing is said to have run that did not, and no answer that is none is taken for one. */
  const LASTING: readonly (readonly [Trouble, RegExp])[] = [
    [{ at: /POST .*jobs$/, does: { status: 403, reason: "Forbidden" } }, /may not: POST jobs/],
    [{ at: /POST .*jobs$/, does: { status: 401, reason: "Unauthorized" } }, /does not know the token/],
    [{ at: /POST .*jobs$/, does: { status: 422, reason: "Invalid" } }, /refuses \(POST jobs\): 422 Invalid/],
    [{ at: /POST .*jobs$/, does: { status: 302 } }, /refuses \(POST jobs\): 302/],
    [{ at: /POST .*jobs$/, does: "garbage" }, /not the API/],
    [{ at: /POST .*jobs$/, does: "html" }, /not the API/],
    [{ at: /POST .*jobs$/, does: { status: 500 } }, /busy or broken/],
    [{ at: /GET .*networkpolicies$/, does: "html" }, /not the API/],
    [{ at: /GET .*networkpolicies$/, does: { status: 404 } }, /not the list/],
    [{ at: /GET .*log/, does: { status: 403 } }, /may not: GET pods\/log/],
    [{ at: /GET .*watch=true/, does: "garbage" }, /no event/],
  ];
  test("what a cluster does not get over is an error that says what, and nothing is left", { timeout: 120_000 }, async () => {
    verifies("C-05");
    for (const [trouble, message] of LASTING) {
      cluster.troubles.push({ ...trouble });
      const prepared = await driver()
        .prepare(cell("sleep 5"))
        .catch((error: unknown) => error as Error);
      const failed =
        "close" in prepared
          ? await runCell(prepared, { stdio: "collect", timeout: 5_000 }).then(
              () => undefined,
              (error: Error) => error,
            )
          : prepared;
      cluster.troubles.length = 0;
      if ("close" in prepared) await prepared.close();
      assert.match(failed?.message ?? "it ran", message, String(trouble.at));
      assert.deepEqual(left(), [0, 0]);
    }
  });

  test("a cluster that takes a pod away, starts it anew, never starts it or does not answer: never an exit code that nobody saw", {
    timeout: 120_000,
  }, async () => {
    verifies("C-05", "C-07");
    const never = await driver({ start: 1_500 }).prepare(cell("true"));
    cluster.hasRoom = false;
    await assert.rejects(runCell(never, { stdio: "collect", timeout: 5_000 }), { code: "unavailable", message: /did not start the pod in time/ });
    cluster.hasRoom = true;
    await never.close();
    assert.deepEqual(left(), [0, 0]);
    for (const happens of ["taken", "again"] as const) {
      const prepared = await driver().prepare(cell("echo up; sleep 20"));
      assert.ok("begin" in prepared);
      const running = await prepared.begin();
      const said = text(running.stderr);
      running.stdout.resume();
      const [pod] = cluster.kept("pods");
      if (happens === "again") cluster.put("pods", { ...pod?.object, metadata: { ...pod?.object.metadata, name: "second" } });
      else
        await driver()
          .reap()
          .then(() => void end(pod?.object.metadata.name));
      assert.deepEqual([await running.ended, /the pod is ended: it was (?:taken away|started a second time)/.test(await said)], [undefined, true], happens);
      await prepared.close();
      assert.deepEqual(left(), [0, 0]);
    }
  });
  function end(name: string): void {
    const token = spawnSync("cat", [cluster.settings.token], { encoding: "utf8" }).stdout.trim();
    const path = `${cluster.settings.api}/api/v1/namespaces/cells/pods/${name}`;
    spawn("curl", [
      "-s",
      "--cacert",
      cluster.settings.ca,
      "-H",
      `authorization: Bearer ${token}`,
      "-X",
      "DELETE",
      "-d",
      '{"apiVersion":"v1","kind":"DeleteOptions"}',
      path,
    ]);
  }

  test("a cluster that cannot be trusted is not spoken to", { timeout: 60_000 }, async () => {
    verifies("C-05");
    // What was ended before is looked after for some moments more.
    for (let heard = -1; heard !== cluster.asked.length; await pause(1_000)) heard = cluster.asked.length;
    cluster.asked.length = 0;
    await assert.rejects(driver({ ca: undefined }).prepare(cell("true")), { code: "unavailable", message: /cannot be reached/ });
    await assert.rejects(driver({ token: "/no/such" }).prepare(cell("true")), { code: "configuration" });
    assert.deepEqual(cluster.asked, []);
  });

  test("what the token may not do is said before anything runs", { timeout: 30_000 }, async () => {
    verifies("C-05");
    cluster.may = (verb, resource) => !(verb === "create" && resource === "pods/attach") && resource !== "networkpolicies";
    assert.match((await driver().missing()) ?? "", /create pods\/attach, list networkpolicies, create networkpolicies/);
    cluster.may = () => true;
    assert.equal(await driver().missing(), undefined);
  });

  test("what a killed Holdfast left in the cluster is ended by the next, and nobody else's is", { timeout: 60_000 }, async () => {
    verifies("C-05", "C-07");
    const folder = mkdtempSync(join(tmpdir(), "holdfast-kube-"));
    const { start: _, longest: __, ...settings } = cluster.settings;
    writeFileSync(join(folder, "holdfast.yaml"), JSON.stringify({ sandboxes: { kubernetes: settings } }));
    const flags = ["sandbox", "run", "--config", join(folder, "holdfast.yaml"), "--driver", "kubernetes", "--timeout", "50"];
    const killed = spawn(BIN, [...flags, "--", "sh", "-c", "echo up; sleep 60.5"], { detached: true });
    await once(killed.stdout, "data");
    process.kill(-(killed.pid as number), "SIGKILL");
    await once(killed, "exit");
    const living = await driver().prepare(cell("sleep 60.5"));
    assert.ok("begin" in living);
    await living.begin();
    // Another machine's, as far as its name says.
    const foreign = "holdfast-00000000-1-1-1-00000000";
    cluster.put("jobs", { metadata: { name: foreign, labels: { [OWNER]: foreign } }, spec: {} });
    await pause(100);
    assert.equal(cluster.kept("jobs").length, 3);
    await driver().reap();
    assert.equal(cluster.kept("jobs").length, 2);
    await living.close();
    assert.deepEqual(
      cluster.kept("jobs").map(({ object }) => object.metadata.name),
      [foreign],
    );
    rmSync(folder, { recursive: true });
  });

  test("what is claimed is what attempts showed there: a network that ignores policies, a kernel that is the node's, are not claimed", {
    timeout: 300_000,
  }, async (t) => {
    verifies("C-05", "C-06");
    const lax = await startCluster();
    lax.keepsPolicies = false;
    // Both at once, because most of it is waiting.
    const [proof, open] = await Promise.all(
      [driver({ runtime_class: "own" }), kubernetes(lax.settings)].map((one) => prove(one, attempting, wayForProof)) as [
        ReturnType<typeof prove>,
        ReturnType<typeof prove>,
      ],
    );
    await lax.stop();
    t.diagnostic(`${proof.attempts.length} attempts`);
    assert.ok(proof.attempts.length >= 40);
    assert.deepEqual(
      proof.attempts.filter(({ held }) => !held),
      [],
    );
    assert.deepEqual([[...proof.keeps].sort(), proof.broken], [["cpu", "files", "kernel", "memory", "network", "time"], []]);
    const proved = (id: string) => proof.attempts.find((one) => one.id === id)?.control;
    assert.deepEqual(["reach-the-api", "is-root", "write-root", "token-of-the-cluster", "kernel-of-the-node"].map(proved), Array(5).fill("escaped"));

    assert.deepEqual([open.broken, open.keeps.includes("kernel")], [["network"], false]);
    assert.deepEqual(cluster.kept("pods"), []);
  });
});
