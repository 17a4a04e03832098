import { stat } from "node:fs/promises";
import type { Duplex } from "node:stream";
import { Client, type Dispatcher } from "undici";
import { HoldfastError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";

/** A container engine behind its socket, in the API of Docker Engine 1.41 (2020), which podman speaks as well. */
export interface Daemon {
  /** The answer's status and its value; one that is no JSON is null. Rejects `unavailable` where the engine does not answer in time. */
  ask(method: "GET" | "POST" | "DELETE", path: string, options?: AskOptions): Promise<{ readonly status: number; readonly value: Json }>;
  /** A connection that both sides write on, once the engine has agreed. */
  attach(path: string): Promise<Duplex>;
}

interface AskOptions {
  readonly body?: object | Buffer;
  /** Milliseconds; 0 is for ever. */
  readonly patience?: number;
}

/** The oldest that knows all that is asked for. */
const VERSION = "/v1.41";
const PATIENCE = 20_000;
const MOST_ANSWER = 4 << 20;

/** Where engines listen, in this order. `DOCKER_HOST` comes first; one over the network is none of ours: paths would be another machine's. */
export async function findDaemon(): Promise<string | undefined> {
  const named = process.env["DOCKER_HOST"];
  const own = process.env["XDG_RUNTIME_DIR"];
  const usual = ["/var/run/docker.sock", "/run/podman/podman.sock", ...(own === undefined ? [] : [`${own}/docker.sock`, `${own}/podman/podman.sock`])];
  const places = named === undefined ? usual : named.startsWith("unix://") ? [named.slice("unix://".length)] : [];
  for (const path of places) if ((await stat(path).catch(() => undefined))?.isSocket() === true) return path;
  return undefined;
}

/** Each question has a connection of its own: one that waits for the end of a container keeps no other. */
export function daemonAt(socketPath: string): Daemon {
  const unreachable = (cause: unknown) => new HoldfastError("unavailable", "the container engine does not answer", { cause });
  const client = (patience: number) => new Client("http://engine", { socketPath, headersTimeout: patience, bodyTimeout: patience, connectTimeout: PATIENCE });
  return {
    async ask(method, path, { body, patience = PATIENCE } = {}) {
      const one = client(patience);
      try {
        const type = Buffer.isBuffer(body) ? "application/x-tar" : "application/json";
        const request: Dispatcher.RequestOptions = { method, path: VERSION + path };
        if (body !== undefined) Object.assign(request, { body: Buffer.isBuffer(body) ? body : JSON.stringify(body), headers: { "content-type": type } });
        const answer = await one.request(request);
        return { status: answer.statusCode, value: parsed(await text(answer.body)) };
      } catch (cause) {
        throw cause instanceof HoldfastError ? cause : unreachable(cause);
      } finally {
        void one.destroy();
      }
    },
    async attach(path) {
      const one = client(PATIENCE);
      try {
        const { socket } = await one.upgrade({ method: "POST", path: VERSION + path, protocol: "tcp" });
        return socket;
      } catch (cause) {
        void one.destroy();
        throw unreachable(cause);
      }
    },
  };
}

async function text(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    length += piece.byteLength;
    if (length > MOST_ANSWER) throw new HoldfastError("unavailable", "the container engine answers too much");
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function parsed(answer: string): Json {
  try {
    return JSON.parse(answer) as Json;
  } catch {
    return null;
  }
}
