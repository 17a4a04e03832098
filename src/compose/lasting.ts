import { join } from "node:path";
import { openKeys } from "../audit/keys.ts";
import { openLog } from "../audit/log.ts";
import type { Config } from "../config/index.ts";
import { codeOf } from "../core/errors.ts";
import type { Request } from "../core/request.ts";
import { createPseudonyms } from "../output/index.ts";
import { openSwitch } from "../oversight/switch.ts";
import { changes, createCounters, createLedger, createTraffic, openFamiliar, openPins } from "../permission/index.ts";
import { keepRunner } from "../runner/keep.ts";
import { createRecordings } from "../sandbox/recordings.ts";
import { openFileLog } from "../stores/file.ts";
import { openSqliteStore } from "../stores/sqlite.ts";
import type { McpGatewayOptions } from "../surfaces/mcp-gateway/gateway.ts";
import { createLog } from "../telemetry/log.ts";
import { createTelemetry } from "../telemetry/metrics.ts";
import { createKeys } from "../vault/keys.ts";
import { openIncidents } from "../watch/index.ts";
import { watched } from "./agents/autonomy.ts";
import { budgetsShown, leasesIn, sweepBudgets } from "./agents/budgets.ts";
import { type Above, pauseStore, pausing } from "./agents/kill-switch.ts";
import type { Generation, Lasting } from "./generation.ts";
import { isOwn } from "./own-call.ts";
import { ownFiles } from "./own-files.ts";
import { answeredIn } from "./people/approvals.ts";
import { inChatOf } from "./people/in-chat.ts";
import { incidentStore } from "./people/incidents.ts";
import { filesOf } from "./people/named-files.ts";
import { openOversight } from "./people/oversight.ts";
import { systemClock as clock, systemRandom as random } from "./platform.ts";
import { openVersions } from "./policies/versions.ts";
import { documentsIn, familiarStore } from "./records/documents.ts";
import { settling } from "./records/settling.ts";
import { storeHealth } from "./records/store-health.ts";
import { tallyOf } from "./records/tally.ts";
import { collectedBy, type Start } from "./sandboxes/cells.ts";
import { composeEgress } from "./sandboxes/egress.ts";
import { reapSandboxes } from "./sandboxes/sandboxes.ts";
import type { Place } from "./starting.ts";
import { startNothingMore } from "./starts-nothing.ts";
import { mcpServers, pinStore } from "./tools/mcp.ts";
import { openUndoing } from "./undo/rollback.ts";

/** The configuration in force, and what its text was. */
export interface InForce {
  readonly config: Config;
  readonly digest: string;
  readonly text: string;
}

/** What outlives a configuration asks these each time. */
export interface LastingParts {
  readonly inForce: () => InForce;
  /** What the configuration in force makes; nobody asks before there is one. */
  readonly current: () => Generation;
  /** Whether a person looks at this request although nothing else asks. */
  readonly picks: (request: Request) => boolean;
  readonly url: () => string;
  /** Where the process itself listens. */
  readonly ports: () => readonly number[];
}

/**
 * Opens everything of a server that outlives its configuration: store and log, keys, what was counted and spent, what people were asked, and
 * what runs beside. What it opens it adds to `closing`, also where it then fails.
 */
export async function openLasting({ folder, ...place }: Place, parts: LastingParts, closing: (() => Promise<void> | void)[]) {
  const { inForce, current } = parts;
  // The store's thread starts while the log is opened and the layers are made.
  const health = storeHealth(openSqliteStore(place.store), clock);
  const { store } = health;
  store.catch(() => {}); // whoever asks it is told
  closing.push(async () => {
    health.shut();
    await (await store).close();
  });
  const documents = documentsIn(store);
  const ledger = createLedger(leasesIn(store), clock);
  closing.push(() => ledger.shut());
  const keys = createKeys({ documents, clock, random });
  const { signer, masking } = await openKeys(folder);
  const audit = await openLog({ store: await openFileLog(join(folder, "audit")), clock, signer, masking });
  closing.push(() => audit.shut());

  const log = createLog({ level: "warn" });
  await sweepBudgets(store, clock.now());
  const held = await openSwitch(pauseStore(documents), clock.now);
  const metrics = createTelemetry({
    auditSize: () => audit.size,
    auditHealthy: () => audit.healthy,
    paused: () => held.all(),
    // Of single callers there may be thousands, and a scrape would look at each of them for nothing.
    budgets: () => {
      const { policy } = current();
      return [...policy.agents.keys()].map((agent) => ({ agent, budgets: budgetsShown(ledger, policy, agent, "shared") }));
    },
  });
  const runner = keepRunner({ file: join(folder, "runner.json"), now: clock.monotonic, early: place.alone === true });
  closing.push(() => runner.shut());
  if (place.alone === true) {
    const because = await startNothingMore();
    if (because !== undefined) log.warn({ because }, "this process may still start programs");
  }
  // What a crash left in sandboxes, before anything new is in one; in nobody's way.
  const start: Start = (program) => (take) => runner.start(program, take);
  void reapSandboxes(
    Object.values(inForce().config.tools).flatMap(({ sandbox }) => (sandbox === undefined ? [] : [sandbox.driver])),
    (driver) => log.warn({ driver }, "what was left in sandboxes could not be looked for"),
    inForce().config.sandboxes,
    collectedBy(start),
  );
  const traffic = createTraffic();
  const counters = createCounters();
  const { chains } = counters;
  const egress = composeEgress({ current, traffic, clock, log, metrics, held });
  closing.push(() => egress.shut());
  const mcp = mcpServers({
    clock,
    metrics,
    start,
    run: runner.run,
    wayOut: egress.wayOut,
    said: (server, text) => log.warn({ server, text }, "its sandbox is not as it should be"),
    held,
    session: () => inForce().config.flow.session,
  });
  closing.push(() => mcp.close());
  const pins = await openPins(pinStore(documents), clock.now);
  const news: McpGatewayOptions["news"] = (event, facts) => void audit.system(event, facts).catch(() => {});
  const own = { paths: [place.path, `${place.path}.before-holdfast`, ...ownFiles(folder, place.store)], ports: parts.ports };
  const { inbox, phases, reviewers } = await openOversight({
    documents,
    clock,
    random,
    signer,
    audit,
    pins,
    config: () => inForce().config,
    ledger,
    toolName: (written) => current().policy.tools.id(written),
    files: (request) => filesOf(current(), request),
    recount: (request) => current().recount(request),
    current: () => ({ config: current().config, digest: inForce().digest, layers: current().layers }),
  });
  closing.push(() => phases.shut());
  const versions = await openVersions(documents, clock.now);
  const incidents = await openIncidents({
    store: incidentStore(documents),
    clock,
    record: audit.system,
    failed: (error) => log.warn({ code: codeOf(error) }, "an incident could not be kept"),
  });
  closing.push(() => incidents.shut());
  const familiar = await openFamiliar(familiarStore(documents));
  const toolOf = ({ action: { tool } }: Pick<Request, "action">): string | undefined => (tool === undefined ? undefined : current().policy.tools.id(tool));
  const tally = tallyOf(
    settling(
      watched(audit, phases, incidents, (request) => changes(current().policy, request), toolOf),
      ({ id, principal, action, context }, outcome) => {
        inbox.ended(id, outcome);
        if (outcome.status === "done" && !isOwn(context.surface)) familiar.add(principal.agent, toolOf({ action }) ?? action.type);
      },
    ),
  );
  const undoing = await openUndoing({ documents, clock, log, record: audit.system, pins, own, resolve: egress.resolve, audit: () => tally.audit, current });
  const above: Above = (agent, chain) => (chain === undefined && chains.atTop(agent) ? [agent] : chains.place({ agent }, chain, clock.monotonic()).above);
  const lasting: Lasting = {
    watch: undoing.watch,
    audit: tally.audit,
    clock,
    ...counters,
    ledger,
    familiar,
    pseudonyms: createPseudonyms({ random, clock }),
    recordings: createRecordings(),
    isWritable: health.isWritable,
    traffic,
    isPaused: (agent) => held.of(agent) !== undefined,
    autonomy: { phase: phases.of, picks: parts.picks },
    own,
    log,
    metrics,
    scopeOf: keys.modelsOf,
    pins,
    oversight: inbox.layer,
    approvalUrl: (ticket) => `${parts.url()}/approvals/${ticket}`,
    answered: answeredIn(inbox, clock),
    holds: inbox.holds,
    inChat: inChatOf({ inbox, documents, inForce }),
    newest: current,
    mcp,
    news,
  };
  return {
    lasting,
    documents,
    keys,
    paused: pausing(keys, held, above),
    held,
    above,
    audit,
    ledger,
    log,
    metrics,
    egress,
    pins,
    inbox,
    phases,
    incidents,
    reviewers,
    tally,
    undoing,
    versions,
  };
}
