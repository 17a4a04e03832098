import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openKeys } from "../audit/keys.ts";
import { openLog } from "../audit/log.ts";
import { type Loaded, watchConfig } from "../config/index.ts";
import { codeOf } from "../core/errors.ts";
import type { Request } from "../core/request.ts";
import { createPseudonyms } from "../output/index.ts";
import { openSpotChecks } from "../oversight/index.ts";
import { openSwitch } from "../oversight/switch.ts";
import {
  budgetsOf,
  changes,
  createBreakers,
  createHandedOn,
  createHistories,
  createLedger,
  createRates,
  createRepeats,
  createTraffic,
  openFamiliar,
  openPins,
  type Policy,
} from "../permission/index.ts";
import { keepRunner } from "../runner/keep.ts";
import { openFileLog } from "../stores/file.ts";
import { openSqliteStore } from "../stores/sqlite.ts";
import { ADDRESS_FILE, newOperatorToken, operatorsOf, TOKEN_FILE } from "../surfaces/api/index.ts";
import type { Running, StartOptions } from "../surfaces/cli/wiring.ts";
import { checkBind, namesFor, parseListen } from "../surfaces/http/bind.ts";
import { knowsHost, type Names } from "../surfaces/http/sanity.ts";
import { SERVER_LIMITS, serve } from "../surfaces/http/serve.ts";
import { requestId } from "../surfaces/http/trace.ts";
import type { McpGatewayOptions } from "../surfaces/mcp-gateway/gateway.ts";
import { createLog } from "../telemetry/log.ts";
import { createTelemetry } from "../telemetry/metrics.ts";
import { createKeys } from "../vault/keys.ts";
import { createSessions } from "../vault/sessions.ts";
import { agentsOf } from "./agents.ts";
import { approvalsOf, tellWebhooks } from "./approvals.ts";
import { watched } from "./autonomy.ts";
import { budgetsShown, leasesIn, sweepBudgets } from "./budgets.ts";
import { checkConfig } from "./check.ts";
import { ROLLBACK } from "./compensate.ts";
import { documentsIn, familiarStore } from "./documents.ts";
import { composeEgress } from "./egress.ts";
import { type Generation, makeGeneration } from "./generation.ts";
import { pauseStore, pausing } from "./kill-switch.ts";
import { mcpServers, pinStore } from "./mcp.ts";
import { openOversight } from "./oversight.ts";
import { ownFiles } from "./own-files.ts";
import { systemClock as clock, systemRandom as random } from "./platform.ts";
import { policiesOf } from "./policies.ts";
import { planting } from "./reviewers.ts";
import { openUndoing } from "./rollback.ts";
import { reapSandboxes } from "./sandboxes.ts";
import { settling } from "./settling.ts";
import { closeAll, firstKey, needRestart, type Place, urlOf, writePrivate } from "./starting.ts";
import { composeSurfaces, jsonLimits } from "./surfaces.ts";
import { tallyOf } from "./tally.ts";

const DRAIN_MS = 10_000;

/** Starts everything a configuration describes. Rejects with a HoldfastError when an address is taken or the data are not what they were. */
export async function startServer(loaded: Extract<Loaded, { ok: true }>, options: StartOptions, place: Place): Promise<Running> {
  const { config } = loaded;
  const { folder } = place;
  const listen = parseListen(options.listen ?? config.server.listen);
  const adminListen = parseListen(config.server.admin);
  checkBind(adminListen, "server.admin", 0);
  const egressListen = config.egress.listen === undefined ? undefined : parseListen(config.egress.listen);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The last opened is closed first.
  const closing: (() => Promise<void> | void)[] = [];
  try {
    // The store's thread starts while the log is opened and the layers are made.
    const store = openSqliteStore(place.store);
    store.catch(() => {}); // whoever asks it is told
    closing.push(async () => (await store).close());
    const ledger = createLedger(leasesIn(store), clock);
    closing.push(() => ledger.shut());
    const keys = createKeys({ documents: documentsIn(store), clock, random });
    const { signer, masking } = await openKeys(folder);
    const audit = await openLog({ store: await openFileLog(join(folder, "audit")), clock, signer, masking });
    closing.push(() => audit.shut());

    const log = createLog({ level: "warn" });
    await sweepBudgets(store, clock.now());
    const held = await openSwitch(pauseStore(documentsIn(store)), clock.now);
    const paused = pausing(keys, held);
    const shownOf = (policy: Policy) => [...policy.agents.keys()].map((agent) => ({ agent, budgets: budgetsShown(ledger, policy, agent) }));
    const metrics = createTelemetry({
      auditSize: () => audit.size,
      auditHealthy: () => audit.healthy,
      paused: () => held.all(),
      budgets: () => shownOf(current.policy),
    });
    const runner = keepRunner({ file: join(folder, "runner.json"), now: clock.monotonic });
    closing.push(() => runner.shut());
    // What a crash left in sandboxes, before anything new is in one; in nobody's way.
    void reapSandboxes(
      Object.values(config.tools).flatMap(({ sandbox }) => (sandbox === undefined ? [] : [sandbox.driver])),
      (driver) => log.warn({ driver }, "what was left in sandboxes could not be looked for"),
    );
    const traffic = createTraffic();
    const egress = composeEgress({ current: () => current, traffic, clock, log, metrics, held });
    closing.push(() => egress.shut());
    const mcp = mcpServers({ clock, metrics, start: (program) => (take) => runner.start(program, take), wayOut: egress.wayOut });
    closing.push(() => mcp.close());
    const pins = await openPins(pinStore(documentsIn(store)), clock.now);
    const news: McpGatewayOptions["news"] = (event, facts) => void audit.system(event, facts).catch(() => {});
    const ports: number[] = [];
    const own = { paths: [place.path, ...ownFiles(folder, place.store)], ports: () => ports };
    let url = "";
    let digest = loaded.digest;
    let settings = config;
    let current: Generation;
    const { inbox, phases, reviewers } = await openOversight({
      documents: documentsIn(store),
      clock,
      random,
      signer,
      audit,
      pins,
      config: () => settings,
      ledger,
      current: () => ({ config: current.config, digest, layers: current.layers }),
    });
    closing.push(() => phases.shut());
    // Until it is known what is owed, everything is.
    let picks = (_request: Request): boolean => true;
    const familiar = await openFamiliar(familiarStore(documentsIn(store)));
    const tally = tallyOf(
      settling(
        watched(audit, phases, (request) => changes(current.policy, request)),
        ({ id, principal, action, context }, outcome) => {
          inbox.ended(id, outcome);
          // What is undone in an agent's name, the agent has not done.
          if (outcome.status === "done" && context.surface !== ROLLBACK)
            familiar.add(principal.agent, action.tool === undefined ? action.type : current.policy.tools.id(action.tool));
        },
      ),
    );
    const undoing = await openUndoing({
      documents: documentsIn(store),
      clock,
      log,
      record: audit.system,
      pins,
      own,
      audit: () => tally.audit,
      current: () => current,
    });
    const lasting = {
      watch: undoing.watch,
      audit: tally.audit,
      clock,
      rates: createRates(),
      ledger,
      handedOn: createHandedOn(),
      histories: createHistories(),
      familiar,
      repeats: createRepeats(),
      pseudonyms: createPseudonyms({ random, clock }),
      breakers: createBreakers(),
      traffic,
      isPaused: (agent: string) => held.of(agent) !== undefined,
      autonomy: { phase: phases.of, picks: (request: Request) => picks(request) },
      own,
      log,
      metrics,
      scopeOf: keys.modelsOf,
      pins,
      oversight: inbox.layer,
      approvalUrl: (ticket: string) => `${url}/approvals/${ticket}`,
      mcp,
      news,
    };
    current = makeGeneration(config, lasting, jsonLimits(config));
    const look = (): Promise<void> =>
      ledger.look([...current.policy.agents.keys()].flatMap((agent) => budgetsOf(current.policy, agent).filter(({ shared }) => shared)));
    await look();
    closing.push(() => current.gateway.close());
    picks = await openSpotChecks({ inbox, now: clock.now, random, toolName: (written) => current.policy.tools.id(written) });
    const minted = (await keys.list()).length;
    checkBind(listen, "server.listen", minted);
    if (egressListen !== undefined) checkBind(egressListen, "egress.listen", minted);

    const sessions = createSessions({ clock, random });
    const operatorToken = newOperatorToken(random);
    await writePrivate(join(folder, TOKEN_FILE), operatorToken);
    const operators = operatorsOf(operatorToken, () =>
      Object.entries(current.config.people).map(([name, { token }]) => ({ name, ...(token === undefined ? {} : { token: token.reveal() }) })),
    );
    let names: Names = { hosts: [], origins: [] };
    const surfaces = composeSurfaces({
      current: () => current,
      audit,
      clock,
      keys: paused,
      agents: agentsOf({ current: () => current, held, phases, audit, budgets: (agent) => budgetsShown(ledger, current.policy, agent) }),
      policies: policiesOf(() => current, pins, audit.source),
      sessions,
      operators,
      approvals: approvalsOf(inbox, () => current.config, reviewers),
      rollbacks: undoing.calls,
      metrics,
      tally,
      url: () => url,
      knowsHost: (host) => knowsHost(names, host),
      dist: place.dist,
    });
    closing.push(() => surfaces.api.shut());

    const limits = { ...SERVER_LIMITS, headerBytes: config.server.header_limit };
    const named = namesFor(listen, config.server.hosts);
    const planted = planting({
      inbox,
      audit: tally.audit,
      layers: () => current.layers,
      clock,
      random,
      newId: requestId,
      share: () => settings.oversight.controls,
      failed: (error) => log.warn({ code: codeOf(error) }, "a control question could not be planted"),
    });
    closing.push(() => planted.shut());
    const hooks = tellWebhooks(inbox, { config: () => current.config, link: (ticket) => `${url}/approvals/${ticket}`, clock, log });
    closing.push(() => hooks.shut());
    const server = serve({
      surface: "http",
      routes: surfaces.routes,
      fallback: (request, response, { path }) => surfaces.fallback(request, response, path),
      names: (port) => {
        const { hosts, origins } = named(port);
        names = { hosts, origins: [...origins, ...config.server.origins] };
        return names;
      },
      keys: paused,
      clock,
      log,
      metrics,
      limits,
    });
    const admin = serve({ surface: "admin", routes: surfaces.admin, names: namesFor(adminListen), keys, clock, log, metrics, limits });

    const key = await firstKey(keys, config, audit);
    await audit.system("configuration-loaded", { digest: loaded.digest });
    const adminAddress = await admin.listen(adminListen.host, adminListen.port);
    closing.push(() => admin.drain(0));
    ports.push(adminAddress.port);
    const address = await server.listen(listen.host, listen.port);
    closing.push(() => server.drain(DRAIN_MS));
    ports.push(address.port);
    const egressAddress = egressListen === undefined ? undefined : await egress.listen(egressListen, paused);
    if (egressAddress !== undefined) ports.push(egressAddress.port);
    url = urlOf(listen.host, address.port);
    const adminUrl = urlOf(adminListen.host, adminAddress.port);
    await writePrivate(join(folder, ADDRESS_FILE), JSON.stringify({ url, admin: adminUrl }));

    const stopWatching = watchConfig({
      env: place.env,
      readFile: place.readFile,
      path: place.path,
      digest: loaded.digest,
      clock,
      check: (changed) => [...checkConfig(changed), ...needRestart(config, changed)],
      swap(good) {
        const before = current;
        digest = good.digest;
        settings = good.config;
        current = makeGeneration(good.config, lasting, jsonLimits(good.config));
        void before.gateway.close().catch(() => {});
        void look().catch(() => {});
        void audit.system("configuration-loaded", { digest: good.digest }).catch(() => {});
        options.reloaded([]);
      },
      refused(faults) {
        void audit.system("configuration-refused", { faults: faults.length }).catch(() => {});
        options.reloaded(faults);
      },
    });
    closing.push(stopWatching);
    closing.push(() => undoing.rollbacks.shut(DRAIN_MS));
    undoing.rollbacks.resume();
    void current.gateway.catalogue.refresh().catch(() => {});
    return {
      url,
      admin: adminUrl,
      ...(egressListen === undefined || egressAddress === undefined ? {} : { egress: urlOf(egressListen.host, egressAddress.port) }),
      login: surfaces.login(),
      ...(key === undefined ? {} : { key }),
      shut: () => closeAll(closing),
    };
  } catch (error) {
    await closeAll(closing).catch(() => {});
    throw error;
  }
}
