import { once } from "node:events";
import { type IncomingMessage, request as send } from "node:http";
import type { Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { isAddress } from "../../core/address.ts";
import { HoldfastError } from "../../core/errors.ts";

export interface Sent {
  readonly method: string;
  readonly host: string;
  readonly port: number;
  /** Path and query. */
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | undefined;
}

const MOST_HEAD = 64 * 1024;

/** TLS for exactly this host, over a socket that leads to where was decided. Rejects `upstream-unreachable`: nothing was sent then. */
export async function secured(socket: Socket, host: string, signal: AbortSignal): Promise<TLSSocket> {
  const tls = connectTls({ socket, ...(isAddress(host) ? { host } : { servername: host }), ALPNProtocols: ["http/1.1"] });
  const aborted = (): void => void tls.destroy();
  signal.addEventListener("abort", aborted, { once: true });
  try {
    await once(tls, "secureConnect", { signal });
    tls.on("error", () => {}); // it may break before whoever asked looks after it
    return tls;
  } catch (cause) {
    tls.destroy();
    if (signal.aborted) throw signal.reason;
    throw new HoldfastError("upstream-unreachable", "the host does not speak TLS, or cannot show that it is that host", { cause });
  } finally {
    signal.removeEventListener("abort", aborted);
  }
}

/** Sends one request over this socket and resolves with the status of its answer, which is not read further. Redirects are not followed. */
export function sendOver(socket: Socket, { method, host, port, path, headers, body }: Sent, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      socket.destroy();
      return reject(signal.reason);
    }
    const shown = host.includes(":") ? `[${host}]` : host;
    // INVARIANT: over the socket that was decided about. Any `agent`, also `false`, would have Node make a connection of its own.
    const outgoing = send({
      createConnection: () => socket,
      method,
      path,
      headers: {
        ...headers,
        host: port === 443 ? shown : `${shown}:${port}`,
        connection: "close",
        ...(body === undefined ? { "content-length": "0" } : { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) }),
      },
      maxHeaderSize: MOST_HEAD,
    });
    const over = (): void => {
      signal.removeEventListener("abort", aborted);
      outgoing.destroy();
      socket.destroy();
    };
    const aborted = (): void => {
      over();
      reject(signal.reason);
    };
    const broken = (): void => {
      over();
      reject(new HoldfastError("upstream-unreachable", "the host broke off, or what it says is not HTTP"));
    };
    signal.addEventListener("abort", aborted, { once: true });
    outgoing.once("response", (answer: IncomingMessage) => {
      answer.on("error", () => {});
      resolve(answer.statusCode ?? 0);
      over();
    });
    outgoing.on("error", broken).once("close", broken).once("upgrade", broken);
    outgoing.end(body);
  });
}
