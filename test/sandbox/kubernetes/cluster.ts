/**
 * What stands in for a cluster: the few paths of the API that Holdfast uses, over TLS, with what a real one does that matters here. It refuses what
 * its schema does not know, leaves out what says nothing, writes quantities in its own way, adds what clusters add, and can be made to fail. It is
 * no cluster: what it shows of Holdfast is what Holdfast asks for and how it takes answers, never what a cluster keeps apart.
 */
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import type { JsonObject } from "../../../src/core/json.ts";
import { canonical, closes, KINDS, type Mutable, selecting, versioned } from "./forms.ts";
import { type Ran, runPod } from "./kubelet.ts";
import { faults } from "./schema.ts";
import { accept } from "./socket.ts";

export const IMAGE = `registry.test/tools@sha256:${"a".repeat(64)}`;
const TOKEN = "a-token-of-the-tests";

/** What goes wrong with requests whose `METHOD path` matches. `times`: how often; else always. */
export interface Trouble {
  readonly at: RegExp;
  /** `lost`: it is done, and the answer never comes. `hang`: nothing comes. */
  readonly does: "reset" | "hang" | "lost" | "garbage" | "html" | { readonly status: number; readonly reason?: string };
  times?: number;
}

export interface Cluster {
  readonly settings: { api: string; ca: string; token: string; namespace: string; image: string; longest: number; start: number; runtime_class?: string };
  readonly troubles: Trouble[];
  /** What the cluster does to a pod before it lies there: a sidecar put in, a right made wider. */
  mutate: (spec: Mutable) => void;
  /** Whether the network keeps to policies. */
  keepsPolicies: boolean;
  /** Whether pods are given to a node at all. */
  hasRoom: boolean;
  may: (verb: string, resource: string) => boolean;
  readonly asked: string[];
  kept(kind: "jobs" | "pods" | "networkpolicies"): readonly Kept[];
  put(kind: "networkpolicies" | "jobs" | "pods", object: object): void;
  stop(): Promise<void>;
}
interface Kept {
  readonly kind: string;
  readonly object: Mutable;
}

export async function startCluster(): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), "fake-cluster-"));
  const file = (name: string): string => join(folder, name);
  const subject = ["-subj", "/CN=fake", "-addext", "subjectAltName=IP:127.0.0.1"];
  spawnSync("openssl", [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-days",
    "1",
    ...subject,
    "-keyout",
    file("key"),
    "-out",
    file("ca"),
  ]);
  writeFileSync(file("token"), `${TOKEN}\n`);
  const store: Kept[] = [];
  const running = new Map<string, { ran: Ran; log: Buffer[]; readers: Set<PassThrough> }>();
  const watchers = new Set<{ kind: string; selects: (object: Mutable) => boolean; answer: ServerResponse }>();
  let version = 1;

  const changed = (type: string, one: Kept): void => {
    one.object.metadata.resourceVersion = String(++version);
    for (const { kind, selects, answer } of watchers)
      if (kind === one.kind && selects(one.object)) answer.write(`${JSON.stringify({ type, object: { ...versioned(one.kind), ...one.object } })}\n`);
  };
  const add = (kind: string, object: Mutable): Kept => {
    const metadata = { ...object.metadata, uid: randomUUID(), namespace: "cells", creationTimestamp: new Date().toISOString() };
    const one = { kind, object: { ...object, metadata } };
    store.push(one);
    changed("ADDED", one);
    return one;
  };
  const drop = (one: Kept): void => {
    const at = store.indexOf(one);
    if (at < 0) return;
    store.splice(at, 1);
    changed("DELETED", one);
  };

  /** The controller of jobs: one pod, as its template says. */
  const schedule = (job: Kept): void => {
    const { metadata, spec } = structuredClone(job.object.spec.template);
    cluster.mutate(spec);
    const added = { ...spec, nodeName: "node-1", schedulerName: "default-scheduler", serviceAccountName: "default", tolerations: [{ operator: "Exists" }] };
    added.containers[0].terminationMessagePath = "/dev/termination-log";
    const labels = { ...metadata.labels, "job-name": job.object.metadata.name };
    const pod = add("pods", { metadata: { name: `${job.object.metadata.name}-x`, labels }, spec: canonical(added), status: { phase: "Pending" } });
    if (store.includes(job) && cluster.hasRoom) setTimeout(() => void run(pod), 20);
  };
  const run = async (pod: Kept): Promise<void> => {
    if (!store.includes(pod)) return;
    const { name, labels } = pod.object.metadata;
    const cutOff = cluster.keepsPolicies && store.some(({ kind, object }) => kind === "networkpolicies" && closes(object.spec, labels));
    const ran = await runPod(name, pod.object.spec, { cutOff, port: cluster.port });
    const one = { ran, log: [] as Buffer[], readers: new Set<PassThrough>() };
    running.set(name, one);
    for (const stream of [ran.child.stdout, ran.child.stderr])
      stream?.on("data", (piece: Buffer) => {
        one.log.push(piece);
        for (const reader of one.readers) reader.write(piece);
      });
    ran.child.stdin?.on("error", () => {});
    const state = (what: object, phase: string): void => {
      pod.object.status = { phase, containerStatuses: [{ name: "cell", state: what }] };
      if (store.includes(pod)) changed("MODIFIED", pod);
    };
    state({ running: {} }, "Running");
    ran.child.once("close", async (code, signal) => {
      const outOfMemory = await ran.tidy();
      for (const reader of one.readers) reader.end();
      const exitCode = code ?? (signal === "SIGKILL" ? 137 : 143);
      state({ terminated: { exitCode, reason: outOfMemory ? "OOMKilled" : exitCode === 0 ? "Completed" : "Error" } }, exitCode === 0 ? "Succeeded" : "Failed");
      // Only now is it gone: a pod that is being deleted stays until its node says that it has ended.
      if (pod.object.metadata.deletionTimestamp !== undefined) drop(pod);
    });
  };
  const end = (pod: Kept): void => {
    pod.object.metadata.deletionTimestamp = new Date().toISOString();
    const child = running.get(pod.object.metadata.name)?.ran.child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return void drop(pod);
    try {
      process.kill(-(child.pid as number), "SIGTERM");
      setTimeout(() => void endNow(child.pid as number), 1000).unref();
    } catch {
      drop(pod);
    }
  };

  const server = createServer({ key: readFileSync(file("key"), "utf8"), cert: readFileSync(file("ca"), "utf8") });
  const said = (answer: ServerResponse, status: number, value: object): void => {
    answer.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  };
  const status = (code: number, reason: string): object => ({ kind: "Status", apiVersion: "v1", status: "Failure", reason, code });

  function troubled(request: IncomingMessage): Trouble | undefined {
    const one = cluster.troubles.find(({ at, times }) => times !== 0 && at.test(`${request.method} ${request.url}`));
    if (one?.times !== undefined) one.times--;
    return one;
  }
  server.on("request", async (request: IncomingMessage, answer: ServerResponse) => {
    cluster.asked.push(`${request.method} ${request.url}`);
    const trouble = troubled(request)?.does;
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const text = Buffer.concat(pieces).toString();
    if (trouble === "reset") return request.socket.destroy();
    if (trouble === "hang") return;
    if (trouble === "garbage") return answer.writeHead(200, { "content-type": "application/json" }).end('{"kind":"Job","kind":"Pod"}\n');
    if (trouble === "html") return answer.writeHead(200, { "content-type": "text/html" }).end("<html>sign in</html>");
    if (typeof trouble === "object") return void said(answer, trouble.status, status(trouble.status, trouble.reason ?? "Failure"));
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return void said(answer, 401, status(401, "Unauthorized"));
    const lost = trouble === "lost" ? ({ writeHead: () => ({ end: () => request.socket.destroy() }) } as unknown as ServerResponse) : answer;
    return respond(request, text, lost);
  });

  function respond(request: IncomingMessage, text: string, answer: ServerResponse): unknown {
    const url = new URL(request.url ?? "", "https://fake");
    const body: JsonObject | undefined = text === "" ? undefined : JSON.parse(text);
    if (request.method === "POST" && url.pathname === "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews") {
      const wrong = faults("SelfSubjectAccessReview", body);
      if (wrong.length > 0) return void said(answer, 400, status(400, "BadRequest"));
      const { verb, resource, subresource } = (body as Mutable).spec.resourceAttributes;
      return void said(answer, 201, { ...body, status: { allowed: cluster.may(verb, subresource === undefined ? resource : `${resource}/${subresource}`) } });
    }
    const [, kind = "", name, part] = /^\/(?:api|apis\/[a-z0-9.]+)\/v1\/namespaces\/cells\/([a-z]+)(?:\/([^/]+))?(?:\/([a-z]+))?$/.exec(url.pathname) ?? [];
    if (KINDS[kind] === undefined) return void said(answer, 404, status(404, "NotFound"));
    const one = store.find((kept) => kept.kind === kind && kept.object.metadata.name === name);
    if (name !== undefined && one === undefined) return void said(answer, 404, status(404, "NotFound"));
    if (request.method === "POST") return create(kind, body, answer);
    if (request.method === "DELETE" && one !== undefined) return remove(one, body, answer);
    if (request.method !== "GET") return void said(answer, 405, status(405, "MethodNotAllowed"));
    if (part === "log" && one !== undefined) return logOf(one, answer);
    if (one !== undefined) return void said(answer, 200, { ...versioned(kind), ...one.object });
    const selects = selecting(url.searchParams.get("labelSelector"));
    if (url.searchParams.get("watch") === "true") {
      const since = Number(url.searchParams.get("resourceVersion"));
      answer.writeHead(200, { "content-type": "application/json" });
      answer.flushHeaders();
      const watcher = { kind, selects, answer };
      watchers.add(watcher);
      const late = setTimeout(() => answer.end(), Number(url.searchParams.get("timeoutSeconds")) * 1000);
      answer.on("close", () => {
        clearTimeout(late);
        watchers.delete(watcher);
      });
      for (const kept of store)
        if (kept.kind === kind && selects(kept.object) && Number(kept.object.metadata.resourceVersion) > since)
          answer.write(`${JSON.stringify({ type: "MODIFIED", object: { ...versioned(kind), ...kept.object } })}\n`);
      return;
    }
    const items = store.filter((kept) => kept.kind === kind && selects(kept.object)).map(({ object }) => object);
    const [of, apiVersion] = KINDS[kind] as readonly [string, string];
    return void said(answer, 200, { kind: `${of}List`, apiVersion, metadata: { resourceVersion: String(version) }, items });
  }

  function create(kind: string, body: Mutable, answer: ServerResponse): void {
    const wrong = faults(KINDS[kind]?.[0] ?? "", body);
    if (wrong.length > 0) return void said(answer, 422, { ...status(422, "Invalid"), message: wrong.join("; ") });
    if (store.some((kept) => kept.kind === kind && kept.object.metadata.name === body.metadata.name))
      return void said(answer, 409, status(409, "AlreadyExists"));
    const one = add(kind, kind === "networkpolicies" ? canonical(body) : body);
    said(answer, 201, { ...versioned(kind), ...one.object });
    if (kind === "jobs") setTimeout(() => schedule(one), 10);
  }

  function remove(one: Kept, body: Mutable, answer: ServerResponse): void {
    if (faults("DeleteOptions", body).length > 0) return void said(answer, 400, status(400, "BadRequest"));
    const wanted = body.preconditions?.uid;
    if (wanted !== undefined && wanted !== one.object.metadata.uid) return void said(answer, 409, status(409, "Conflict"));
    said(answer, 200, { ...versioned(one.kind), ...one.object });
    if (one.kind === "pods") return void end(one);
    if (one.kind !== "jobs") return void drop(one);
    const pods = (): Kept[] => store.filter(({ kind, object }) => kind === "pods" && object.metadata.labels["job-name"] === one.object.metadata.name);
    // Foreground: the job is there until its pods are not.
    const late = setInterval(() => {
      if (pods().length > 0) return;
      clearInterval(late);
      drop(one);
    }, 50);
    late.unref();
    for (const pod of pods()) end(pod);
  }

  function logOf(pod: Kept, answer: ServerResponse): void {
    const one = running.get(pod.object.metadata.name);
    if (one === undefined) return void said(answer, 400, status(400, "BadRequest"));
    answer.writeHead(200, { "content-type": "text/plain" });
    answer.flushHeaders();
    const reader = new PassThrough();
    reader.pipe(answer);
    for (const piece of one.log) reader.write(piece);
    if (pod.object.status.containerStatuses[0].state.terminated !== undefined) reader.end();
    else one.readers.add(reader);
  }

  server.on("upgrade", (request: IncomingMessage, socket) => {
    cluster.asked.push(`ATTACH ${request.url}`);
    const name = /\/pods\/([^/]+)\/attach\?container=cell&stdin=true&stdout=false&stderr=false$/.exec(request.url ?? "")?.[1] ?? "";
    const child = running.get(name)?.ran.child;
    const trouble = troubled(request);
    const isRight = request.headers.authorization === `Bearer ${TOKEN}` && `${request.headers["sec-websocket-protocol"]}`.includes(cluster.protocol);
    if (child === undefined || trouble !== undefined || !isRight) return void socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    accept(request, socket, cluster.protocol, {
      message: (data) => void (data[0] === 0 ? child.stdin?.write(data.subarray(1)) : data[0] === 255 && child.stdin?.end()),
      // stdinOnce: the first who lets go has closed it.
      closed: () => child.stdin?.end(),
    });
  });

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const cluster = {
    settings: {
      ...{ api: `https://127.0.0.1:${port}`, ca: file("ca"), token: file("token"), namespace: "cells", image: IMAGE },
      ...{ longest: 3_600_000, start: 30_000 },
    },
    troubles: [] as Trouble[],
    mutate: () => {},
    keepsPolicies: true,
    hasRoom: true,
    may: () => true,
    asked: [] as string[],
    port,
    protocol: "v5.channel.k8s.io",
    kept: (kind: string) => store.filter((one) => one.kind === kind),
    put: (kind: string, object: object) => void add(kind, object),
    async stop() {
      for (const { ran } of running.values()) if (ran.child.exitCode === null && ran.child.pid !== undefined) endNow(ran.child.pid);
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  } as Cluster & { port: number; protocol: string };
  return cluster;
}

function endNow(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
