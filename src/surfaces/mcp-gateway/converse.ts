import { type Asking, CLIENT_METHODS, type Id, isModern, isTaskAnswer, type Meaning, type Message, SERVER_METHODS } from "../../codecs/mcp/index.ts";
import { defaultLabel } from "../../core/content.ts";
import { HoldfastError } from "../../core/errors.ts";
import type { Intent } from "../../core/intent.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Label } from "../../core/label.ts";
import type { Answer, Deliver, ReleasedCall } from "../../core/layers.ts";
import { guard } from "../../core/monitor.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { Request } from "../../core/request.ts";
import { type Ending, endingOf } from "../ending.ts";
import { requestId } from "../http/trace.ts";
import { splitIntent } from "../intent.ts";
import { atConsole } from "./at-console.ts";
import type { Client } from "./client.ts";
import { type Frame, messageOf, reader } from "./frame.ts";
import type { McpGateway } from "./gateway.ts";
import { readBy, remember } from "./heard.ts";
import { inChain } from "./in-chain.ts";
import { elicits, heardInChat, withoutOurs } from "./in-chat.ts";
import { says, tellingProgress, unsaid } from "./progress.ts";
import { fault, refusal, refusedInput, unknownMethod } from "./refusals.ts";
import { type About, aboutOf, requestOf, serverRequest } from "./requests.ts";
import type { Open, Session } from "./sessions.ts";
import { standingIn } from "./standing-in.ts";
import { asTasks, makesTasks, offered } from "./tasks/offer.ts";
import { besideTools, instructed, listed, outputSchemaOf } from "./tools.ts";
import { hidden, spelledOut } from "./unread.ts";
import { gone, untilLeft } from "./until-left.ts";
import type { Exchanged, McpUpstream, Sending } from "./upstream.ts";

/** One message of a client on its way to a server. */
export interface Turn {
  readonly session: Session;
  readonly upstream: McpUpstream;
  readonly client: Client;
  readonly signal: AbortSignal;
  readonly id: string;
  readonly parent?: string;
  /** What the client showed, as in the core's Context. */
  readonly chain?: string;
  /** What it declared that it is about to do. */
  readonly intents?: readonly Intent[];
  /** What is still to be answered: the session's, where the client may come back for it; else this exchange's own. */
  readonly open: Map<Id, Open>;
  /** Calls `end` once when the key stops being good: for what goes on after the exchange. */
  readonly watch?: (end: (why?: HoldfastError) => void) => () => void;
  /** Of what the agent had read when it asked, where that is longer ago than now. */
  readonly label?: Label;
  readonly sending: Omit<Sending, "read" | "link">;
}

/** Passes one request of a client through `guard`. Resolves when it was answered; `undefined` where nothing is left to say to the client. */
export function ask(gateway: McpGateway, turn: Turn, message: Asking): Promise<Message | undefined> {
  const stop = tellingProgress(gateway, turn, message);
  return asked(gateway, turn, message)
    .then(({ last }) => last)
    .finally(stop);
}

/** What became of a request: how it ended, as far as it was one, and what is still to be said to its client. */
export interface Asked {
  readonly outcome?: Outcome;
  readonly ending?: Ending;
  readonly last: Message | undefined;
}

/** The same, for who has to know how it ended. */
export async function asked(gateway: McpGateway, told: Turn, received: Asking): Promise<Asked> {
  const meaning = CLIENT_METHODS.get(received.method);
  if (meaning === undefined) return { last: unknownMethod(received) };
  const split = splitIntent(received.params);
  if (split === undefined) return { last: fault(received.id, -32602, "`params/_meta` holds a declaration of an intent that cannot be read") };
  const message: Asking = { ...received, params: split.params };
  const turn: Turn = split.intents.length === 0 ? told : { ...told, intents: [...(told.intents ?? []), ...split.intents] };
  const { session } = turn;
  const sealed = message.params["requestState"];
  const ticket = await heardInChat(gateway, session, message);
  const state = typeof sealed === "string" && ticket === undefined ? gateway.seal.open(sealed, session.principal, session.server, message) : undefined;
  if (sealed !== undefined && ticket === undefined && state === undefined)
    return { last: fault(message.id, -32602, "`params/requestState` was not given to this caller for this request, or is over") };
  const forward =
    ticket !== undefined ? withoutOurs(message) : state === undefined ? message : { ...message, params: { ...message.params, requestState: state } };
  const request = requestOf(aboutOf(gateway, turn), meaning, forward);
  if (turn.open.has(message.id)) return { last: fault(message.id, -32600, "another request of this id is still to be answered") };
  if (turn.open.size >= MOST_OPEN) turn.open.delete(turn.open.keys().next().value ?? "");
  turn.open.set(message.id, { message, request });
  const outcome = await through(gateway, turn, request, message.id, (decided, sending, signal) => {
    const chain = gateway.chainOf(decided.id);
    const whole = spelledOut(session, withArguments(forward, decided));
    return chain === undefined ? turn.upstream.send(whole, sending, signal) : turn.upstream.send(inChain(whole, chain), { ...sending, chain }, signal);
  });
  const ending = endingOf(outcome);
  gateway.metrics.answered(gateway.surface, ending?.effect ?? "permit", ending?.status ?? 200);
  // Done and not answered: the server ended the stream, and the client comes back for the rest.
  if (ending === undefined || !turn.open.delete(message.id)) return { outcome, last: undefined };
  if (outcome.status === "failed") gateway.log.warn({ id: turn.id, agent: session.principal.agent, code: outcome.code }, "an MCP request failed");
  return { outcome, ending, last: (await atConsole(gateway, session, message, outcome)) ?? refusal(message, ending, isModern(turn.sending.version)) };
}

const MOST_OPEN = 1_000;

/** The message with the arguments that were decided: an approver may have changed them. */
function withArguments(message: Asking, { action: { args } }: Request): Asking {
  return message.params["arguments"] === undefined || args === undefined ? message : { ...message, params: { ...message.params, arguments: args } };
}

/** Passes on what a client tells without asking, or what it answers to a server. Undefined where it went; else why it did not. */
export async function tell(gateway: McpGateway, turn: Turn, message: Exclude<Message, Asking>): Promise<Ending | undefined> {
  const about = aboutOf(gateway, turn);
  const request = message.kind === "notification" ? requestOf(about, { action: "tool.list" }, message) : answerOf(about, turn.session, message);
  const outcome = await through(gateway, turn, request, undefined, (_decided, sending, signal) => turn.upstream.send(message, sending, signal));
  return endingOf(outcome);
}

/** What a client answers to a server. That the server may ask was decided when it did; what is said is the user's own, or the model's. */
function answerOf(about: About, { waiting, memory }: Session, message: Message & { kind: "result" | "error" }): Request {
  const meaning = SERVER_METHODS.get(waiting.get(message.id ?? "") ?? "") ?? { action: "tool.list" };
  waiting.delete(message.id ?? "");
  const value: JsonObject = message.kind === "result" ? message.result : { message: message.error.message };
  const source = { kind: meaning.action === "client.elicit" ? "user" : "model" } as const;
  const label = source.kind === "user" ? defaultLabel(source) : memory.label;
  return { ...requestOf(about, meaning, { method: "answer", params: {} }), content: [{ source, label, value }] };
}

/** Listens to what a server says unasked, for as long as the client does. */
export async function listen(gateway: McpGateway, turn: Turn, after: string | undefined): Promise<Ending | undefined> {
  const request = requestOf(aboutOf(gateway, turn), { action: "tool.list" }, { method: "listen", params: {} });
  const { left, signal } = untilLeft(turn.signal);
  gateway.metrics.live(1);
  try {
    const outcome = await through(gateway, { ...turn, signal }, request, undefined, async (_decided, sending, inner) => {
      const stop = AbortSignal.any([inner, left]);
      const exchanged = await turn.upstream.listen(sending, after, stop);
      return { ...exchanged, pump: (write) => Promise.race([exchanged.pump(write), gone(left)]) };
    });
    return endingOf(outcome);
  } finally {
    gateway.metrics.live(-1);
  }
}

async function through(
  gateway: McpGateway,
  turn: Turn,
  request: Request,
  asked: Asking["id"] | undefined,
  perform: (decided: Request, sending: Sending, signal: AbortSignal) => Promise<Exchanged>,
): Promise<Outcome> {
  const { session, client, signal } = turn;
  const label = gateway.label({ kind: "tool", id: request.action.tool ?? `${session.server}.${request.resource?.type ?? "mcp"}` });
  const read = reader({
    ...(asked === undefined ? {} : { id: asked }),
    open: (id) => turn.open.has(id),
    propose(method, params) {
      const meaning = SERVER_METHODS.get(method) as Meaning;
      return serverRequest({ id: requestId(), session, label, context: { ...request.context, parent: request.id } }, meaning, params);
    },
  });
  return guard(
    gateway.layers,
    request,
    async (decided, inner): Promise<Answer> => {
      const exchanged =
        decided.recorded === undefined
          ? await perform(decided, { ...turn.sending, link: session.link, read }, inner)
          : standingIn(decided.recorded, asked, read);
      client.begin(exchanged.form, exchanged.status);
      return { facts: exchanged.facts, pump: (write) => exchanged.pump(write) };
    },
    delivery(gateway, turn, request),
    signal,
  );
}

/** Puts released parts together as messages again, and does what each message means for the conversation. */
function delivery(gateway: McpGateway, turn: Turn, about: Request): Deliver {
  const { session, client } = turn;
  let frame: Frame = { event: {} };
  let refused: ReleasedCall | undefined;
  /** What it says is to be passed on unread: a text that the agent is to ask for does not come to it as progress either. */
  const unread = gateway.handles(about.action.tool ?? "");

  const result = async (value: JsonObject): Promise<void> => {
    const answer = messageOf(frame, value) as Message & { kind: "result" };
    const asked = turn.open.get(answer.id);
    if (asked === undefined) throw new HoldfastError("upstream-invalid", "the server answered a request twice");
    const { message, request } = asked;
    const { original = {} } = frame;
    let leaving = answer.result;
    // Of a task that was made for this call only what follows it knows; nobody else could fetch what comes of it past `release`.
    if (message.method === "tools/call" && isTaskAnswer(original))
      throw new HoldfastError("upstream-invalid", "the server made a task of a call that was none");
    if (refused !== undefined) return hand(refusedInput(refused, answer.id));
    switch (message.method) {
      case "tools/list":
        leaving = asTasks(session, await listed(gateway, session, original, leaving, message.params["cursor"] === undefined, turn.signal));
        break;
      case "initialize":
      case "server/discover":
        leaving = await instructed(gateway, session, original, leaving, turn.signal);
        if (typeof leaving["protocolVersion"] === "string") session.version = leaving["protocolVersion"];
        session.tasks = makesTasks(original);
        session.elicits = elicits(message);
        leaving = { ...leaving, ...offered(leaving, message.method === "server/discover") };
        break;
      case "tools/call":
        checkStructure(gateway, session, message, original);
        if (!gateway.handles(request.action.tool ?? "") || leaving["inputRequests"] !== undefined) break;
        return hand({ ...answer, result: hidden(gateway, session, request, message, leaving) });
      default:
        leaving = await besideTools(gateway, session, message.method, original, leaving, turn.signal);
    }
    if (!lists(request)) remember(gateway, session, readBy(session, request));
    const { requestState: state } = leaving;
    if (typeof state === "string") leaving = { ...leaving, requestState: gateway.seal.close(state, session.principal, session.server, message) };
    return hand({ ...answer, result: leaving });
  };
  /** The words of a fault are the server's, and the model reads them like a result. */
  const failedWith = (id: Id | null): void => {
    const asked = turn.open.get(id ?? "");
    if (asked !== undefined && !lists(asked.request)) remember(gateway, session, readBy(session, asked.request));
  };
  /** ATTACK: a server says in its progress or its log what it would say in its answer, and the agent has read nothing. */
  const told = (message: Message): void | Promise<void> => {
    if (!says(message)) return hand(message);
    const left = unread ? unsaid(message) : message;
    if (!unread) remember(gateway, session, readBy(session, about));
    return left && hand(left);
  };
  const hand = (message: Message): void | Promise<void> => {
    if (message.kind === "result" || message.kind === "error") turn.open.delete(message.id ?? "");
    return client.send(message, frame.event);
  };

  return (part) => {
    switch (part.type) {
      case "mark":
        frame = part.mark as Frame;
        refused = undefined;
        return frame.message === undefined && frame.around === undefined ? client.send(undefined, frame.event) : undefined;
      case "calls": {
        if (frame.message?.kind !== "request") {
          refused = part.calls.find(({ decision }) => decision.effect !== "permit");
          return;
        }
        const { id, method } = frame.message;
        const [call] = part.calls as readonly [ReleasedCall];
        if (call.decision.effect !== "permit") return declined(turn, id);
        session.waiting.set(id, method);
        // The agent's model will read it.
        if (method === "sampling/createMessage") remember(gateway, session, readBy(session, call.request));
        return client.send({ kind: "request", id, method, params: gateway.tasks.renamed(session, call.request.action.args ?? {}) }, frame.event);
      }
      case "value": {
        const value: JsonObject = isObject(part.value as Json) ? (part.value as JsonObject) : {};
        if (frame.message?.kind === "result") return result(value);
        if (frame.message?.kind === "error") failedWith(frame.message.id);
        if (frame.message?.kind === "request") session.waiting.set(frame.message.id, frame.message.method);
        if (frame.message?.kind === "notification" && frame.message.method === "notifications/tools/list_changed") session.tools = undefined;
        return told(messageOf(frame, value) as Message);
      }
      case "text":
        return frame.around === undefined || unread ? undefined : told(frame.around(part.text));
      case "end":
    }
  };
}

/** A structured result is what its tool declares: the agent was told so, and may rest on it without looking. Compared as it came, before masks. */
function checkStructure({ resultFault, log }: McpGateway, session: Session, { params }: Asking, { isError, structuredContent }: JsonObject): void {
  const name = String(params["name"]);
  const schema = outputSchemaOf(session, name);
  if (schema === undefined || isError === true || structuredContent === undefined) return;
  const fault = resultFault(`${session.server}.${name}`, schema, structuredContent);
  if (fault?.enforce === true) throw new HoldfastError("upstream-invalid", `the result is not what the tool declares: ${fault.text}`);
  if (fault !== undefined) log.warn({ tool: `${session.server}.${name}`, fault: fault.text }, "a result is not what its tool declares");
}

/** Answers to these hold no data of the server, only what it offers. */
const lists = ({ action }: Request): boolean => action.type === "tool.list";

/** Tells the server that its client will not: the same words as when a person says no. */
async function declined(turn: Turn, id: Asking["id"]): Promise<void> {
  const error = { code: -1, message: "the request was refused" };
  const exchanged = await turn.upstream.send({ kind: "error", id, error }, { ...turn.sending, link: turn.session.link, read: () => [] }, turn.signal);
  await exchanged.pump(() => {});
}
