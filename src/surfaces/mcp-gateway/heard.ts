import { joinLabels } from "../../core/label.ts";
import type { Request } from "../../core/request.ts";
import type { McpGateway } from "./gateway.ts";
import type { Session } from "./sessions.ts";

/** What the agent reads here it has read for all that it does next. */
export function remember({ label }: McpGateway, { memory }: Session, tool: string): void {
  memory.label = joinLabels(memory.label, label({ kind: "tool", id: tool }));
}

/** What a request reads from. */
export const readBy = ({ server }: Session, { action }: Request): string => action.tool ?? server;
