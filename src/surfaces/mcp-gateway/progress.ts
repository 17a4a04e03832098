import type { Asking } from "../../codecs/mcp/index.ts";
import { isObject } from "../../core/json.ts";
import { whileHeld } from "../held.ts";
import type { Turn } from "./converse.ts";
import type { McpGateway } from "./gateway.ts";

/** Progress has to grow, and the server's own begins after ours: so ours stays below all that a server would say. */
const STEP = 1e-6;

/** Tells a client that wants to know of progress that a person is asked, for as long as the request is held: most then wait on. Returns how to stop. */
export function tellingProgress({ holds, clock }: McpGateway, { client, id }: Turn, { params }: Asking): () => void {
  const meta = params["_meta"];
  const token = isObject(meta) ? meta["progressToken"] : undefined;
  if (typeof token !== "string" && typeof token !== "number") return () => {};
  let beats = 0;
  return whileHeld(holds, id, clock, () => {
    const told = { progressToken: token, progress: ++beats * STEP, message: "a person is asked" };
    try {
      void client.send({ kind: "notification", method: "notifications/progress", params: told }, {});
    } catch {
      // The client is gone, which whoever answers it sees as well.
    }
  });
}
