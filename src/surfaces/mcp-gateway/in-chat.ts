import type { Asking } from "../../codecs/mcp/index.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Principal } from "../../core/request.ts";
import type { McpGateway } from "./gateway.ts";
import type { Session } from "./sessions.ts";

/** What a form of one field says. */
export interface FormWords {
  readonly message: string;
  readonly label: string;
}

/**
 * What people may be asked in the agent's own client. It is drawn by the client, so whoever holds the agent's key can answer: an answer counts
 * only where a rule says so, and as that of the user for whom the agent acts.
 */
export interface InChat {
  /** What may be asked about this question now: whether its user approves, and what an approver wants to know. */
  asks(ticket: string, principal: Principal): Promise<{ readonly confirmation?: FormWords; readonly inquiry?: FormWords }>;
  /** What does not count changes nothing, and the call goes on waiting. */
  confirm(ticket: string, principal: Principal, action: "approve" | "reject"): Promise<void>;
  /** What was said to an approver. It answers nothing. */
  explain(ticket: string, principal: Principal, text: string): Promise<void>;
}

export const OWN_REQUEST = "holdfast-approval";
const OWN_CONFIRMATION = "holdfast-confirmation";
const OWN_INQUIRY = "holdfast-inquiry";
const CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";
const LONGEST_ANSWER = 2_000;

/** The forms that this client can show its user about a question. */
export async function askedInChat(
  gateway: Pick<McpGateway, "inChat">,
  { principal }: Session,
  message: Asking,
  ticket: string,
): Promise<{ readonly confirmation?: JsonObject; readonly requests: JsonObject }> {
  if (gateway.inChat === undefined || !elicitationIn(message).form) return { requests: {} };
  const { confirmation, inquiry } = await gateway.inChat.asks(ticket, principal);
  const [asked, wanted] = [confirmation && confirmationForm(confirmation), inquiry && inquiryForm(inquiry)];
  return {
    ...(asked === undefined ? {} : { confirmation: asked }),
    requests: { ...(asked === undefined ? {} : { [OWN_CONFIRMATION]: asked }), ...(wanted === undefined ? {} : { [OWN_INQUIRY]: wanted }) },
  };
}

export const confirmationForm = ({ message, label }: FormWords): JsonObject => formOf(message, { approve: { type: "boolean", title: label } });
const inquiryForm = ({ message, label }: FormWords): JsonObject => formOf(message, { answer: { type: "string", title: label, maxLength: LONGEST_ANSWER } });

function formOf(message: string, properties: JsonObject): JsonObject {
  return {
    method: "elicitation/create",
    params: { mode: "form", message, requestedSchema: { type: "object", properties, required: Object.keys(properties) } },
  };
}

/**
 * Takes what a client says in answer to our forms, and gives the ticket where the call comes back from them. ATTACK: a server may ask under
 * our names and seal a state like ours, so that its user's yes to a harmless question is one to another: the place in the seal tells them apart.
 */
export async function heardInChat(gateway: McpGateway, session: Session, message: Asking): Promise<string | undefined> {
  const { requestState: sealed, inputResponses: given } = message.params;
  const { principal, server } = session;
  const ticket = typeof sealed === "string" ? gateway.seal.open(sealed, principal, ownPlace(server), message) : undefined;
  if (ticket === undefined || gateway.inChat === undefined || !isObject(given)) return ticket;
  await confirmed(gateway.inChat, ticket, principal, given[OWN_CONFIRMATION]);
  const answer = contentOf(given[OWN_INQUIRY])?.["answer"];
  if (typeof answer === "string" && answer !== "") await gateway.inChat.explain(ticket, principal, answer.slice(0, LONGEST_ANSWER));
  return ticket;
}

/** A form that was left or sent without a yes says nothing; only a yes approves, and only a plain no rejects. */
export async function confirmed(inChat: InChat, ticket: string, principal: Principal, response: Json | undefined): Promise<void> {
  if (contentOf(response)?.["approve"] === true) await inChat.confirm(ticket, principal, "approve");
  else if (isObject(response) && response["action"] === "decline") await inChat.confirm(ticket, principal, "reject");
}

function contentOf(response: Json | undefined): JsonObject | undefined {
  if (!isObject(response) || response["action"] !== "accept") return undefined;
  const { content } = response;
  return isObject(content) ? content : undefined;
}

export const sealTicket = (gateway: McpGateway, { principal, server }: Session, message: Asking, ticket: string): string =>
  gateway.seal.close(ticket, principal, ownPlace(server), message);

/** No server has a blank in its name. */
const ownPlace = (server: string): string => `holdfast ${server}`;

/** The message without what was between the client and us. */
export function withoutOurs(message: Asking): Asking {
  const { requestState: _ours, inputResponses, ...rest } = message.params as JsonObject;
  const { [OWN_REQUEST]: _shown, [OWN_CONFIRMATION]: _confirmed, [OWN_INQUIRY]: _said, ...others } = isObject(inputResponses) ? inputResponses : {};
  return { ...message, params: { ...rest, ...(Object.keys(others).length === 0 ? {} : { inputResponses: others }) } };
}

/** How a client of the 2026 era can ask its user. One that says no more than that it can has forms. */
export function elicitationIn({ params }: Asking): { readonly form: boolean; readonly url: boolean } {
  const at = (value: Json | undefined, name: string): Json | undefined => (isObject(value) ? value[name] : undefined);
  return waysOf(at(at(params["_meta"], CAPABILITIES), "elicitation"));
}

/** Whether a client that begins a session of the 2025 era can show its user forms. */
export const elicits = ({ params: { capabilities } }: Asking): boolean => isObject(capabilities) && waysOf(capabilities["elicitation"]).form;

function waysOf(elicitation: Json | undefined): { readonly form: boolean; readonly url: boolean } {
  if (!isObject(elicitation)) return { form: false, url: false };
  const { form, url } = elicitation;
  return { form: form !== undefined || Object.keys(elicitation).length === 0, url: url !== undefined };
}
