import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { indexDecisions } from "../audit/decision-index.ts";
import type { AuditLog } from "../audit/log.ts";
import type { Config } from "../config/index.ts";
import { HoldfastError } from "../core/errors.ts";
import { JSON_LIMITS, type JsonLimits } from "../core/json.ts";
import type { Clock, Layers } from "../core/layers.ts";
import { LOCAL_OPERATOR } from "../core/local-operator.ts";
import {
  type Agents,
  type Api,
  type Approvals,
  apiApp,
  type IncidentCalls,
  knownSessions,
  loginRoute,
  type Operators,
  operatorAccess,
  type PasskeyCalls,
  type Policies,
  proofRoute,
  type RollbackCalls,
  type Settings,
  type StepUp,
} from "../surfaces/api/index.ts";
import { VERSION } from "../surfaces/cli/version.ts";
import { consoleApp } from "../surfaces/console/index.ts";
import { adminRoutes } from "../surfaces/http/admin.ts";
import { readBody } from "../surfaces/http/body.ts";
import { PROBLEM } from "../surfaces/http/refusal.ts";
import type { Route } from "../surfaces/http/routes.ts";
import { CHAIN_HEADER, requestId } from "../surfaces/http/trace.ts";
import type { Telemetry } from "../telemetry/metrics.ts";
import type { Keys } from "../vault/keys.ts";
import type { Sessions } from "../vault/sessions.ts";
import type { Generation } from "./generation.ts";
import { historyOf } from "./records/history.ts";
import type { Tally } from "./records/tally.ts";
import { sampler } from "./sample.ts";

export interface SurfaceParts {
  readonly current: () => Generation;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly chainOf: (request: string) => string | undefined;
  readonly agents: Agents;
  readonly incidents: IncidentCalls;
  readonly policies: Policies;
  readonly rollbacks: RollbackCalls;
  readonly stepUp: StepUp;
  readonly passkeys: PasskeyCalls;
  readonly settings: Settings;
  readonly sessions: Sessions;
  readonly operators: Operators;
  readonly approvals: Approvals;
  readonly metrics: Telemetry;
  readonly tally: Tally;
  /** Where clients reach the server, once it listens. */
  readonly url: () => string;
  readonly knowsHost: (host: string) => boolean;
  /** What `vite build` wrote. */
  readonly dist: string;
  /** What people call the provider that they may sign in at. */
  readonly signIn?: string;
}

/** Everything that can be asked of a running Holdfast, as data: tests walk all of it. */
export interface Surfaces {
  /** On the public address, without a framework. */
  readonly routes: readonly Route[];
  readonly api: Api;
  readonly console: Hono;
  readonly admin: readonly Route[];
  /** Takes what `routes` do not: the API, then the console. */
  readonly fallback: (request: IncomingMessage, response: ServerResponse, path: string) => void;
  /** A fresh one-time login URL. */
  readonly login: () => string;
}

export function composeSurfaces(parts: SurfaceParts): Surfaces {
  const { current, audit, clock, keys, sessions, metrics, tally, url } = parts;
  const { config } = current();
  const limits = jsonLimits(config);
  const known = knownSessions(sessions, parts.operators);
  const since = new Date(clock.now()).toISOString();
  const api = apiApp({
    layers: following(() => current().layers),
    label: (source) => current().label(source),
    limits,
    longestText: config.input.length,
    newId: requestId,
    keys,
    chainOf: parts.chainOf,
    operator: operatorAccess(known, parts.operators),
    approvals: parts.approvals,
    agents: parts.agents,
    incidents: parts.incidents,
    policies: parts.policies,
    rollbacks: parts.rollbacks,
    stepUp: parts.stepUp,
    passkeys: parts.passkeys,
    settings: parts.settings,
    history: historyOf({ ...audit, index: indexDecisions(audit.source), now: clock.now }),
    async status() {
      const checkpoint = await audit.checkpoint();
      return {
        version: VERSION,
        mode: modes(current().config),
        agents: Object.keys(current().config.agents).length,
        audit: {
          size: audit.size,
          healthy: audit.healthy,
          root: Buffer.from(checkpoint.root, "latin1").toString("base64"),
          checkpoint: checkpoint.note,
          vkey: audit.vkey,
        },
        since,
        counts: {
          ...tally.counts(),
          waiting: parts.approvals.waiting(),
          incidents: parts.incidents.list().filter(({ state }) => state === "open").length,
          paused: parts.agents.list().agents.filter(({ paused }) => paused !== undefined).length,
        },
        base_url: url(),
        models: [...(await current().gateway.catalogue.list())],
      };
    },
    sample: sampler({ keys, clock, url, agent: () => sampleAgent(current().config) }),
    get baseUrl() {
      return url();
    },
    version: VERSION,
  });
  const { dist, knowsHost, signIn } = parts;
  const console = consoleApp({ dist, sessions: known, knowsHost, now: clock.now, ...(signIn === undefined ? {} : { signIn }) });
  const [toApi, toConsole] = [api.app, console].map((app) => getRequestListener(app.fetch, { overrideGlobalObjects: false })) as [Listener, Listener];
  const proof = proofRoute(parts.operators);
  const login = ({ name } = { name: LOCAL_OPERATOR }): string => `${url()}/login#${sessions.mint({ name })}`;
  return {
    routes: [...gatewayRoutes(current), decideRoute(api, limits), proof],
    api,
    console,
    admin: [...adminRoutes({ guarantees: () => guarantees(audit), metrics: metrics.exposition }), loginRoute(parts.operators, login), proof],
    fallback: (request, response, path) => void (isApi(path) ? toApi : toConsole)(request, response),
    login,
  };
}

type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** How much of a body is read; a text that the input layer accepts must fit in it. */
export function jsonLimits({ server, input }: Config): JsonLimits {
  return { ...JSON_LIMITS, bytes: server.body_limit, string: Math.max(JSON_LIMITS.string, input.length) };
}

/** Layers that are always those of the newest configuration, for a surface that outlives one. */
function following(current: () => Layers): Layers {
  return {
    audit: { open: (request) => current().audit.open(request) },
    input: { inspect: (request, signal) => current().input.inspect(request, signal) },
    permission: { decide: (request, inspection) => current().permission.decide(request, inspection) },
    oversight: { resolve: (request, decision, signal) => current().oversight.resolve(request, decision, signal) },
    sandbox: { execute: (request, decision, perform, signal) => current().sandbox.execute(request, decision, perform, signal) },
    output: { open: (request, decision, inspection) => current().output.open(request, decision, inspection) },
    get clock() {
      return current().clock;
    },
    get deadlines() {
      return current().deadlines;
    },
  };
}

/** The gateways' routes; each hands its request to the generation in force when it arrives, which then sees it through to the end. */
function gatewayRoutes(current: () => Generation): readonly Route[] {
  return current().routes.map((route, index): Route => {
    if (route.access.needs !== "key") return route;
    return {
      ...route,
      access: {
        ...route.access,
        run(exchange, principal) {
          const now = current().routes[index];
          if (now?.path !== route.path || now.access.needs !== "key") throw new HoldfastError("internal", "the gateways' routes changed");
          return now.access.run(exchange, principal);
        },
      },
    };
  });
}

/** The decision API's hot path, without a framework in between. */
function decideRoute(api: Api, limits: JsonLimits): Route {
  return {
    method: "POST",
    path: "/api/v1/decide",
    wording: PROBLEM,
    guarded: true,
    access: {
      needs: "key",
      async run({ id, request, response, signal, traceparent, chain }, principal) {
        const bytes = await readBody(request, response, limits.bytes);
        const carried = new Headers();
        if (traceparent !== undefined) carried.set("traceparent", traceparent);
        if (chain !== undefined) carried.set(CHAIN_HEADER, chain);
        const { status, type, body, headers } = await api.decideHttp(bytes, principal, signal, carried);
        response.writeHead(status, {
          "x-request-id": id,
          "content-type": type,
          "content-length": Buffer.byteLength(body),
          "cache-control": "no-store",
          "x-content-type-options": "nosniff",
          ...headers,
        });
        response.end(body);
      },
    },
  };
}

const isApi = (path: string): boolean => path.startsWith("/api/") || path.startsWith("/access/") || path.startsWith("/.well-known/");

/** Who the console's sample runs as: the first agent that may use a practice model. */
function sampleAgent({ agents, models }: Config): { agent: string; model: string } | undefined {
  const practice = Object.keys(models).find((name) => models[name]?.provider === "practice");
  const agent = Object.keys(agents).find((name) => agents[name]?.models.some((pattern) => pattern === "*" || pattern.startsWith(`${practice}/`)));
  return practice === undefined || agent === undefined ? undefined : { agent, model: `${practice}/assistant` };
}

function modes({ rules }: Config): { enforce: number; monitor: number } {
  const enforce = rules.filter(({ mode }) => mode === "enforce").length;
  return { enforce, monitor: rules.length - enforce };
}

function guarantees(audit: AuditLog) {
  return [{ id: "recorded", holds: audit.healthy, text: "nothing is done that was not first recorded" }] as const;
}
