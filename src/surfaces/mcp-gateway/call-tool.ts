import { type Asking, type Message, SESSION_VERSIONS, STATELESS_VERSION } from "../../codecs/mcp/index.ts";
import { codeOf } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Label } from "../../core/label.ts";
import type { Principal } from "../../core/request.ts";
import { requestId } from "../http/trace.ts";
import { collected } from "./collect.ts";
import { ask, type Turn, tell } from "./converse.ts";
import type { McpGateway } from "./gateway.ts";
import { prepared } from "./list-tools.ts";
import { mirroredHeaders } from "./mirrored.ts";
import { DENIED, FAILED } from "./refusals.ts";

/** One call of a tool by Holdfast itself, for somebody. */
export interface OwnCall {
  readonly server: string;
  readonly name: string;
  readonly args: JsonObject;
  readonly principal: Principal;
  /** Of what the arguments were made from. */
  readonly label: Label;
  /** Id of the request that it will be. */
  readonly id: string;
  readonly parent: string;
}

/** A conversation in which the call can be made. */
export interface ReadyCall {
  /** Makes it: through `guard`, once. Resolves when it is over, however; what became of it stands in the records. */
  readonly call: () => Promise<void>;
  /** Ends the conversation. */
  readonly over: () => void;
}

const WHO = { name: "holdfast", version: "1" };

/**
 * Begins a conversation of our own with a server, in the era that it speaks, and makes sure that the tool is there and was compared with
 * its pin. Nothing is done yet. `refused` says why it cannot be. Never rejects.
 */
export async function readyCall(gateway: McpGateway, own: OwnCall, signal: AbortSignal): Promise<ReadyCall | { readonly refused: string }> {
  const upstream = gateway.upstream(own.server);
  if (upstream === undefined) return { refused: `no tool server \`${own.server}\` is configured with an address or a command` };
  const session = gateway.sessions.begin(own.server, own.principal);
  if (session === undefined) return { refused: "there are too many sessions" };
  const over = (): void => gateway.sessions.end(session);
  const turn = (id: string, client: Turn["client"], sending: Turn["sending"] = {}): Turn => ({
    session,
    upstream,
    client,
    signal,
    id,
    parent: own.parent,
    // Not the memory's: that is one for all calls under this principal, and several may be made at once.
    label: own.label,
    open: new Map(),
    sending,
  });
  const answerTo = async (message: Asking): Promise<Message | undefined> => {
    const { client, answer } = collected();
    return (await ask(gateway, turn(requestId(), client), message)) ?? answer();
  };
  try {
    const begun = await answerTo(request("initialize", { protocolVersion: SESSION_VERSIONS[0], capabilities: {}, clientInfo: WHO }));
    // Who does not know `initialize` is of the era that needs none.
    const stateless = begun?.kind === "error" && !OURS.has(begun.error.code);
    if (begun?.kind !== "result" && !stateless) return refusing(over, begun);
    const version = stateless ? STATELESS_VERSION : (session.version ?? SESSION_VERSIONS[0]);
    if (!stateless)
      await tell(gateway, turn(requestId(), collected().client, { version }), { kind: "notification", method: "notifications/initialized", params: {} });
    const call = request("tools/call", { name: own.name, arguments: own.args, ...(stateless ? { _meta: META } : {}) });
    const { client } = collected();
    const last = turn(own.id, client, { version });
    const problem = await prepared(gateway, last, call);
    if (problem !== undefined) return refusing(over, problem);
    const sending = stateless ? { version, mirrored: mirroredHeaders(call, session) } : { version };
    return { call: async () => void (await ask(gateway, { ...last, sending }, call)), over };
  } catch (error) {
    over();
    return { refused: `the tool server could not be asked (${codeOf(error)})` };
  }
}

/** What is answered where no server answered: it failed, or was denied. */
const OURS: ReadonlySet<number> = new Set([FAILED, DENIED]);
const META = {
  "io.modelcontextprotocol/protocolVersion": STATELESS_VERSION,
  "io.modelcontextprotocol/clientInfo": WHO,
  "io.modelcontextprotocol/clientCapabilities": {},
};

const request = (method: string, params: JsonObject): Asking => ({ kind: "request", id: 1, method, params });

function refusing(over: () => void, answer: Message | undefined): { readonly refused: string } {
  over();
  // The words of a server are foreign; its code is not.
  const code = answer?.kind === "error" ? answer.error.code : undefined;
  if (code === -32602) return { refused: "the tool server has no such tool" };
  return { refused: `the tool server did not take the conversation${code === undefined ? "" : ` (${code})`}` };
}
