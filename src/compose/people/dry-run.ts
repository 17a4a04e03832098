import type { Config } from "../../config/index.ts";
import type { Counted, Uncounted } from "../../core/counted.ts";
import { deny, permit } from "../../core/decision.ts";
import { HoldfastError } from "../../core/errors.ts";
import { isArray, isObject, type Json, type JsonObject } from "../../core/json.ts";
import { labelOfAll } from "../../core/label.ts";
import type { AuditLayer, Clock, Layers } from "../../core/layers.ts";
import type { Outcome } from "../../core/outcome.ts";
import { valueFrom } from "../../core/pointer.ts";
import type { Principal, Request } from "../../core/request.ts";
import { within } from "../../core/within.ts";
import { unattended } from "../../oversight/index.ts";
import { type CountRecords, type Policy, type Problem, type SettledPermission, serverOf, toolsWith } from "../../permission/index.ts";
import { doubtOf, seeing } from "../../sandbox/rollback/index.ts";
import { requestId } from "../../surfaces/http/trace.ts";
import { readyCall } from "../../surfaces/mcp-gateway/call-tool.ts";
import { type McpGatewayOptions, mcpGateway } from "../../surfaces/mcp-gateway/gateway.ts";
import { DRY_RUN, onlyThis } from "../own-call.ts";
import { settling } from "../records/settling.ts";

export interface DryRunParts {
  readonly config: Config;
  readonly clock: Clock;
  /** The log of requests, with all who want to know how one ends. */
  readonly audit: AuditLayer;
  /** What dry runs are judged by: made when the first one is. */
  readonly judging: (config: Config) => { readonly policy: Policy; readonly permission: SettledPermission };
  readonly layers: () => Layers;
  readonly servers: () => McpGatewayOptions;
}

type Records = NonNullable<Config["tools"][string]["tools"][string]["records"]>;
type Found = { readonly records: number } | { readonly why: Uncounted };

/**
 * Counts what a call would change, by a call that reads: through `guard`, under the agent's name and rights, with a record of its own.
 * INVARIANT: nobody but whoever decides learns what it answered, and of that only a number.
 */
export function dryRuns(parts: DryRunParts): CountRecords {
  const { config, clock } = parts;
  let made: ReturnType<DryRunParts["judging"]> | undefined;
  return async (request, tool): Promise<Counted> => {
    const records = config.tools[serverOf(tool)]?.tools[tool.slice(serverOf(tool).length + 1)]?.records;
    const by = records !== undefined && "call" in records ? records.call : tool;
    const ended = (found: Found): Counted => ({ by, at: clock.now(), ...found });
    if (records === undefined) return ended({ why: "not-here" });
    const args = argumentsOf(records, request.action.args ?? {});
    if (args === undefined) return ended({ why: "arguments" });
    const stop = new AbortController();
    try {
      made ??= parts.judging(readingConfig(config));
      return ended(await within(clock, records.timeout, count(parts, made, { request, tool, records, by, args }, stop.signal)));
    } catch (error) {
      return ended({ why: error instanceof HoldfastError && error.code === "unavailable" ? "late" : "failed" });
    } finally {
      // What is late is not waited for.
      stop.abort(new HoldfastError("cancelled", "the dry run is over"));
    }
  };
}

/** INVARIANT: the layer is late, and so denies, before a count is: then nobody would be asked. */
export const checkDryRuns = ({ tools, deadlines }: Config): readonly Problem[] =>
  [...toolsWith(tools, "records")].flatMap(({ given: { timeout }, path }) =>
    timeout < deadlines.decide
      ? []
      : [{ path: [...path, "timeout"], message: "it must be shorter than `deadlines.decide`, within which the whole layer answers" }],
  );

interface One {
  readonly request: Request;
  readonly tool: string;
  readonly records: Records;
  readonly by: string;
  readonly args: JsonObject;
}

async function count(
  parts: DryRunParts,
  { policy, permission }: ReturnType<DryRunParts["judging"]>,
  { request, tool, records, by, args }: One,
  signal: AbortSignal,
): Promise<Found> {
  const id = requestId();
  const layers = parts.layers();
  let outcome: Outcome | undefined;
  let result: Json | undefined;
  const guarded: Layers = {
    ...layers,
    audit: settling(parts.audit, (of, how) => {
      permission.settle(of, how);
      if (of.id === id) outcome = how;
    }),
    permission: onlyThis(permission, { id, action: { type: "tool.call", tool: by, args } }, saidOf(tool)),
    // Nobody is asked whether somebody may be asked.
    oversight: unattended,
    sandbox: seeing(layers.sandbox, (of) => {
      if (of.id !== id) return undefined;
      return (part) => {
        if (part.type === "value" && part.channel === "result") result = part.value;
        return undefined;
      };
    }),
  };
  const server = serverOf(by);
  const ready = await readyCall(
    mcpGateway({ ...parts.servers(), layers: guarded, surface: DRY_RUN }),
    {
      server,
      name: by.slice(server.length + 1),
      args,
      principal: principalOf(request),
      label: labelOfAll(request.content),
      id,
      parent: request.id,
    },
    signal,
  );
  if ("refused" in ready) return { why: "unreachable" };
  try {
    // ATTACK: a server that ignores an argument which it does not know would do all of it.
    if ("dry_run" in records && !declares(policy.tools.definition(tool)?.inputSchema, Object.keys(records.dry_run))) return { why: "undeclared" };
    await ready.call().catch(() => {}); // it could not be recorded; then there is no outcome
  } finally {
    ready.over();
  }
  if (outcome?.status === "denied" || outcome?.status === "pending") return { why: "denied" };
  if (outcome?.status !== "done" || doubtOf(result) !== undefined) return { why: "failed" };
  return numberIn(valueFrom(records.count, {}, result));
}

/** What it is called with; undefined where an argument is not there to be taken. */
function argumentsOf(records: Records, asked: JsonObject): JsonObject | undefined {
  if ("dry_run" in records) return { ...asked, ...records.dry_run };
  if (records.args === undefined) return asked;
  const built: { [name: string]: Json } = {};
  for (const [name, from] of Object.entries(records.args)) {
    const value = valueFrom(from, asked, undefined);
    if (value === undefined) return undefined;
    built[name] = value;
  }
  return built;
}

function numberIn(value: Json | undefined): Found {
  const records = value !== undefined && isArray(value) ? value.length : value;
  return typeof records === "number" && Number.isSafeInteger(records) && records >= 0 ? { records } : { why: "unreadable" };
}

/** The agent, and no key of it: what is read here must not count as read in its own conversation. */
function principalOf({ principal: { agent, user } }: Request): Principal {
  return { agent, ...(user === undefined ? {} : { user }), capability: DRY_RUN };
}

const declares = (schema: Json | undefined, names: readonly string[]): boolean => {
  const known = schema !== undefined && isObject(schema) ? schema["properties"] : undefined;
  return known !== undefined && isObject(known) && names.every((name) => Object.hasOwn(known, name));
};

const saidOf = (tool: string) => ({
  ours: permit({ id: "records/dry-run", text: `counts what \`${tool}\` would change, as the configuration says` }),
  other: deny({ id: "records/dry-run", text: "this is not what the configuration says to count by" }),
});

/**
 * What dry runs are judged by: everything that the agent is judged by, but that a tool's own dry run reads, as the operator wrote, and that nothing is counted
 * for a count. What one read goes to no agent, so several together are no risk.
 */
function readingConfig(config: Config): Config {
  const tools = Object.entries(config.tools).map(([server, given]) => {
    const reading = Object.entries(given.tools).map(([tool, { records, ...rest }]) => [
      tool,
      records !== undefined && "dry_run" in records ? { ...rest, effect: "read" as const } : rest,
    ]);
    return [server, { ...given, tools: Object.fromEntries(reading) }];
  });
  return { ...config, tools: Object.fromEntries(tools), flow: { ...config.flow, rule_of_two: "off" }, tests: [] };
}
