import { type Asking, type Message, progressTokenIn } from "../../codecs/mcp/index.ts";
import type { Json } from "../../core/json.ts";
import { whileHeld } from "../held.ts";
import type { Turn } from "./converse.ts";
import type { McpGateway } from "./gateway.ts";

/** Progress has to grow, and the server's own begins after ours: so ours stays below all that a server would say. */
const STEP = 1e-6;

/** Tells a client that wants to know of progress that a person is asked, for as long as the request is held: most then wait on. Returns how to stop. */
export function tellingProgress({ holds, clock }: McpGateway, { client, id }: Turn, message: Asking): () => void {
  const token = progressTokenIn(message.params);
  if (token === undefined) return () => {};
  let beats = 0;
  return whileHeld(holds, id, clock, () => {
    const params = { progressToken: token, progress: ++beats * STEP, message: "a person is asked" };
    // That the client is gone whoever answers it sees as well.
    void (async () => client.send({ kind: "notification", method: "notifications/progress", params }, {}))().catch(() => {});
  });
}

type Notice = Message & { kind: "notification" };

const COUNTS: ReadonlySet<string> = new Set(["progress", "total"]);
const counts = ([name, value]: [string, Json]): boolean => name === "progressToken" || (COUNTS.has(name) && typeof value === "number");

/** Whether a server uses words of its own in it, and not only numbers and names. ATTACK: they need not stand where words belong. */
export const says = (message: Message): message is Notice =>
  message.kind === "notification" &&
  (message.method === "notifications/message" || (message.method === "notifications/progress" && !Object.entries(message.params).every(counts)));

/** How far the server is, and nothing that it says, for a tool whose texts are to be passed on unread; undefined where nothing is left. */
export function unsaid(told: Notice): Message | undefined {
  return told.method === "notifications/progress" ? { ...told, params: Object.fromEntries(Object.entries(told.params).filter(counts)) } : undefined;
}
