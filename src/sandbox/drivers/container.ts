import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { HoldfastError } from "../../core/errors.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { containerOf, OWNER } from "../container.ts";
import { type Daemon, daemonAt, findDaemon } from "../daemon.ts";
import { demultiplex } from "../demultiplex.ts";
import { type Driver, KEPT_APART, type Running } from "../driver.ts";
import { emptyRoot } from "../image.ts";
import { reapLocal } from "../left.ts";
import { isLeftBehind, ownName } from "../owner.ts";
import { checked, system, wrong } from "../system.ts";

/** How long a container that was killed may take to be gone, in milliseconds. */
const PATIENCE = 10_000;

/**
 * A container of Docker or podman, made over the engine's socket. It shares the kernel. What the engine is told stands in `container.ts`;
 * the deadline is ours: a container is ended by its id and then looked for, because its first process need not listen to signals, and the
 * end of a client ends nothing.
 */
export const driver: Driver = {
  id: "container",
  runs: "programs",
  wayOut: true,
  work: true,
  async missing() {
    const path = await findDaemon();
    return path === undefined ? "no container engine listens; start Docker or podman, or name its socket in DOCKER_HOST (unix://…)" : lackOf(daemonAt(path));
  },
  keeps: async () => KEPT_APART,
  async prepare(cell) {
    const path = await findDaemon();
    if (path === undefined) throw new HoldfastError("unavailable", "no container engine listens");
    const daemon = daemonAt(path);
    // Asked each time: an engine that cannot set a limit makes the container without it, and says so in a warning at most.
    const [lack, paths, image] = await Promise.all([lackOf(daemon), checked(cell), cell.image === undefined ? emptyRoot(daemon) : imageOf(daemon, cell.image)]);
    if (lack !== undefined) throw new HoldfastError("unavailable", lack);
    const name = ownName();
    const specification = containerOf(cell, { paths, image, name, ...(cell.image === undefined ? { system: await system() } : {}) });
    const made = await daemon.ask("POST", `/containers/create?name=${name}`, { body: specification });
    const id = isObject(made.value) ? made.value["Id"] : undefined;
    if (made.status !== 201 || typeof id !== "string") throw refused("the container cannot be made", made.value);
    return {
      begin: () => begin(daemon, id),
      async close() {
        // Whether it was out of memory may stay unknown; that it is gone may not.
        const { value } = await daemon.ask("GET", `/containers/${id}/json`).catch(() => ({ value: null }));
        const state = isObject(value) && isObject(value["State"]) ? value["State"] : {};
        await removed(daemon, id);
        return { outOfMemory: state["OOMKilled"] === true };
      },
    };
  },
  async reap() {
    await reapLocal(); // ways out
    const path = await findDaemon();
    if (path === undefined) return;
    const daemon = daemonAt(path);
    const filters = encodeURIComponent(JSON.stringify({ label: [OWNER] }));
    const { value } = await daemon.ask("GET", `/containers/json?all=1&filters=${filters}`);
    for (const one of Array.isArray(value) ? value.filter(isObject) : []) {
      const [id, labels] = [one["Id"], one["Labels"]];
      const owner = isObject(labels as Json) ? (labels as JsonObject)[OWNER] : undefined;
      if (typeof id === "string" && typeof owner === "string" && isLeftBehind(owner, one["State"] === "running")) await removed(daemon, id);
    }
  },
};

/** What an engine does not do that a cell needs of it; undefined where it does everything. */
async function lackOf(daemon: Daemon): Promise<string | undefined> {
  const { status, value } = await daemon.ask("GET", "/info", { patience: 5_000 }).catch(() => ({ status: 0, value: null }));
  if (status !== 200 || !isObject(value)) return "a container engine listens, and does not answer";
  const unlimited = ["MemoryLimit", "PidsLimit", "CpuCfsQuota"].filter((limit) => value[limit] !== true);
  return unlimited.length === 0 ? undefined : `the container engine cannot limit: ${unlimited.join(", ")}`;
}

async function begin(daemon: Daemon, id: string): Promise<Running> {
  // Attached before it starts, so that nothing it says is missed.
  const socket = await daemon.attach(`/containers/${id}/attach?stream=1&stdin=1&stdout=1&stderr=1`);
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const kill = (): void => {
    void daemon.ask("POST", `/containers/${id}/kill`).catch(() => {});
    // Where the engine hangs, nobody waits for it; that the container is gone is made sure of at the end.
    setTimeout(() => socket.destroy(), PATIENCE).unref();
  };
  demultiplex(socket, { stdout, stderr }, () => {
    socket.destroy();
    kill();
  });
  socket.on("error", () => {});
  const started = await daemon.ask("POST", `/containers/${id}/start`);
  if (started.status !== 204) {
    socket.destroy();
    throw refused("the container cannot be started", started.value);
  }
  const ended = async (): Promise<number | undefined> => {
    // The engine closes the connection when the container is over; what is still in it comes first.
    await finished(socket, { writable: false }).catch(() => {});
    stdout.end();
    stderr.end();
    const over = await daemon.ask("POST", `/containers/${id}/wait`, { patience: PATIENCE }).catch(() => undefined);
    const code = over !== undefined && isObject(over.value) ? over.value["StatusCode"] : undefined;
    return typeof code === "number" && socket.errored === null ? code : undefined;
  };
  return { stdin: socket, stdout, stderr, ended: ended(), kill };
}

/** INVARIANT: resolves only when the engine says that there is no such container any more. */
async function removed(daemon: Daemon, id: string): Promise<void> {
  for (const until = performance.now() + PATIENCE; performance.now() < until; await pause(50)) {
    await daemon.ask("DELETE", `/containers/${id}?force=1&v=1`);
    if ((await daemon.ask("GET", `/containers/${id}/json`)).status === 404) return;
  }
  throw new HoldfastError("unavailable", "a container does not end");
}

/** Never fetched: what runs is what somebody put on this machine. By its id, so that what was looked at is what runs. */
async function imageOf(daemon: Daemon, image: string): Promise<{ readonly id: string; readonly volumes: readonly string[] }> {
  const { status, value } = await daemon.ask("GET", `/images/${encodeURIComponent(image)}/json`);
  if (status !== 200 || !isObject(value))
    return wrong(`the image \`${image}\` is not on this machine; fetch it with \`docker pull\` once you have looked at it`);
  const config = isObject(value["Config"] as Json) ? (value["Config"] as JsonObject) : {};
  const volumes = isObject(config["Volumes"] as Json) ? Object.keys(config["Volumes"] as JsonObject) : [];
  return { id: String(value["Id"]), volumes };
}

function refused(what: string, answer: Json): HoldfastError {
  const why = isObject(answer) && typeof answer["message"] === "string" ? answer["message"].slice(0, 500) : "the engine does not say why";
  return new HoldfastError("unavailable", `${what}: ${why}`);
}
