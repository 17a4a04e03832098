import { type Asking, CLIENT_NOTICES, isModern, isTaskMethod, type Message } from "../../codecs/mcp/index.ts";
import type { Ending } from "../ending.ts";
import { ask, listen, type Turn, tell } from "./converse.ts";
import type { McpGateway } from "./gateway.ts";
import { askInSession, heardInSession } from "./in-session.ts";
import { prepared } from "./list-tools.ts";
import { argumentMismatch, type Headers, mirroredHeaders } from "./mirrored.ts";
import { fault } from "./refusals.ts";
import { callAsTask, wishOf } from "./tasks/begin.ts";
import { asPassed } from "./tasks/offer.ts";
import { serveTasks } from "./tasks/serve.ts";
import type { McpUpstream } from "./upstream.ts";

/** A message on its way, before it is known which server it is for. */
export type Visit = Omit<Turn, "upstream">;

/** What stands behind one address: a server, or all of them. */
export interface Target {
  /** The name of its sessions. */
  readonly id: string;
  /** Answers a request. `undefined` where nothing is left to say. `headers` are the client's, where they have to say what the body says. */
  ask(visit: Visit, message: Asking, headers: Headers | undefined): Promise<Message | undefined>;
  /** Passes on a notification or an answer; what nobody waits for ends here. The ending says why it did not go. */
  tell(visit: Visit, message: Exclude<Message, Asking>): Promise<Ending | undefined>;
  listen(visit: Visit, after: string | undefined): Promise<Ending | undefined>;
}

export const HEADER_MISMATCH = -32020;
export const mismatched = ({ id }: Asking, wrong: string): Message => fault(id, HEADER_MISMATCH, `header mismatch: ${wrong}`);

export function oneServer(gateway: McpGateway, upstream: McpUpstream): Target {
  return {
    id: upstream.id,
    async ask(visit, message, headers) {
      if (isTaskMethod(message.method)) return serveTasks(gateway, visit, message, upstream.id);
      const turn: Turn = { ...visit, upstream };
      const { session, sending } = turn;
      const problem = await prepared(gateway, turn, message);
      if (problem !== undefined) return problem;
      const unlike = headers === undefined || message.method !== "tools/call" ? undefined : argumentMismatch(headers, message, session);
      if (unlike !== undefined) return mismatched(message, unlike);
      const modern = isModern(sending.version);
      const whole = { ...turn, sending: modern ? { ...sending, mirrored: mirroredHeaders(message, session) } : sending };
      const [wish, call] = [wishOf(session, message, modern), asPassed(message)];
      if (wish === undefined) return modern ? ask(gateway, whole, call) : askInSession(gateway, whole, call);
      return "kind" in wish ? wish : callAsTask(gateway, whole, call, wish);
    },
    async tell(visit, message) {
      if (heardInSession(visit.session, message)) return undefined;
      if (message.kind !== "notification") gateway.tasks.heard(visit.session, message.id);
      const wanted = message.kind === "notification" ? CLIENT_NOTICES.has(message.method) : visit.session.waiting.has(message.id ?? "");
      return wanted ? tell(gateway, { ...visit, upstream }, message) : undefined;
    },
    listen: (visit, after) => listen(gateway, { ...visit, upstream }, after),
  };
}
