import { connect, type Socket } from "node:net";
import { isAddress } from "../../core/address.ts";
import { HoldfastError } from "../../core/errors.ts";

/** Connects to the first of some addresses that takes it. Rejects `upstream-unreachable` or `upstream-timeout`, or with the signal's reason. */
export type Dial = (addresses: readonly string[], port: number, signal: AbortSignal) => Promise<Socket>;

/** For one address, so that another may still be tried. */
const PATIENCE_MS = 5_000;

export const dial: Dial = async (addresses, port, signal) => {
  let failed: unknown;
  for (const address of addresses) {
    signal.throwIfAborted();
    try {
      return await one(address, port, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      failed = error;
    }
  }
  throw failed ?? new HoldfastError("upstream-unreachable", "the host has no address");
};

function one(address: string, port: number, signal: AbortSignal): Promise<Socket> {
  // INVARIANT: only addresses are connected to. A name would be looked up again, and could lead elsewhere than where was decided.
  if (!isAddress(address)) return Promise.reject(new HoldfastError("internal", "not an address"));
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, noDelay: true });
    const late = setTimeout(() => stop(new HoldfastError("upstream-timeout", "the host does not answer")), PATIENCE_MS);
    const aborted = (): void => stop(signal.reason);
    const settled = (): void => {
      clearTimeout(late);
      signal.removeEventListener("abort", aborted);
      socket.off("error", broken);
    };
    const stop = (error: unknown): void => {
      settled();
      socket.on("error", () => {});
      socket.destroy();
      reject(error);
    };
    const broken = (cause: NodeJS.ErrnoException): void =>
      stop(new HoldfastError(cause.code === "ETIMEDOUT" ? "upstream-timeout" : "upstream-unreachable", "the host cannot be reached", { cause }));
    signal.addEventListener("abort", aborted, { once: true });
    socket.once("error", broken);
    socket.once("connect", () => {
      settled();
      // It may break before whoever asked looks after it.
      socket.on("error", () => {});
      resolve(socket);
    });
  });
}
