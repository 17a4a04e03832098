import { type Asking, type Meaning, nameOf } from "../../codecs/mcp/index.ts";
import type { Content } from "../../core/content.ts";
import { isObject, type JsonObject } from "../../core/json.ts";
import type { Label } from "../../core/label.ts";
import type { Action, Context, Request } from "../../core/request.ts";
import type { Turn } from "./converse.ts";
import type { McpGateway } from "./gateway.ts";
import type { Session } from "./sessions.ts";

/** What every request of one exchange shares. */
export interface About {
  readonly id: string;
  readonly session: Session;
  /** Of what whoever asks has read. */
  readonly label: Label;
  readonly context: Context;
}

export function aboutOf({ clock, surface }: McpGateway, { id, session, parent, chain, intents, sending, label }: Turn): About {
  return {
    id,
    session,
    label: label ?? session.memory.label,
    context: {
      time: clock.now(),
      surface,
      ...(parent === undefined ? {} : { parent }),
      ...(chain === undefined ? {} : { chain }),
      ...(intents === undefined ? {} : { intents }),
      ...(sending.traceparent === undefined ? {} : { traceparent: sending.traceparent }),
    },
  };
}

/** `server.tool`, or `server.resources` and the like for what a server has beside its tools. */
export function placeOf(server: string, { action, place }: Meaning, name: string | undefined): string | undefined {
  if (action === "tool.call") return `${server}.${name ?? ""}`;
  return place === undefined ? undefined : `${server}.${place}`;
}

/**
 * The Request that a client's message is. Whatever it holds is looked at: the arguments as arguments, the rest of it as text of the model,
 * which is no better than the worst that the model has read here.
 */
export function requestOf({ id, session, label, context }: About, meaning: Meaning, { method, params }: Pick<Asking, "method" | "params">): Request {
  const { server } = session;
  const name = nameOf(meaning, params);
  const tool = placeOf(server, meaning, name);
  const { arguments: given, ...beside } = params;
  const rest = meaning.action === "tool.call" ? nameless(beside) : beside;
  const args = isObject(given) ? given : {};
  const action: Action = {
    type: meaning.action,
    ...(tool === undefined ? {} : { tool }),
    ...(meaning.action === "tool.call" || given !== undefined ? { args } : {}),
  };
  return {
    id,
    principal: session.principal,
    action,
    resource:
      meaning.action === "tool.call"
        ? { type: "tool", id: tool ?? server }
        : { type: meaning.place?.replace(/s$/, "") ?? "mcp", id: name ?? `${server} ${method}` },
    content: [carrying(label), ...written(rest, label), ...(meaning.action === "tool.call" ? session.memory.handles.behind(args) : [])],
    context,
  };
}

/** What a server asks of its client, as a Request of its own: the agent's model or its user would do what a foreign text says. */
export function serverRequest({ id, session, label, context }: About, meaning: Meaning, params: JsonObject): Request {
  const tool = placeOf(session.server, meaning, undefined) as string;
  return {
    id,
    principal: session.principal,
    action: { type: meaning.action, tool, args: params },
    resource: { type: "server", id: session.server },
    content: [carrying(label)],
    context,
  };
}

/** Carries a label; the text itself stands elsewhere in the request and is inspected there. */
const carrying = (label: Label): Content => ({ source: { kind: "model" }, label, text: "" });

/** The tool's name stands in the action: said twice, a call would not be the one that a model's answer proposed. */
function nameless({ name: _name, ...rest }: JsonObject): JsonObject {
  return rest;
}

function written(rest: JsonObject, label: Label): readonly Content[] {
  return Object.keys(rest).length === 0 ? [] : [{ source: { kind: "model" }, label, value: rest }];
}
