/** A whole Holdfast in this process, in front of MCP servers, with keys for its agents. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { type AuditLog, openLog } from "../../src/audit/log.ts";
import { maskingWith } from "../../src/audit/mask.ts";
import { noteSigner, signerKey } from "../../src/audit/note.ts";
import { pausing } from "../../src/compose/agents/kill-switch.ts";
import { type Generation, type Lasting, makeGeneration } from "../../src/compose/generation.ts";
import { answeredIn, openInbox } from "../../src/compose/people/approvals.ts";
import { inChatOf } from "../../src/compose/people/in-chat.ts";
import { systemRandom as random, systemClock } from "../../src/compose/platform.ts";
import { settling } from "../../src/compose/records/settling.ts";
import { composeEgress } from "../../src/compose/sandboxes/egress.ts";
import { jsonLimits } from "../../src/compose/surfaces.ts";
import { mcpServers, pinStore } from "../../src/compose/tools/mcp.ts";
import { openUndoing, type Undoing } from "../../src/compose/undo/rollback.ts";
import { readConfig } from "../../src/config/index.ts";
import type { Decision } from "../../src/core/decision.ts";
import type { AuditLayer } from "../../src/core/layers.ts";
import type { Request } from "../../src/core/request.ts";
import { createPseudonyms } from "../../src/output/index.ts";
import type { Inbox } from "../../src/oversight/index.ts";
import { openSwitch, type Switch } from "../../src/oversight/switch.ts";
import { createCounters, createLedger, createTraffic, memoryLeases, openPins, type Pins } from "../../src/permission/index.ts";
import { keepRunner } from "../../src/runner/keep.ts";
import { createRecordings } from "../../src/sandbox/recordings.ts";
import { openMemoryLog } from "../../src/stores/memory-log.ts";
import { loopbackNames } from "../../src/surfaces/http/sanity.ts";
import { serve } from "../../src/surfaces/http/serve.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { createTelemetry } from "../../src/telemetry/metrics.ts";
import { memoryDocuments } from "../../src/vault/documents.ts";
import { createKeys, type Keys } from "../../src/vault/keys.ts";

export interface McpRig {
  readonly url: string;
  readonly keys: Keys;
  readonly pins: Pins;
  readonly inbox: Inbox;
  readonly undoing: Undoing;
  /** Agents that an operator has stopped. */
  readonly paused: Set<string>;
  /** The kill switch: what runs ends as well. */
  readonly held: Switch;
  /** Everything that was decided, and what was seen of tools, in order. */
  readonly decided: { readonly request: Request; readonly decision: Decision }[];
  readonly ended: { readonly request: Request; readonly status: string }[];
  readonly news: { readonly event: string; readonly tool: string; readonly why?: string }[];
  readonly audit: AuditLog;
  /** What is in force from now on for whoever asks what that is; the routes stay those of before. */
  reload(yaml: string): Promise<void>;
  /** A key of this agent. */
  key(agent: string): Promise<string>;
  /** A client of the 2025 era, connected to this server. */
  client(server: string, key: string, capabilities?: object, headers?: Record<string, string>): Promise<Client>;
  /** A client of both eras, connected to this server. */
  modern(server: string, key: string, capabilities?: object): Promise<ModernClient>;
  /** One raw POST. */
  post(server: string, key: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

async function configured(yaml: string) {
  const loaded = await readConfig("holdfast.yaml", yaml, { env: {}, readFile: () => Promise.reject(new Error("no file")), check: () => [] });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return loaded;
}

export async function startRig(yaml: string, clock = systemClock): Promise<McpRig> {
  let loaded = await configured(yaml);
  const signer = noteSigner(signerKey("holdfast/test", random(32)));
  const audit = await openLog({ store: await openMemoryLog(), clock, signer, masking: maskingWith(random(32)) });
  const decided: McpRig["decided"] = [];
  const ended: McpRig["ended"] = [];
  const news: McpRig["news"] = [];
  const layer: AuditLayer = {
    open(request) {
      const entry = audit.open(request);
      return {
        close(outcome) {
          ended.push({ request, status: outcome.status });
          entry.close(outcome);
        },
        decided(of, decision, inspection) {
          decided.push({ request: of, decision });
          return entry.decided(of, decision, inspection);
        },
      };
    },
  };
  const metrics = createTelemetry({ auditSize: () => audit.size, auditHealthy: () => audit.healthy, paused: () => [], budgets: () => [] });
  const log = createLog({ level: "silent" });
  const keys = createKeys({ documents: memoryDocuments(), clock, random });
  const documents = memoryDocuments();
  const pins = await openPins(pinStore({ list: async (name) => documents.list(name), put: async (...put) => documents.put(...put) }), clock.now);
  const folder = mkdtempSync(join(tmpdir(), "holdfast-mcp-"));
  const runner = keepRunner({ file: join(folder, "runner.json"), now: clock.monotonic });
  const held = await openSwitch({ load: async () => [], save: async () => {}, remove: async () => {} }, clock.now);
  const mcp = mcpServers({
    clock,
    metrics,
    start: (program) => (take) => runner.start(program, take),
    run: runner.run,
    wayOut: (agent) => egress.wayOut(agent),
    said: () => {},
    held,
    session: () => 86_400_000,
  });
  const traffic = createTraffic();
  const egress = composeEgress({ current: () => generation, traffic, clock, log, metrics });
  const ledger = createLedger(memoryLeases(), clock);
  const inbox: Inbox = await openInbox({
    documents,
    clock,
    random,
    signer,
    audit,
    pins,
    phases: { answered() {} },
    reviewers: { noted: async () => {} },
    ledger,
    recount: (request) => generation.recount(request),
    current: () => ({ config: loaded.config, digest: loaded.digest, layers: generation.layers }),
  });
  const paused = new Set<string>();
  const own = { paths: [], ports: () => [] };
  const recorded = settling(layer, ({ id }, outcome) => inbox.ended(id, outcome));
  const undoing = await openUndoing({
    documents,
    clock,
    log,
    record: audit.system,
    pins,
    own,
    resolve: (name) => egress.resolve(name),
    audit: () => recorded,
    current: () => generation,
  });
  const lasting: Lasting = {
    watch: undoing.watch,
    audit: recorded,
    clock,
    ...createCounters(),
    ledger,
    pseudonyms: createPseudonyms({ random, clock }),
    recordings: createRecordings(),
    isWritable: () => true,
    traffic,
    isPaused: (agent) => paused.has(agent) || held.of(agent) !== undefined,
    autonomy: { phase: () => "exception-based", picks: () => true },
    own,
    log,
    metrics,
    scopeOf: keys.modelsOf,
    pins,
    oversight: inbox.layer,
    approvalUrl: (ticket) => `https://console.example/approvals/${ticket}`,
    answered: answeredIn(inbox, clock),
    holds: inbox.holds,
    inChat: inChatOf({ inbox, documents, inForce: () => loaded }),
    newest: () => generation,
    mcp,
    news: (event, facts) => void news.push({ event, ...facts }),
  };
  let generation: Generation = makeGeneration(loaded.config, lasting, jsonLimits(loaded.config));
  const server = serve({
    surface: "http",
    routes: generation.routes,
    names: loopbackNames,
    keys: pausing(keys, held, (agent) => [agent]),
    clock,
    log,
    metrics,
  });
  const { port }: AddressInfo = await server.listen("127.0.0.1", 0);
  const url = `http://127.0.0.1:${port}`;
  const at = (name: string): URL => new URL(name === "" ? `${url}/mcp` : `${url}/mcp/${name}`);
  const open: { close(): Promise<void> }[] = [];
  return {
    url,
    keys,
    pins,
    inbox,
    undoing,
    paused,
    held,
    audit,
    async reload(changed) {
      loaded = await configured(changed);
      generation = makeGeneration(loaded.config, lasting, jsonLimits(loaded.config));
    },
    decided,
    ended,
    news,
    key: async (agent) => (await keys.mint({ agent })).text,
    async client(name, key, capabilities = {}, headers = {}) {
      const client = await connect(at(name), key, capabilities, headers);
      open.push(client);
      return client;
    },
    async modern(name, key, capabilities = {}) {
      const client = new ModernClient({ name: "test", version: "1" }, { capabilities, versionNegotiation: { mode: "auto" } });
      await client.connect(new ModernTransport(at(name), { requestInit: { headers: { authorization: `Bearer ${key}` } } }));
      open.push(client);
      return client;
    },
    post: (name, key, body, headers = {}) =>
      fetch(at(name), {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json", accept: "application/json, text/event-stream", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    async close() {
      await undoing.rollbacks.shut(0);
      await Promise.all(open.map((client) => client.close().catch(() => {})));
      await server.drain(0);
      await Promise.all([mcp.close(), generation.gateway.close(), audit.shut()]);
      await runner.shut();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The official client of the 2025 era, connected. */
export async function connect(url: string | URL, key: string, capabilities = {}, headers: Record<string, string> = {}): Promise<Client> {
  const client = new Client({ name: "test", version: "1" }, { capabilities });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { ...headers, authorization: `Bearer ${key}` } } }) as never);
  return client;
}
