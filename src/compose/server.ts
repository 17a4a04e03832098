import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { openKeys } from "../audit/keys.ts";
import { type AuditLog, openLog } from "../audit/log.ts";
import { type Config, type Fault, type Loaded, watchConfig } from "../config/index.ts";
import { HoldfastError } from "../core/errors.ts";
import { JSON_LIMITS, type JsonLimits } from "../core/json.ts";
import type { Layers } from "../core/layers.ts";
import { checkPolicy, createRates } from "../permission/index.ts";
import { openFileLog } from "../stores/file.ts";
import { openSqliteStore } from "../stores/sqlite.ts";
import { type Api, apiApp, loginRoute, newOperatorToken, operatorAccess, TOKEN_FILE } from "../surfaces/api/index.ts";
import type { Running, StartOptions } from "../surfaces/cli/wiring.ts";
import { consoleApp } from "../surfaces/console/index.ts";
import { adminRoutes } from "../surfaces/http/admin.ts";
import { checkBind, namesFor, parseListen } from "../surfaces/http/bind.ts";
import { readBody } from "../surfaces/http/body.ts";
import { PROBLEM } from "../surfaces/http/refusal.ts";
import type { Route } from "../surfaces/http/routes.ts";
import { type ServeOptions, SERVER_LIMITS, serve } from "../surfaces/http/serve.ts";
import { requestId } from "../surfaces/http/trace.ts";
import { VERSION } from "../surfaces/cli/version.ts";
import { createLog } from "../telemetry/log.ts";
import { createTelemetry } from "../telemetry/metrics.ts";
import { createKeys } from "../vault/keys.ts";
import { createSessions } from "../vault/sessions.ts";
import { type Generation, makeGeneration } from "./generation.ts";
import { historyOf, recordedBy } from "./history.ts";
import { systemClock as clock, systemRandom as random } from "./platform.ts";
import { sampler } from "./sample.ts";
import { tallyOf } from "./tally.ts";

type Good = Extract<Loaded, { ok: true }>;

export interface Place {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => Promise<string>;
  /** Where keys, log and store lie. */
  readonly folder: string;
  /** The configuration file, absolute. */
  readonly path: string;
  /** What `vite build` wrote. */
  readonly dist: string;
}

const DRAIN_MS = 10_000;

/** Starts everything a configuration describes. Rejects with a HoldfastError when an address is taken or the store is not what it was. */
export async function startServer(loaded: Good, options: StartOptions, place: Place): Promise<Running> {
  const { config } = loaded;
  const { folder } = place;
  const listen = parseListen(options.listen ?? config.server.listen);
  const adminListen = parseListen(config.server.admin);
  checkBind(adminListen, "server.admin", 0);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const closing: (() => Promise<void> | void)[] = [];
  try {
    const store = openSqliteStore(join(folder, "holdfast.db"));
    closing.push(() => store.close());
    const keys = createKeys({ documents: store, clock, random });
    checkBind(listen, "server.listen", (await keys.list()).length);
    const audit = await openAudit(folder);
    closing.push(() => audit.shut());
    const since = clock.now();
    const log = createLog({ level: "warn" });
    const metrics = createTelemetry({ auditSize: () => audit.size, auditHealthy: () => audit.healthy });
    const tally = tallyOf(audit);
    const json = jsonLimits(config);
    const lasting = { audit, clock, rates: createRates(), log, metrics, scopeOf: keys.modelsOf };
    let current = makeGeneration(config, lasting, json);
    closing.push(() => current.gateway.close());

    const sessions = createSessions({ clock, random });
    const token = newOperatorToken(random);
    await rm(join(folder, TOKEN_FILE), { force: true });
    await writeFile(join(folder, TOKEN_FILE), `${token}\n`, { mode: 0o600, flag: "wx" });

    const names = namesFor(listen, config.server.hosts);
    let url = "";
    const history = historyOf(recordedBy(audit));
    const api = apiApp({
      layers: following(() => current.layers),
      label: (source) => current.label(source),
      limits: json,
      longestText: config.input.length,
      newId: requestId,
      keys,
      operator: operatorAccess(sessions, token),
      history,
      status: async () => {
        const checkpoint = await audit.checkpoint();
        return {
          version: VERSION,
          mode: modes(current.config),
          agents: Object.keys(current.config.agents).length,
          audit: {
            size: audit.size,
            healthy: audit.healthy,
            root: Buffer.from(checkpoint.root, "latin1").toString("base64"),
            checkpoint: checkpoint.note,
            vkey: audit.vkey,
          },
          since: new Date(since).toISOString(),
          counts: tally.counts(),
          base_url: url,
          models: [...(await current.gateway.catalogue.list())],
        };
      },
      sample: (task) => sampler({ keys, clock, url: () => url, agent: () => sampleAgent(current.config) })(task),
      get baseUrl() {
        return url;
      },
      version: VERSION,
    });
    closing.push(() => api.shut());

    const console_ = consoleApp({ dist: place.dist, sessions, knowsHost: (host) => knows(names(portOf(url)).hosts, host), now: clock.now });
    const apiListener = getRequestListener(api.app.fetch, { overrideGlobalObjects: false });
    const consoleListener = getRequestListener(console_.fetch, { overrideGlobalObjects: false });
    const shared: Omit<ServeOptions, "surface" | "routes" | "names" | "fallback"> = {
      keys,
      clock,
      log,
      metrics,
      limits: { ...SERVER_LIMITS, headerBytes: config.server.header_limit },
    };
    const server = serve({
      ...shared,
      surface: "http",
      routes: [...gatewayRoutes(current, () => current), decideRoute(api, json)],
      names: (port) => ({ hosts: names(port).hosts, origins: [...names(port).origins, ...config.server.origins] }),
      fallback: (request, response, { path }) => void (isApi(path) ? apiListener : consoleListener)(request, response),
    });
    const mintLogin = (): string => `${url}/login#${sessions.mint({ name: "operator" })}`;
    const admin = serve({
      ...shared,
      surface: "admin",
      routes: [
        ...adminRoutes({ guarantees: () => guarantees(audit), metrics: metrics.exposition }),
        loginRoute(token, mintLogin),
      ],
      names: namesFor(adminListen),
    });
    const address = await server.listen(listen.host, listen.port);
    closing.push(() => server.drain(DRAIN_MS));
    url = `http://${hostIn(listen.host)}:${address.port}`;
    const adminAddress = await admin.listen(adminListen.host, adminListen.port);
    closing.push(() => admin.drain(0));

    const key = await firstKey(keys, config);
    if (key !== undefined) await audit.system("key-minted", { agent: key.agent });
    await audit.system("configuration-loaded", { digest: loaded.digest });
    const stopWatching = watchConfig({
      env: place.env,
      readFile: place.readFile,
      path: place.path,
      digest: loaded.digest,
      clock,
      check: (changed) => [...checkPolicy(changed), ...fixed(config, changed)],
      swap: (good) => {
        const before = current;
        current = makeGeneration(good.config, lasting, json);
        void before.gateway.close().catch(() => {});
        void audit.system("configuration-loaded", { digest: good.digest }).catch(() => {});
        options.reloaded([]);
      },
      refused: (faults: readonly Fault[]) => {
        void audit.system("configuration-refused", { faults: faults.length }).catch(() => {});
        options.reloaded(faults);
      },
    });
    closing.push(stopWatching);
    return {
      url,
      admin: `http://${hostIn(adminListen.host)}:${adminAddress.port}`,
      login: mintLogin(),
      ...(key === undefined ? {} : { key }),
      shut: () => closeAll(closing),
    };
  } catch (error) {
    await closeAll(closing).catch(() => {});
    throw error;
  }
}

async function openAudit(folder: string): Promise<AuditLog> {
  const { signer, masking } = await openKeys(folder);
  return openLog({ store: await openFileLog(join(folder, "audit")), clock, signer, masking });
}

/** The last opened is closed first; one that fails to close does not keep the others open. */
async function closeAll(closing: (() => Promise<void> | void)[]): Promise<void> {
  const failed: unknown[] = [];
  for (const close of closing.splice(0).reverse()) {
    try {
      await close();
    } catch (error) {
      failed.push(error);
    }
  }
  if (failed.length > 0) throw new HoldfastError("unavailable", "not everything could be closed in order", { cause: failed[0] });
}

/** Layers that are always those of the newest configuration, for surfaces that outlive one. */
function following(current: () => Layers): Layers {
  return {
    audit: { open: (request) => current().audit.open(request) },
    input: { inspect: (request, signal) => current().input.inspect(request, signal) },
    permission: { decide: (request, inspection) => current().permission.decide(request, inspection) },
    oversight: { resolve: (request, decision, signal) => current().oversight.resolve(request, decision, signal) },
    sandbox: { execute: (request, decision, perform, signal) => current().sandbox.execute(request, decision, perform, signal) },
    output: { open: (request, decision, inspection) => current().output.open(request, decision, inspection) },
    clock,
    get deadlines() {
      return current().deadlines;
    },
  };
}

/** The gateway's routes, each handing its request to the generation that is in force when it arrives. */
function gatewayRoutes(first: Generation, current: () => Generation): readonly Route[] {
  return first.gateway.routes.map((route, index): Route => {
    if (route.access.needs !== "key") return route;
    return {
      ...route,
      access: {
        needs: "key",
        run: (exchange, principal) => {
          const now = current().gateway.routes[index];
          if (now?.path !== route.path || now.access.needs !== "key") throw new HoldfastError("internal", "the gateway's routes changed");
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
      async run({ id, request, response, signal, traceparent }, principal) {
        const bytes = await readBody(request, response, limits.bytes);
        const { status, type, body, headers } = await api.decideHttp(bytes, principal, signal, traceparent === undefined ? undefined : new Headers({ traceparent }));
        response.writeHead(status, { "x-request-id": id, "content-type": type, "content-length": Buffer.byteLength(body), "cache-control": "no-store", ...headers });
        response.end(body);
      },
    },
  };
}

const isApi = (path: string): boolean => path.startsWith("/api/") || path.startsWith("/access/") || path.startsWith("/.well-known/");
const hostIn = (host: string): string => (host.includes(":") ? `[${host}]` : host);
const portOf = (url: string): number => Number(new URL(url === "" ? "http://x:0" : url).port);
const knows = (hosts: readonly string[], host: string): boolean => hosts.includes(host.replace(/:\d{1,5}$/, "").toLowerCase());

function jsonLimits({ server, input }: Config): JsonLimits {
  return { ...JSON_LIMITS, bytes: server.body_limit, string: Math.max(JSON_LIMITS.string, input.length) };
}

/** A key for the first configured agent, made on the very first start. */
async function firstKey(keys: ReturnType<typeof createKeys>, { agents }: Config): Promise<Running["key"]> {
  const [agent] = Object.keys(agents);
  if (agent === undefined || (await keys.list()).length > 0) return undefined;
  return { text: (await keys.mint({ agent })).text, agent };
}

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

/** What a running server cannot change: it would have to let go of its address or its data. */
function fixed(before: Config, after: Config) {
  return (["server", "storage"] as const)
    .filter((section) => JSON.stringify(before[section]) !== JSON.stringify(after[section]))
    .map((section) => ({ path: [section], at: "key" as const, message: `a change of \`${section}\` needs a restart` }));
}
