import type { Asking, Message } from "../../codecs/mcp/index.ts";
import { isObject } from "../../core/json.ts";
import { whileHeld } from "../held.ts";
import type { Turn } from "./converse.ts";
import type { McpGateway } from "./gateway.ts";

/** Progress has to grow, and the server's own begins after ours: so ours stays below all that a server would say. */
const STEP = 1e-6;

/** Tells a client that wants to know of progress that a person is asked, for as long as the request is held: most then wait on. Returns how to stop. */
export function tellingProgress({ holds, clock }: McpGateway, { client, id }: Turn, message: Asking): () => void {
  const meta = message.params["_meta"];
  const token = isObject(meta) ? meta["progressToken"] : undefined;
  if (typeof token !== "string" && typeof token !== "number") return () => {};
  let beats = 0;
  return whileHeld(holds, id, clock, () => {
    const params = { progressToken: token, progress: ++beats * STEP, message: "a person is asked" };
    // That the client is gone whoever answers it sees as well.
    void (async () => client.send({ kind: "notification", method: "notifications/progress", params }, {}))().catch(() => {});
  });
}

/** Whether a server uses words of its own in it, and not only numbers and names. */
export const says = ({ method, params }: Message & { kind: "notification" }): boolean =>
  method === "notifications/message" || (method === "notifications/progress" && typeof params["message"] === "string");

/** How far the server is, and nothing that it says: of a tool whose texts are to be passed on unread. */
export function unsaid(told: Message & { kind: "notification" }, hand: (message: Message) => void | Promise<void>): void | Promise<void> {
  const { message: _unread, ...counted } = told.params;
  if (told.method === "notifications/progress") return hand({ ...told, params: counted });
}
