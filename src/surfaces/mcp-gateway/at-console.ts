import type { Asking, Message } from "../../codecs/mcp/index.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { McpGateway } from "./gateway.ts";
import type { Session } from "./sessions.ts";

/** What we seal as state of our own: the client asks again with it, and no server has to understand it. */
const OWN_STATE = "holdfast:approval";
const OWN_REQUEST = "holdfast-approval";
const CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";

/**
 * Where a call of the 2026 era waits for a person and its client can show an address, the client is asked to (MRTR, elicitation in URL
 * mode): the answer is given at our console, never in the client, which the agent may be. Undefined where the client cannot, has been
 * asked already, or is in the middle of something with its server.
 */
export function atConsole(gateway: McpGateway, { principal, server }: Session, message: Asking, outcome: Outcome): Message | undefined {
  if (outcome.status !== "pending" || message.params["requestState"] !== undefined || !showsAddresses(message)) return undefined;
  const { ticket, decision } = outcome;
  const url = gateway.approvalUrl(ticket);
  if (url === undefined) return undefined;
  const why = decision.reasons.find(({ effect }) => effect === "ask")?.text ?? "";
  const params = { mode: "url", elicitationId: ticket, url, message: `A person has to approve this (${ticket}): ${why}` };
  return {
    kind: "result",
    id: message.id,
    result: {
      resultType: "input_required",
      inputRequests: { [OWN_REQUEST]: { method: "elicitation/create", params } },
      requestState: gateway.seal.close(OWN_STATE, principal, server, message),
    },
  };
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
