import type { Asking } from "../../codecs/mcp/index.ts";
import { HoldfastError } from "../../core/errors.ts";
import { isObject, type JsonObject } from "../../core/json.ts";
import type { Request } from "../../core/request.ts";
import type { McpGateway } from "./gateway.ts";
import type { Session } from "./sessions.ts";
import { outputSchemaOf } from "./tools.ts";

/** A result as its agent gets it where it is to pass it on unread. */
export function hidden({ label }: McpGateway, session: Session, { action: { tool = "" } }: Request, { params }: Asking, result: JsonObject): JsonObject {
  const source = { kind: "tool", id: tool } as const;
  return session.memory.handles.hide(result, { source, label: label(source) }, outputSchemaOf(session, String(params["name"])));
}

/** The call as the server gets it: with the texts of handles, which were no part of the decision but for where they stand and who may read them. */
export function spelledOut({ memory }: Session, message: Asking): Asking {
  const { arguments: args } = message.params;
  if (message.method !== "tools/call" || !isObject(args)) return message;
  const expanded = memory.handles.expand(args);
  if (expanded === undefined) throw new HoldfastError("bad-request", "a handle is not known here, or not any more; read its source again");
  return expanded === args ? message : { ...message, params: { ...message.params, arguments: expanded } };
}
