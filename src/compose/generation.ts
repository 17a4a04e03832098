import { randomBytes } from "node:crypto";
import { anthropicMessages, openaiChat, openaiResponses } from "../codecs/index.ts";
import type { Config, ModelConfig } from "../config/index.ts";
import type { JsonLimits } from "../core/json.ts";
import type { AuditLayer, Clock, OversightLayer } from "../core/layers.ts";
import type { Pseudonyms } from "../output/index.ts";
import {
  type Autonomy,
  type Breakers,
  type Chains,
  type Conversations,
  type Familiar,
  type HandedOn,
  type Histories,
  type Ledger,
  mayUseModel,
  mayUseTool,
  type Own,
  type Pins,
  type Rates,
  type Repeats,
  type Traffic,
} from "../permission/index.ts";
import type { Recordings } from "../sandbox/recordings.ts";
import type { Watch } from "../sandbox/rollback/index.ts";
import { UPSTREAM_LIMITS } from "../surfaces/http/outgoing.ts";
import type { Route } from "../surfaces/http/routes.ts";
import { createGateway, type GatewayOptions, type LlmGateway } from "../surfaces/llm-gateway/gateway.ts";
import { httpUpstream } from "../surfaces/llm-gateway/http-upstream.ts";
import { markingFor } from "../surfaces/llm-gateway/marking.ts";
import { practiceUpstream } from "../surfaces/llm-gateway/practice/index.ts";
import type { Upstream } from "../surfaces/llm-gateway/upstream.ts";
import { type McpGatewayOptions, mcpGateway } from "../surfaces/mcp-gateway/gateway.ts";
import { mcpRoutes } from "../surfaces/mcp-gateway/routes.ts";
import type { Log } from "../telemetry/log.ts";
import type { Telemetry } from "../telemetry/metrics.ts";
import { matchesScope } from "../vault/scope.ts";
import { type Composed, composeLayers } from "./layers.ts";
import { askModel } from "./texts/ask-model.ts";
import { canaryOf } from "./texts/canary.ts";
import type { McpServers } from "./tools/mcp.ts";
import { watched } from "./undo/rollback.ts";

/** Everything that one version of the configuration makes. A reload makes another and leaves this one to the requests that began with it. */
export interface Generation extends Composed {
  readonly gateway: LlmGateway;
  /** What the MCP gateway is made of, for calls of our own. */
  readonly servers: McpGatewayOptions;
  /** Of both gateways. Every generation has the same ones, in the same order. */
  readonly routes: readonly Route[];
}

export interface Lasting {
  readonly audit: AuditLayer;
  readonly clock: Clock;
  readonly rates: Rates;
  readonly ledger: Ledger;
  readonly handedOn: HandedOn;
  readonly histories: Histories;
  readonly conversations: Conversations;
  readonly familiar?: Familiar;
  readonly repeats: Repeats;
  readonly pseudonyms: Pseudonyms;
  readonly breakers: Breakers;
  readonly chains: Chains;
  readonly recordings: Recordings;
  readonly isWritable: () => boolean;
  readonly traffic: Traffic;
  readonly isPaused: (agent: string) => boolean;
  readonly autonomy: Autonomy;
  readonly own: Own;
  readonly log: Log;
  readonly metrics: Telemetry;
  readonly pins: Pins;
  readonly oversight: OversightLayer;
  readonly mcp: McpServers;
  /** Writes down what can be undone. Without it nothing can. */
  readonly watch?: Watch;
  /** Where a person answers the question of this ticket. */
  readonly approvalUrl: McpGatewayOptions["approvalUrl"];
  /** Whether a person is asked about a request now, and its client waits. */
  readonly holds?: (request: string) => boolean;
  /** Waits for the answer to the question of a ticket. Without it no call waits for people. */
  readonly answered?: McpGatewayOptions["answered"];
  /** What people may be asked in the agent's own client. Without it nobody is. */
  readonly inChat?: McpGatewayOptions["inChat"];
  /** What the configuration in force makes. */
  readonly newest: () => Generation;
  /** Writes down what was seen of a server's tools. */
  readonly news: McpGatewayOptions["news"];
  /** The models that a key was made for, where it was made for some only. */
  readonly scopeOf: (key: string) => readonly string[] | undefined;
}

export function makeGeneration(config: Config, lasting: Lasting, json: JsonLimits): Generation {
  const { audit, clock, log, metrics, scopeOf, pins, mcp, news } = lasting;
  // Whole: a counter that is not handed on would begin anew with each reload.
  const upstreams = Object.entries(config.models).map(([id, model]) => upstreamOf(id, model, lasting));
  const made = composeLayers(config, audit, { ...lasting, askModel: (model) => askModel(model, upstreams), servers: () => servers });
  const composed: Composed = lasting.watch === undefined ? made : { ...made, layers: watched(made, lasting.watch) };
  const gateway = createGateway({
    layers: composed.layers,
    label: composed.label,
    upstreams,
    codecs: { openai: openaiChat, responses: openaiResponses, anthropic: anthropicMessages },
    mayUseModel: ({ agent, capability }, model) => {
      const scope = capability === undefined ? undefined : scopeOf(capability);
      return mayUseModel(composed.policy, agent, model) && (scope === undefined || matchesScope(scope, model));
    },
    toolName: composed.policy.tools.id,
    conversations: config.flow.conversations === "key" ? undefined : conversationsOf(lasting, config.flow.session),
    veils: composed.veils,
    staysInside: (tool) => {
      const { egress, derived } = composed.policy.tools.facts(tool);
      return !egress && !derived.includes("egress");
    },
    chainOf: lasting.chains.markOf,
    ...(lasting.holds === undefined ? {} : { holds: lasting.holds }),
    clock,
    log,
    metrics,
    limits: { json },
    soft: config.server.soft,
    dropReasoning: config.output.reasoning === "drop",
    marking: markingOf(config, composed.label),
  });
  const servers: McpGatewayOptions = {
    layers: composed.layers,
    upstreams: mcp.of(config),
    sessions: mcp.sessions,
    seal: mcp.seal,
    tasks: mcp.tasks,
    ...(lasting.answered === undefined ? {} : { answered: lasting.answered }),
    ...(lasting.holds === undefined ? {} : { holds: lasting.holds }),
    ...(lasting.inChat === undefined ? {} : { inChat: lasting.inChat }),
    newest: () => lasting.newest().servers,
    pins,
    news,
    handles: composed.policy.tools.handles,
    resultFault: composed.results.fault,
    mayUseTool: ({ agent }, tool, action) => mayUseTool(composed.policy, agent, tool, action),
    label: composed.label,
    approvalUrl: lasting.approvalUrl,
    chainOf: lasting.chains.markOf,
    clock,
    log,
    metrics,
    limits: { json },
  };
  return { ...composed, gateway, servers, routes: [...gateway.routes, ...mcpRoutes(mcpGateway(servers))] };
}

function conversationsOf({ conversations, clock }: Lasting, idle: number): NonNullable<GatewayOptions["conversations"]> {
  return {
    turn(principal, contents, said) {
      const turn = conversations.turn(principal, contents, said, clock.monotonic(), idle);
      return {
        ...turn,
        answering(echoes) {
          const done = conversations.answering(principal, turn.id, echoes, idle);
          return () => done(clock.monotonic());
        },
      };
    },
  };
}

/** What a request gets on its way: how its agent or its upstream wants untrusted text marked, and the marker of its system prompt. */
function markingOf({ models, agents, output }: Config, label: Composed["label"]): NonNullable<GatewayOptions["marking"]> {
  return (request, upstream) => {
    const wanted = agents[request.principal.agent]?.spotlight ?? models[upstream]?.spotlight ?? "none";
    const canary = output.canary ? canaryOf(request) : undefined;
    return markingFor(request, {
      label,
      random: (bytes) => randomBytes(bytes).toString("hex"),
      ...(wanted === "none" ? {} : { spotlight: wanted }),
      ...(canary === undefined ? {} : { canary }),
    });
  };
}

const DEFAULT_BASE: { readonly [provider in ModelConfig["provider"]]?: string } = {
  openai: "https://api.openai.com/v1",
  anthropic: "https://api.anthropic.com/v1",
  ollama: "http://127.0.0.1:11434/v1",
};

function upstreamOf(id: string, { provider, base_url, credential, models, timeout }: ModelConfig, { clock, metrics }: Lasting): Upstream {
  if (provider === "practice") return practiceUpstream({ id, clock });
  return httpUpstream({
    id,
    kind: provider === "anthropic" ? "anthropic" : "openai",
    baseUrl: versioned(base_url ?? DEFAULT_BASE[provider] ?? "", provider),
    ...(credential === undefined ? {} : { credential: () => credential.reveal() }),
    ...(models === undefined ? {} : { models }),
    limits: { ...UPSTREAM_LIMITS, headersTimeout: timeout, idleTimeout: timeout },
    clock,
    took: (seconds) => metrics.upstream(id, seconds),
  });
}

/** People write the address of Anthropic and Ollama without the version path, and of OpenAI with it. */
function versioned(base: string, provider: ModelConfig["provider"]): string {
  const { pathname } = new URL(base);
  return provider !== "openai" && pathname === "/" ? `${base.replace(/\/$/, "")}/v1` : base;
}
