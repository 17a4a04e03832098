import type { Source } from "../../core/content.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { JSON_LIMITS, type JsonLimits } from "../../core/json.ts";
import type { Label } from "../../core/label.ts";
import type { Clock, Layers } from "../../core/layers.ts";
import type { Principal } from "../../core/request.ts";
import type { Holds } from "../held.ts";
import type { Log, Metrics } from "../http/observe.ts";
import type { InChat } from "./in-chat.ts";
import type { Seal } from "./seal.ts";
import type { Sessions } from "./sessions.ts";
import type { Tasks } from "./tasks/table.ts";
import type { McpUpstream } from "./upstream.ts";

/** The pinned definitions, as this surface needs them (`src/permission/pins.ts`). */
export interface PinnedTools {
  compare(
    server: string,
    tools: readonly { readonly name: string; readonly whole: JsonObject; readonly suspicion?: string }[],
  ): Promise<readonly { readonly tool: string; readonly digest: string; readonly why?: string; readonly news?: "pinned" | "held" | "accepted" }[]>;
  of(tool: string): object | undefined;
}

export interface McpGatewayOptions {
  readonly layers: Layers;
  readonly upstreams: readonly McpUpstream[];
  readonly sessions: Sessions;
  readonly pins: PinnedTools;
  readonly seal: Seal;
  /** Writes down that a tool was pinned or is held back. */
  readonly news: (
    what: "tool-pinned" | "tool-held" | "tool-accepted",
    facts: { readonly tool: string; readonly digest: string; readonly why?: string },
  ) => void;
  /** What an agent sees in lists: tools, and (`resource.read`) what else a server has. What it may do is decided by the permission layer. */
  readonly mayUseTool: (principal: Principal, tool: string, action?: "tool.call" | "resource.read") => boolean;
  /** True where the agent gets handles in place of what a tool's results say. */
  readonly handles: (tool: string) => boolean;
  /** What is wrong with a structured result by what the tool's server declared of it, and whether it must not be handed on. */
  readonly resultFault: (tool: string, declared: JsonObject, value: Json) => { readonly text: string; readonly enforce: boolean } | undefined;
  readonly label: (source: Source) => Label;
  /** Where a person answers the question of this ticket; undefined where there is no console. */
  readonly approvalUrl: (ticket: string) => string | undefined;
  /** What people may be asked in the agent's own client. Without it nobody is. */
  readonly inChat?: InChat;
  /** The calls that go on after the exchange that asked for them. */
  readonly tasks: Tasks;
  /**
   * Resolves when the question of this ticket is not open any more, with whether it was answered. Calls `asked` with what people want to know
   * first, also when that is settled. Without it nobody waits for people.
   */
  readonly answered?: (ticket: string, signal: AbortSignal, asked?: (inquiry: string | undefined) => void) => Promise<"answered" | "over">;
  /** Whether a person is asked about a request now, and its client waits. */
  readonly holds?: Holds;
  /** The gateway of the configuration that is in force when it is asked. */
  readonly newest?: () => McpGatewayOptions;
  /** What the agent that this request calls shows with what it does for it; undefined where it calls none. */
  readonly chainOf?: (request: string) => string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly limits?: { readonly json: JsonLimits };
  /** The name of this surface in records and metrics. */
  readonly surface?: string;
}

/** What every operation of the gateway has at hand. */
export type McpGateway = Required<Omit<McpGatewayOptions, "answered" | "newest" | "inChat">> &
  Pick<McpGatewayOptions, "answered" | "newest" | "inChat"> & { readonly upstream: (id: string) => McpUpstream | undefined };

export function mcpGateway(options: McpGatewayOptions): McpGateway {
  const byId = new Map(options.upstreams.map((upstream) => [upstream.id, upstream]));
  return { limits: { json: JSON_LIMITS }, surface: SURFACE, chainOf: () => undefined, holds: () => false, ...options, upstream: (id) => byId.get(id) };
}

/** What it is called where nothing else is said. */
const SURFACE = "mcp-gateway";
