import type { Asking, Message } from "../../codecs/mcp/index.ts";
import type { Json } from "../../core/json.ts";
import { requestId } from "../http/trace.ts";
import { asked, type Turn } from "./converse.ts";
import { type McpGateway, mcpGateway } from "./gateway.ts";
import { confirmationForm, confirmed } from "./in-chat.ts";
import { prepared } from "./list-tools.ts";
import { tellingProgress } from "./progress.ts";
import type { Session } from "./sessions.ts";
import { gone } from "./until-left.ts";

/**
 * Passes a request through `guard`. In the 2025 era a client is asked within the call, which waits with its line open. What the user said is taken
 * as if the agent had then asked for the same again: decided anew, by what is in force now, under an id of its own.
 */
export async function askInSession(gateway: McpGateway, turn: Turn, message: Asking): Promise<Message | undefined> {
  const stop = tellingProgress(gateway, turn, message);
  try {
    const { outcome, last } = await asked(gateway, turn, message);
    if (outcome?.status !== "pending" || !(await heardUser(gateway, turn, outcome.ticket))) return last;
    const [now, again] = [gateway.newest === undefined ? gateway : mcpGateway(gateway.newest()), { ...turn, id: requestId() }];
    // The tool as its server describes it at this moment, not as it was when the question was asked.
    turn.session.tools = undefined;
    return (await prepared(now, again, message)) ?? (await asked(now, again, message)).last;
  } finally {
    stop();
  }
}

/** Asks the client's user, where that may be. False where nobody was asked. */
async function heardUser({ inChat, answered }: McpGateway, { session, signal, client }: Turn, ticket: string): Promise<boolean> {
  if (inChat === undefined || answered === undefined || session.elicits !== true) return false;
  const { confirmation } = await inChat.asks(ticket, session.principal);
  if (confirmation === undefined) return false;
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const { promise: said, resolve } = Promise.withResolvers<Json | undefined>();
  // Random, so that no server can ask under it.
  const id = `holdfast-${requestId()}`;
  session.asking.set(id, resolve);
  try {
    const { params } = confirmationForm(confirmation) as { readonly params: Asking["params"] };
    const { mode: _form, ...form } = params; // forms are all that the first versions have
    client.begin("stream", 200);
    await client.send({ kind: "request", id, method: "elicitation/create", params: form }, {});
    // Whoever answers first: the user here, somebody at the console, or the clock.
    const response = await Promise.race([said, answered(ticket, until).then(() => undefined), gone(signal).then(() => undefined)]);
    signal.throwIfAborted();
    await confirmed(inChat, ticket, session.principal, response);
  } finally {
    session.asking.delete(id);
    over.abort();
  }
  return true;
}

/** Takes an answer to what we asked; false where it is an answer to somebody else. */
export function heardInSession({ asking }: Session, message: Exclude<Message, Asking>): boolean {
  if (message.kind === "notification") return false;
  const heard = asking.get(message.id ?? "");
  heard?.(message.kind === "result" ? message.result : undefined);
  return heard !== undefined;
}
