import type { Asking, Message } from "../../codecs/mcp/index.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { McpGateway } from "./gateway.ts";
import type { Session } from "./sessions.ts";

/** What we seal as state of our own: the client asks again with it, and no server has to understand it. */
const OWN_STATE = "holdfast:approval";
export const OWN_REQUEST = "holdfast-approval";
const CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";

/**
 * Where a call of the 2026 era waits for a person and its client can show an address, the client is asked to (MRTR, elicitation in URL
 * mode): the answer is given at our console, never in the client, which the agent may be. Undefined where the client cannot, has been
 * asked already, or is in the middle of something with its server.
 */
export function atConsole(gateway: McpGateway, { principal, server }: Session, message: Asking, outcome: Outcome): Message | undefined {
  if (outcome.status !== "pending" || message.params["requestState"] !== undefined) return undefined;
  const asked = consoleRequest(gateway, message, outcome);
  if (asked === undefined) return undefined;
  return {
    kind: "result",
    id: message.id,
    result: {
      resultType: "input_required",
      inputRequests: { [OWN_REQUEST]: asked },
      requestState: gateway.seal.close(OWN_STATE, principal, server, message),
    },
  };
}

/** What a client of the 2026 era is asked to show its user; undefined where it cannot, or there is no console. */
export function consoleRequest(gateway: McpGateway, message: Asking, outcome: Outcome & { status: "pending" }): JsonObject | undefined {
  const url = showsAddresses(message) ? gateway.approvalUrl(outcome.ticket) : undefined;
  if (url === undefined) return undefined;
  return { method: "elicitation/create", params: { mode: "url", elicitationId: outcome.ticket, url, message: whyAsked(outcome) } };
}

export function whyAsked({ ticket, decision, inquiry }: Omit<Outcome & { status: "pending" }, "status">): string {
  const why = decision.reasons.find(({ effect }) => effect === "ask")?.text ?? "";
  return `A person has to approve this (${ticket}): ${why}${inquiry === undefined ? "" : `. ${inquiry}`}`;
}

/** The message as it goes on: with the server's own state, and without what was between the client and us. */
export function unsealed(message: Asking, state: string): Asking {
  if (state !== OWN_STATE) return { ...message, params: { ...message.params, requestState: state } };
  const { requestState: _ours, inputResponses, ...rest } = message.params as JsonObject;
  const { [OWN_REQUEST]: _seen, ...others } = isObject(inputResponses) ? inputResponses : {};
  return { ...message, params: { ...rest, ...(Object.keys(others).length === 0 ? {} : { inputResponses: others }) } };
}

function showsAddresses({ params }: Asking): boolean {
  const at = (value: Json | undefined, name: string): Json | undefined => (isObject(value) ? value[name] : undefined);
  return at(at(at(params["_meta"], CAPABILITIES), "elicitation"), "url") !== undefined;
}
