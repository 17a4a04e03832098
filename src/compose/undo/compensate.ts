import { agentDefaults, type Config } from "../../config/index.ts";
import { deny, permit } from "../../core/decision.ts";
import { isObject, type Json } from "../../core/json.ts";
import type { AuditLayer, Clock, Layers, PermissionLayer } from "../../core/layers.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { Principal, Request } from "../../core/request.ts";
import { type HostConfig, type Own, type Pins, type SettledPermission, serverOf } from "../../permission/index.ts";
import { doubtOf, type Performed, type Ready, type Step, seeing } from "../../sandbox/rollback/index.ts";
import { readyCall } from "../../surfaces/mcp-gateway/call-tool.ts";
import { type McpGatewayOptions, mcpGateway } from "../../surfaces/mcp-gateway/gateway.ts";
import { type Composed, composePermission } from "../layers.ts";
import { onlyThis, ROLLBACK } from "../own-call.ts";
import { settling } from "../records/settling.ts";
import { readySending, refusedIn, sendThrough, unseen } from "./compensate-http.ts";

export interface CompensationParts {
  readonly clock: Clock;
  readonly pins: Pins;
  readonly own: Own;
  /** Every address of a name, by the name servers that the configuration names. */
  readonly resolve: (name: string) => Promise<readonly string[]>;
  /** The log of requests, with all who want to know how one ends. */
  readonly audit: () => AuditLayer;
  readonly current: () => Composed & { readonly servers: McpGatewayOptions };
}

/** How a compensation is performed: as a call of a tool, through `guard`, with a record of its own. */
export function readyOf(parts: CompensationParts): Ready {
  return async (task, step, id, signal) => {
    const { call, args, timeout, http } = step.undo;
    const { owner } = task;
    // Under the name of the agent whose effect it is, and with no key: nothing that an agent holds opens this way.
    const principal: Principal = {
      agent: owner.agent,
      ...(owner.user === undefined ? {} : { user: owner.user }),
      ...(owner.session === undefined ? {} : { session: owner.session }),
      capability: `${ROLLBACK}:${task.id}`,
    };
    const { servers, config, label, layers } = parts.current();
    let outcome: Outcome | undefined;
    let result: Json | undefined;
    let erred = false;
    const audit = settling(parts.audit(), (request, ended) => {
      if (request.id === id) outcome = ended;
    });
    const { clock, pins, own } = parts;
    const judging = (undoing: Config): SettledPermission => composePermission(undoing, { clock, uncounted: true, pins, own }).permission;
    if (http !== undefined) {
      const sending = await readySending({ config, step, principal, id, surface: ROLLBACK, clock, resolve: parts.resolve });
      if ("refused" in sending) return sending;
      const permission = registered(judging(undoConfig(config, owner.agent, [], sending.hosts)), sending.request, step);
      return { over: () => {}, perform: () => sendThrough({ ...layers, audit, permission }, sending, step, signal, timeout) };
    }
    const server = serverOf(call);
    const expected = { id, action: { type: "tool.call", tool: call, args } } as const;
    const guarded: Layers = {
      ...layers,
      audit,
      permission: registered(judging(undoConfig(config, owner.agent, [call], [])), expected, step),
      sandbox: seeing(layers.sandbox, (request) => {
        if (request.id !== id) return undefined;
        return (part) => {
          if (part.type === "value" && part.channel === "result") result = part.value;
          if (part.type === "value" && part.channel === "error") erred = true;
          return undefined;
        };
      }),
    };
    const gateway = mcpGateway({ ...servers, layers: guarded, surface: ROLLBACK });
    const ownCall = {
      server,
      name: call.slice(server.length + 1),
      args,
      principal,
      label: label({ kind: "tool", id: step.tool }),
      id,
      parent: step.request,
    };
    const ready = await readyCall(gateway, ownCall, signal);
    if ("refused" in ready) return ready;
    return {
      over: ready.over,
      async perform() {
        await ready.call().catch(() => {}); // it could not be recorded; then there is no outcome
        return endOf(outcome, result, erred, signal.aborted ? timeout : undefined);
      },
    };
  };
}

/** What became of a compensation, from what the records say. */
function endOf(outcome: Outcome | undefined, result: Json | undefined, erred: boolean, late: number | undefined): Performed {
  if (outcome === undefined) return { state: "refused", why: "it could not be recorded, so nothing was done" };
  const refused = refusedIn(outcome);
  if (refused !== undefined) return refused;
  if (outcome.status === "failed") return { state: "unknown", why: unseen(outcome.code, late) };
  if (erred) return { state: "failed", why: "the server answered with an error" };
  const doubt = doubtOf(result);
  if (doubt === undefined) return { state: "done" };
  // Only what the tool itself calls a failure is one.
  return { state: result !== undefined && isObject(result) && result["isError"] === true ? "failed" : "unknown", why: doubt };
}

/**
 * What a compensation is judged by: the operator's rules, pins, detectors and people, as they are now. Not by the agent's role, limits,
 * pause or past, which say what the agent may begin: this was begun, and the operator wrote down how it is undone.
 */
function undoConfig(config: Config, agent: string, write: string[], hosts: readonly HostConfig[]): Config {
  return {
    ...config,
    roles: { ...config.roles, [ROLLBACK]: { read: [], write, deny: [] } },
    agents: { [agent]: agentDefaults(ROLLBACK, hosts as Config["agents"][string]["egress"]) },
    // Where its arguments come from is what the configuration says; that they come from results is the point.
    flow: { ...config.flow, mode: "monitor", rule_of_two: "off" },
    tests: [],
  };
}

/** INVARIANT: nothing is done on this way but what the journal holds for this step, to the letter. */
export const registered = (inner: PermissionLayer, expected: Pick<Request, "id" | "action">, step: Step): PermissionLayer =>
  onlyThis(inner, expected, {
    ours: permit({ id: "rollback/registered", text: `undoes \`${step.tool}\` (${step.request}), as the configuration says` }),
    other: deny({ id: "rollback/registered", text: "this is not what was written down to undo the step" }),
  });
