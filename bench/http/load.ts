/** The clients, in a process of their own: a fixed number of connections, each sending its next request when the last was answered. */
import { Pool } from "undici";
import { quantile } from "../row.ts";

export interface Load {
  readonly origin: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
  /** Stands in one piece of every answer that is what was asked for: a refusal is quicker, and may come with 200. */
  readonly holds: string;
  readonly connections: number;
  readonly requests: number;
}

export interface Loaded {
  readonly seconds: number;
  /** Milliseconds until the answer was complete, and until its first piece was there. */
  readonly p50: number;
  readonly p99: number;
  readonly first: number;
  /** Answers that were not 200, held something else or broke; a figure with any of these is worth nothing. */
  readonly failed: number;
  readonly bytes: number;
}

async function drive(load: Load): Promise<Loaded> {
  const pool = new Pool(load.origin, { connections: load.connections, pipelining: 1, headersTimeout: 30_000 });
  const whole: number[] = [];
  const first: number[] = [];
  let [sent, failed, bytes] = [0, 0, 0];
  const one = (): Promise<void> =>
    new Promise((resolve) => {
      const begun = performance.now();
      let [ok, started, held] = [false, false, false];
      const end = (): void => {
        if (ok && held) whole.push(performance.now() - begun);
        else failed++;
        resolve();
      };
      pool.dispatch(
        { path: load.path, method: "POST", headers: load.headers, body: load.body },
        {
          onRequestStart() {},
          onResponseStart(_, status) {
            ok = status === 200;
          },
          onResponseData(_, piece) {
            if (!started) first.push(performance.now() - begun);
            started = true;
            held ||= piece.includes(load.holds);
            bytes += piece.length;
          },
          onResponseEnd: end,
          onResponseError() {
            ok = false;
            end();
          },
        },
      );
    });
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: load.connections }, async () => {
      while (sent < load.requests) {
        sent++;
        await one();
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  await pool.close();
  return { seconds, p50: quantile(whole, 0.5), p99: quantile(whole, 0.99), first: quantile(first, 0.5), failed, bytes };
}

process.on("message", (load: Load) => void drive(load).then((loaded) => process.send?.(loaded)));
process.on("disconnect", () => process.exit(0));
