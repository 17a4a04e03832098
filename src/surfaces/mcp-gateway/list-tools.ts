import { type Asking, isModern, type Message } from "../../codecs/mcp/index.ts";
import { isObject, type Json } from "../../core/json.ts";
import { requestId } from "../http/trace.ts";
import { collected } from "./collect.ts";
import { ask, type Turn } from "./converse.ts";
import type { McpGateway } from "./gateway.ts";
import { mirroredHeaders } from "./mirrored.ts";
import { fault } from "./refusals.ts";

/** How long a list is believed where its server cannot say that it changed. */
const FRESH_MS = 5 * 60_000;
const MOST_PAGES = 20;

/**
 * Makes sure that the definition of a tool is known before it is called: what was never compared with its pin is not called. Asks the
 * server itself where the client did not. Answers with what is wrong, or undefined.
 */
export async function prepared(gateway: McpGateway, turn: Turn, message: Asking): Promise<Message | undefined> {
  if (message.method !== "tools/call") return undefined;
  const { session } = turn;
  const name = message.params["name"];
  if (typeof name !== "string") return fault(message.id, -32602, "`params/name` must be text");
  const given = message.params["arguments"];
  if (given !== undefined && (typeof given !== "object" || given === null || Array.isArray(given)))
    return fault(message.id, -32602, "`params/arguments` must be an object");
  if (session.tools === undefined || gateway.clock.monotonic() - session.listed > FRESH_MS || !session.tools.has(name)) {
    const wrong = await relist(gateway, turn, message);
    if (wrong !== undefined) return wrong;
  }
  return session.tools?.has(name) === true ? undefined : fault(message.id, -32602, "the server has no tool of this name");
}

async function relist(gateway: McpGateway, turn: Turn, { id, params }: Asking): Promise<Message | undefined> {
  let cursor: Json | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { client, answer } = collected();
    const { progressToken: _theirs, ...meta } = isObject(params["_meta"]) ? params["_meta"] : {};
    const list: Asking = {
      kind: "request",
      id: `holdfast-${page}`,
      method: "tools/list",
      params: { ...(Object.keys(meta).length === 0 ? {} : { _meta: meta }), ...(typeof cursor === "string" ? { cursor } : {}) },
    };
    const sending = !isModern(turn.sending.version) ? turn.sending : { ...turn.sending, mirrored: mirroredHeaders(list, turn.session) };
    const failed = await ask(gateway, { ...turn, client, open: new Map(), id: requestId(), parent: turn.id, sending }, list);
    const got = failed ?? answer();
    if (got?.kind === "error") return { ...got, id };
    const next = got?.kind === "result" ? got.result["nextCursor"] : undefined;
    if (typeof next !== "string" || next === "") return undefined;
    cursor = next;
  }
  return undefined;
}
