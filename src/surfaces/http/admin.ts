import type { Json } from "../../core/json.ts";
import { sendJson } from "./answer.ts";
import { PROBLEM } from "./refusal.ts";
import type { Route } from "./routes.ts";

/** One thing Holdfast promises, and whether it can keep it now. `text` holds no foreign text. */
export interface Guarantee {
  readonly id: string;
  readonly holds: boolean;
  readonly text: string;
}

/**
 * The routes of the admin address, which listens on loopback only: `/healthz` (the process answers), `/readyz` (which guarantees hold;
 * 503 if one does not), `/metrics` (Prometheus).
 */
export function adminRoutes(options: {
  readonly guarantees: () => readonly Guarantee[];
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
}): readonly Route[] {
  return [
    open("/healthz", "says only that the process is alive", async ({ id, response }) => sendJson(response, 200, { status: "alive" }, { "x-request-id": id })),
    open("/readyz", "tells an operator on this machine which guarantees hold", async ({ id, response }) => {
      const guarantees = options.guarantees();
      const ready = guarantees.every(({ holds }) => holds);
      sendJson(response, ready ? 200 : 503, { status: ready ? "ready" : "not ready", guarantees: guarantees as unknown as Json }, { "x-request-id": id });
    }),
    open("/metrics", "numbers without names of people or content", async ({ id, response }) => {
      const { type, text } = await options.metrics();
      response.writeHead(200, { "x-request-id": id, "content-type": type, "content-length": Buffer.byteLength(text), "cache-control": "no-store" });
      response.end(text);
    }),
  ];
}

function open(path: string, because: string, run: (exchange: Parameters<Extract<Route["access"], { needs: "none" }>["run"]>[0]) => Promise<void>): Route {
  return { method: "GET", path, wording: PROBLEM, guarded: false, because, access: { needs: "none", run } };
}
