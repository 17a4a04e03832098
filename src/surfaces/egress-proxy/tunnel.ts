import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { isAddress } from "../../core/address.ts";
import { HoldfastError } from "../../core/errors.ts";
import type { Answer } from "../../core/layers.ts";
import { readHello } from "./client-hello.ts";
import type { Meter } from "./meter.ts";

/** How long a client has for the first bytes of TLS. */
const HELLO_MS = 10_000;

export interface Tunnel {
  readonly client: Duplex;
  /** What the client sent behind its `CONNECT`. */
  readonly head: Buffer;
  readonly host: Socket;
  /** The host that TLS must be for; undefined where the tunnel need not be TLS. */
  readonly tlsFor: string | undefined;
}

/** Carries bytes both ways until both ends are over. What is in them is not looked at, but for the name in the first of them. */
export function tunnel({ client, head, host, tlsFor }: Tunnel, meter: (over: () => void) => Meter, signal: AbortSignal): Answer {
  let meters: Meter | undefined;
  return {
    async pump(write) {
      const aborted = (): void => void [client, host].map((one) => one.destroy());
      signal.addEventListener("abort", aborted, { once: true });
      try {
        signal.throwIfAborted();
        const counted = (meters = meter(aborted));
        await write({ type: "mark", mark: "established" });
        const first = tlsFor === undefined ? head : await hello(client, head, tlsFor, signal);
        if (first.length > 0 && counted.pass("out", first.length)) host.write(first);
        await Promise.all([carry(client, host, "out", counted), carry(host, client, "in", counted)]);
        signal.throwIfAborted();
      } catch (error) {
        // Where a limit ended it, the client did not go away by itself.
        throw meters?.fault() ?? error;
      } finally {
        meters?.close();
        signal.removeEventListener("abort", aborted);
        aborted();
      }
    },
    facts: () => meters?.facts() ?? {},
  };
}

/** Reads until the client has said which host it means. INVARIANT: nothing of a tunnel reaches the host before that was compared. */
function hello(client: Duplex, head: Buffer, name: string, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let got = head;
    const settle = (error?: unknown): void => {
      clearTimeout(late);
      client.off("data", more).off("end", gone).off("close", gone);
      client.pause();
      if (error === undefined) resolve(got);
      else reject(error);
    };
    const late = setTimeout(() => settle(refused("the tunnel does not begin with TLS in time")), HELLO_MS);
    const gone = (): void => settle(signal.aborted ? signal.reason : new HoldfastError("cancelled", "the client went away"));
    const look = (): void => {
      const read = readHello(got);
      if (read.kind === "more") return;
      if (read.kind === "not-tls") settle(refused("the tunnel does not begin with TLS"));
      else if (read.name === undefined ? !isAddress(name) : read.name !== name) settle(refused("TLS in the tunnel is for another host than the tunnel"));
      else settle();
    };
    const more = (chunk: Buffer): void => {
      got = Buffer.concat([got, chunk]);
      look();
    };
    client.on("data", more).once("end", gone).once("close", gone);
    if (client.destroyed) gone();
    else {
      client.resume();
      look();
    }
  });
}

const refused = (message: string): HoldfastError => new HoldfastError("denied", message);

/** One way of a tunnel, no faster than it is taken. Resolves when all of it has arrived, or nothing more can. */
function carry(from: Duplex, to: Duplex, way: "out" | "in", meter: Meter): Promise<void> {
  return new Promise((resolve) => {
    from.on("data", (chunk: Buffer) => {
      if (to.destroyed || to.writableEnded || !meter.pass(way, chunk.length) || to.write(chunk)) return;
      from.pause();
      to.once("drain", () => from.resume());
    });
    from.once("end", () => to.end(() => resolve()));
    // Cut off rather than ended: the other end must not take it for a whole answer.
    from.once("close", () => from.readableEnded || to.destroy());
    to.once("close", () => {
      from.resume();
      resolve();
    });
    if (from.destroyed) to.destroy();
    else from.resume();
    if (to.destroyed) resolve();
  });
}
