import { joinLabels } from "../../core/label.ts";
import type { Request } from "../../core/request.ts";
import type { McpGateway } from "./gateway.ts";
import type { Session } from "./sessions.ts";

/** What the agent reads here it has read for all that it does next. */
export function remember({ label, clock }: McpGateway, { memory }: Session, tool: string): void {
  // What comes late over a stream that was opened long ago was read now.
  memory.used = clock.monotonic();
  memory.label = joinLabels(memory.label, label({ kind: "tool", id: tool }));
}

/** What a request reads from. */
export const readBy = ({ server }: Session, { action }: Request): string => action.tool ?? server;
