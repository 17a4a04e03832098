import { readFile } from "node:fs/promises";
import { type Readable, Writable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { Agent, Client, WebSocket } from "undici";
import { HoldfastError } from "../../core/errors.ts";
import { isObject, type JsonObject, parseJson } from "../../core/json.ts";
import type { KubernetesSettings } from "./settings.ts";

/** The API of a cluster. What it answers is read strictly: what is no answer of this API is no answer, and rejects with `unavailable`. */
export interface Api {
  readonly namespace: string;
  /**
   * What came of it: 2xx with a value, 404, or 409. Everything else rejects. Asked again where the API is busy, broken or silent, so what is asked
   * for must be the same when it is done twice.
   */
  ask(method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<Answer>;
  /** What changes, as it does; ends when the API ends it. */
  watch(path: string, signal: AbortSignal): AsyncIterable<JsonObject>;
  /** What a program wrote, and goes on to write. */
  log(path: string, signal: AbortSignal): Promise<Readable>;
  /** The standard input of a program. Its end is the program's end of input. */
  input(path: string): Promise<Writable>;
}

export interface Answer {
  readonly status: number;
  readonly value: JsonObject;
}

const PATIENCE = 10_000;
const TRIES = 3;
const MOST_ANSWER = 4 << 20;
const MOST_LINE = 1 << 20;
/** Bytes that may wait for a program that does not read. */
const MOST_WAITING = 1 << 20;
/** How long the API lets a watch be, in seconds, and how long we wait for the end of one that is silent. */
export const WATCH_S = 30;
const WATCH_PATIENCE = (WATCH_S + 10) * 1000;
/** Where a pod finds how to reach the cluster that it is in. */
const OWN = "/var/run/secrets/kubernetes.io/serviceaccount";

export async function clusterOf(settings: KubernetesSettings): Promise<Api> {
  const own = settings.api === undefined;
  const [host, port] = [process.env["KUBERNETES_SERVICE_HOST"], process.env["KUBERNETES_SERVICE_PORT"] ?? "443"];
  if (own && host === undefined) throw new HoldfastError("configuration", "`sandboxes.kubernetes` names no `api`, and Holdfast does not run in a cluster");
  const base = new URL(settings.api ?? `https://${host?.includes(":") === true ? `[${host}]` : host}:${port}`);
  const prefix = base.pathname.replace(/\/$/, "");
  const files = { ca: settings.ca ?? (own ? `${OWN}/ca.crt` : undefined), token: settings.token ?? (own ? `${OWN}/token` : undefined) };
  const namespace = settings.namespace ?? (own ? (await read(`${OWN}/namespace`)).trim() : undefined);
  if (files.token === undefined) throw new HoldfastError("configuration", "`sandboxes.kubernetes` names no `token`");
  if (namespace === undefined) throw new HoldfastError("configuration", "`sandboxes.kubernetes` names no `namespace`");

  // Read each time: both are exchanged while we run.
  const trusting = async () => ({ timeout: PATIENCE, ...(files.ca === undefined ? {} : { ca: await read(files.ca) }) });
  const headers = async () => {
    const token = (await read(files.token as string)).trim();
    if (!/^[\x21-\x7e]{1,16384}$/.test(token)) throw new HoldfastError("configuration", "the file with the token of `sandboxes.kubernetes` holds no token");
    return { authorization: `Bearer ${token}`, accept: "application/json" };
  };
  /** Each question has a connection of its own. A redirect is not followed: the token is for this address. */
  async function open(method: string, path: string, { body, patience = PATIENCE, signal }: { body?: object; patience?: number; signal?: AbortSignal } = {}) {
    const client = new Client(base.origin, { connect: await trusting(), headersTimeout: PATIENCE, bodyTimeout: patience });
    try {
      const answer = await client.request({
        ...{ method: method as "GET", path: prefix + path, ...(signal === undefined ? {} : { signal }) },
        headers: { ...(await headers()), ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      answer.body.once("close", () => void client.destroy());
      return answer;
    } catch (error) {
      void client.destroy();
      throw error;
    }
  }

  async function once(method: string, path: string, body?: object): Promise<Answer> {
    const { statusCode, headers: said, body: stream } = await open(method, path, body === undefined ? {} : { body });
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const piece of stream) {
      length += piece.byteLength;
      if (length > MOST_ANSWER) throw new HoldfastError("unavailable", "the cluster answers too much");
      pieces.push(piece);
    }
    // Whatever stands between us and the API may answer in its place; only the API's own words count.
    const parsed = `${said["content-type"]}`.startsWith("application/json") ? parseJson(Buffer.concat(pieces)) : undefined;
    const value = parsed?.ok === true && isObject(parsed.value) ? parsed.value : undefined;
    if (statusCode === 429 || statusCode >= 500) throw new Busy();
    if (value === undefined || (typeof value["kind"] !== "string" && typeof value["gitVersion"] !== "string"))
      throw new HoldfastError("unavailable", "what answers is not the API of a cluster");
    if ([200, 201, 202, 404, 409].includes(statusCode)) return { status: statusCode, value };
    throw new HoldfastError("unavailable", refusal(statusCode, method, path, value["reason"]));
  }

  return {
    namespace,
    async ask(method, path, body) {
      for (let tries = 1; ; tries++) {
        try {
          return await once(method, path, body);
        } catch (cause) {
          if (cause instanceof HoldfastError) throw cause;
          if (tries === TRIES)
            throw new HoldfastError("unavailable", cause instanceof Busy ? "the cluster is busy or broken" : "the cluster cannot be reached", { cause });
        }
        await pause(100 * 2 ** tries);
      }
    },
    async *watch(path, signal) {
      const { statusCode, body } = await open("GET", path, { patience: WATCH_PATIENCE, signal });
      // It is looked again, and says then what is wrong.
      if (statusCode !== 200) return forget(body);
      let rest = Buffer.alloc(0);
      for await (const piece of body) {
        rest = Buffer.concat([rest, piece]);
        if (rest.length > MOST_LINE) throw new HoldfastError("unavailable", "the cluster says too much at once");
        for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
          const event = parseJson(rest.subarray(0, end));
          rest = rest.subarray(end + 1);
          if (!event.ok || !isObject(event.value)) throw new HoldfastError("unavailable", "the cluster says something that is no event");
          yield event.value;
        }
      }
    },
    async log(path, signal) {
      const { statusCode, body } = await open("GET", path, { patience: 0, signal });
      if (statusCode === 200) return body;
      forget(body);
      throw new HoldfastError("unavailable", refusal(statusCode, "GET", path, undefined));
    },
    async input(path) {
      const url = `${base.origin.replace(/^https/, "wss")}${prefix}${path}`;
      const dispatcher = new Agent({ connect: await trusting() });
      const { authorization } = await headers();
      // The newer one says the end of input by itself; with the older it is the end of the connection.
      const socket = new WebSocket(url, { protocols: ["v5.channel.k8s.io", "v4.channel.k8s.io"], headers: { authorization }, dispatcher });
      socket.addEventListener("close", () => void dispatcher.destroy());
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => socket.close(), PATIENCE);
        const settle = (done: () => void) => () => {
          clearTimeout(late);
          done();
        };
        socket.addEventListener("open", settle(resolve), { once: true });
        const failed = settle(() => reject(new HoldfastError("unavailable", "the cluster gives no way to a program's input")));
        socket.addEventListener("close", failed, { once: true });
        socket.addEventListener("error", failed, { once: true });
      });
      return writing(socket);
    },
  };
}

/** Not now, and perhaps soon. */
class Busy extends Error {}

function refusal(status: number, method: string, path: string, reason: unknown): string {
  const [, kind = "?", part = ""] = /\/namespaces\/[^/]+\/([a-z]+)(?:\/[^/?]+(\/[a-z]+))?/.exec(path) ?? [];
  const what = `${method} ${kind}${part}`;
  if (status === 401) return "the cluster does not know the token of `sandboxes.kubernetes`";
  if (status === 403) return `the token of \`sandboxes.kubernetes\` may not: ${what}`;
  // Foreign text says nothing here but in this one word.
  return `the cluster refuses (${what}): ${status}${typeof reason === "string" && /^[A-Za-z]{1,40}$/.test(reason) ? ` ${reason}` : ""}`;
}

const forget = (body: Readable): void => void body.on("error", () => {}).destroy();

/** Channel 0 is standard input; 255 says which channel is at its end. */
function writing(socket: WebSocket): Writable {
  const open = (): boolean => socket.readyState === WebSocket.OPEN;
  const stream = new Writable({
    async write(chunk: Buffer, _encoding, done) {
      if (!open()) return done(new HoldfastError("unavailable", "the way to a program's input is closed"));
      socket.send(Buffer.concat([Buffer.of(0), chunk]));
      while (socket.bufferedAmount > MOST_WAITING && open()) await pause(10);
      done();
    },
    final(done) {
      if (open() && socket.protocol === "v5.channel.k8s.io") socket.send(Buffer.of(255, 0));
      socket.close();
      done();
    },
    destroy(error, done) {
      socket.close();
      done(error);
    },
  });
  socket.addEventListener("close", () => void (stream.writableEnded || stream.destroy()));
  socket.addEventListener("error", () => {});
  return stream;
}

async function read(path: string): Promise<string> {
  return readFile(path, "utf8").catch((cause: unknown) => {
    throw new HoldfastError("configuration", "a file that `sandboxes.kubernetes` names cannot be read", { cause });
  });
}
