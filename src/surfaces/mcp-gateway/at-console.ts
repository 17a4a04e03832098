import type { Asking, Message } from "../../codecs/mcp/index.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { McpGateway } from "./gateway.ts";
import { askedInChat, elicitationIn, OWN_REQUEST, sealTicket } from "./in-chat.ts";
import type { Session } from "./sessions.ts";

/**
 * Where a call of the 2026 era waits for a person and its client can show an address, the client is asked to (MRTR, elicitation in URL
 * mode): the answer is given at our console, and in the client, which the agent may be, only where a rule says so. Undefined where the client
 * cannot, has been asked already, or is in the middle of something with its server.
 */
export async function atConsole(gateway: McpGateway, session: Session, message: Asking, outcome: Outcome): Promise<Message | undefined> {
  if (outcome.status !== "pending" || message.params["requestState"] !== undefined) return undefined;
  const inChat = await askedInChat(gateway, session, message, outcome.ticket);
  const shown = inChat.confirmation === undefined ? consoleRequest(gateway, message, outcome) : undefined;
  const inputRequests: JsonObject = { ...(shown === undefined ? {} : { [OWN_REQUEST]: shown }), ...inChat.requests };
  if (Object.keys(inputRequests).length === 0) return undefined;
  return {
    kind: "result",
    id: message.id,
    result: { resultType: "input_required", inputRequests, requestState: sealTicket(gateway, session, message, outcome.ticket) },
  };
}

/** What a client of the 2026 era is asked to show its user; undefined where it cannot, or there is no console. */
export function consoleRequest(gateway: McpGateway, message: Asking, outcome: Outcome & { status: "pending" }): JsonObject | undefined {
  const url = elicitationIn(message).url ? gateway.approvalUrl(outcome.ticket) : undefined;
  if (url === undefined) return undefined;
  return { method: "elicitation/create", params: { mode: "url", elicitationId: outcome.ticket, url, message: whyAsked(outcome) } };
}

export function whyAsked({ ticket, decision, inquiry }: Omit<Outcome & { status: "pending" }, "status">): string {
  const why = decision.reasons.find(({ effect }) => effect === "ask")?.text ?? "";
  return `A person has to approve this (${ticket}): ${why}${inquiry === undefined ? "" : `. ${inquiry}`}`;
}
