import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { lineOf } from "../src/proof/line.ts";
import type { Crew } from "./agents.ts";
import type { Questions } from "./approvals.ts";
import { memoryLog } from "./log.ts";
import { attackedInbox, type Scene, scenes } from "./scenes.ts";

type Summary = { readonly [name: string]: unknown; readonly id: string; readonly seq: number; readonly effect: string; readonly status: string };
interface Entry {
  summary: Summary;
  readonly lines: string[];
  readonly index: number;
}

export interface Fixture {
  /** The API under `/api/v1`. */
  readonly app: Hono;
  /** Records a decision and its outcome; returns its id. */
  add(scene: Scene): string;
  /** Records a decision whose outcome comes later. */
  begin(scene: Scene): { readonly id: string; finish(): void };
  /** From now on a record is shown other than it was logged. */
  tamper(id: string): void;
  readonly counts: { readonly decisions: number };
}

export interface FixtureOptions {
  readonly baseUrl: () => string;
  /** Who a request's session speaks for; nobody is a 401. */
  readonly operator: (cookie: string | undefined) => Promise<unknown>;
  readonly seed?: readonly Scene[];
  /** What people are asked; without it, nothing. */
  readonly questions?: Questions;
  /** The rules, where a page about them is looked at. */
  readonly policies?: Hono;
  /** The agents; without it, none. */
  readonly crew?: Crew;
  /** What tasks did that can be undone; without it, nothing. */
  readonly rollbacks?: Hono;
  /** Passkeys, and how it is set up; without it nobody is asked for a passkey. */
  readonly settings?: Hono;
  /** What happened that needs looking into; without it, nothing. */
  readonly incidents?: Hono;
  readonly now?: () => number;
}

/** The API as the gateway offers it, over memory: for developing the console and for its tests. */
/** One rule, which only watches. */
const WATCHING = {
  rules: [{ id: "message-outside", when: "act.message", effect: "ask", mode: "monitor", approvers: [], hits: { decided: 0, monitored: 2 } }],
  tools: [],
  agents: ["default"],
  tests: 0,
  looked: 2,
  text: "",
  digest: "",
  proposals: [],
  may_save: false,
};

export function fixture({
  baseUrl,
  operator,
  seed = scenes(),
  questions,
  policies,
  crew,
  rollbacks,
  incidents,
  settings,
  now = Date.now,
}: FixtureOptions): Fixture {
  const log = memoryLog("holdfast.example/fixture");
  const entries: Entry[] = [];
  const watchers = new Set<(summary: Summary) => void>();
  const since = new Date(now()).toISOString();
  const app = new Hono();

  const begin: Fixture["begin"] = (scene) => {
    const id = scene.id ?? randomUUID();
    const time = new Date(now() - (scene.ago ?? 0)).toISOString();
    const index = log.size;
    const intent = lineOf({ seq: index, prev: "0".repeat(32), time, kind: "intent", id, asked: time, ...scene.intent });
    log.append(intent);
    const entry: Entry = { index, lines: [intent], summary: { time, ...scene.summary, id, seq: index, status: "open" } };
    entries.push(entry);
    const tell = (): void => {
      for (const watch of watchers) watch(entry.summary);
    };
    tell();
    return {
      id,
      finish: () => {
        const outcome = lineOf({
          seq: log.size,
          prev: "0".repeat(32),
          time: new Date(now()).toISOString(),
          kind: "outcome",
          id,
          intent: index,
          ...scene.outcome,
        });
        log.append(outcome);
        entry.lines.push(outcome);
        entry.summary = { ...entry.summary, status: scene.outcome.status };
        tell();
      },
    };
  };
  const add: Fixture["add"] = (scene) => {
    const { id, finish } = begin(scene);
    finish();
    return id;
  };
  for (const scene of seed) add(scene);

  app.use("/api/v1/*", async (c, next) => {
    if ((await operator(c.req.header("cookie"))) === undefined) return c.json({ type: "about:blank", title: "no session", status: 401 }, 401);
    await next();
    return undefined;
  });
  app.get("/api/v1/status", (c) =>
    c.json({
      version: "0.1.0",
      mode: { enforce: 11, monitor: 3 },
      agents: 3,
      audit: { size: log.size, healthy: true, root: log.root(), checkpoint: log.checkpoint(), vkey: log.vkey },
      since,
      counts: {
        requests: entries.length,
        permitted: entries.filter(({ summary }) => summary.effect === "permit").length,
        asked: entries.filter(({ summary }) => summary.effect === "ask").length,
        denied: entries.filter(({ summary }) => summary.effect === "deny").length,
        masked: entries.filter(({ summary }) => summary["masked"] === true).length,
        waiting: questions?.waiting ?? 0,
        incidents: 0,
        paused: 0,
      },
      base_url: baseUrl(),
      models: ["practice/assistant"],
    }),
  );
  if (questions === undefined) {
    app.get("/api/v1/approvals", (c) => c.json([]));
    app.get("/api/v1/attention", (c) => c.json({ own: { person: "robin", answers: 0, approved: 0, median_ms: 0, caught: 0, missed: 0 }, all: [] }));
  } else app.route("/", questions.app);
  if (crew === undefined) app.get("/api/v1/agents", (c) => c.json({ agents: [] }));
  else app.route("/", crew.app);
  if (rollbacks === undefined) app.get("/api/v1/rollbacks", (c) => c.json([]));
  else app.route("/", rollbacks);
  if (incidents === undefined) app.get("/api/v1/incidents", (c) => c.json([]));
  else app.route("/", incidents);
  if (policies === undefined) app.get("/api/v1/policies", (c) => c.json(WATCHING));
  else app.route("/", policies);
  if (settings === undefined) app.post("/api/v1/step-up", (c) => c.json({ needed: false }));
  else app.route("/", settings);
  app.get("/api/v1/audit", (c) => {
    const query = c.req.query();
    const limit = Number(query["limit"] ?? 50);
    const found = entries
      .filter(({ summary, lines }) => summary.seq < Number(query["before"] ?? Number.MAX_SAFE_INTEGER) && matches(summary, lines, query))
      .sort((a, b) => b.summary.seq - a.summary.seq);
    const page = found.slice(0, limit).map(({ summary }) => summary);
    return c.json({ decisions: page, ...(found.length > limit ? { next: page.at(-1)?.seq } : {}) });
  });
  app.get("/api/v1/audit/timeline", (c) => {
    const hour = 3_600_000;
    const first = Math.floor(Date.now() / hour) * hour - 23 * hour;
    const slices = Array.from({ length: 24 }, (_, i) => {
      const from = first + i * hour;
      const here = entries.filter(({ summary }) => Math.floor((Date.parse(String(summary["time"])) - first) / hour) === i);
      const of = (effect: string): number => here.filter(({ summary }) => summary.effect === effect).length;
      return { from: new Date(from).toISOString(), permit: of("permit"), ask: of("ask"), deny: of("deny") };
    });
    const refused = entries.filter(({ summary }) => summary.effect === "deny" && summary["reason"] !== null);
    const ids = Map.groupBy(refused, ({ summary }) => String((summary["reason"] as { readonly id: string }).id));
    const reasons = [...ids].map(([id, { length }]) => ({ id, effect: "deny", count: length })).sort((a, b) => b.count - a.count);
    return c.json({ slices, reasons: reasons.slice(0, 5), whole: true });
  });
  app.get("/api/v1/audit/live", (c) =>
    streamSSE(c, async (stream) => {
      const write = (summary: Summary): void =>
        void stream.writeSSE({ event: "decision", id: String(summary.seq), data: JSON.stringify(summary) }).catch(() => undefined);
      watchers.add(write);
      stream.onAbort(() => void watchers.delete(write));
      await stream.writeSSE({ data: "", event: "ready" });
      while (watchers.has(write)) await stream.sleep(100);
    }),
  );
  app.get("/api/v1/audit/:id", (c) => {
    const entry = entries.find(({ summary }) => summary.id === c.req.param("id"));
    if (entry === undefined) return c.json({ type: "about:blank", title: "no such decision", status: 404 }, 404);
    const hashes = log.path(entry.index);
    const proof = { index: entry.index, size: log.size, root: log.root(), hashes, checkpoint: log.checkpoint(), vkey: log.vkey };
    const text = `c2sp.org/tlog-proof@v1\nindex ${entry.index}\n${hashes.map((hash) => `${hash}\n`).join("")}\n${proof.checkpoint}`;
    const children = entries.filter(({ summary }) => summary["parent"] === entry.summary.id).map(({ summary }) => summary);
    return c.json({ summary: entry.summary, records: entry.lines.map((line) => JSON.parse(line)), children, proof: { ...proof, text } });
  });
  app.post("/api/v1/sample", (c) => c.json({ ids: attackedInbox().map((scene) => add(scene)) }));

  return {
    app,
    add,
    begin,
    tamper: (id) => {
      const entry = entries.find(({ summary }) => summary.id === id);
      if (entry !== undefined) entry.lines[0] = entry.lines[0]!.replace('"effect":"deny"', '"effect":"permit"');
    },
    get counts() {
      return { decisions: entries.length };
    },
  };
}

function matches(summary: Summary, lines: readonly string[], query: { readonly [name: string]: string | undefined }): boolean {
  const time = String(summary["time"]);
  return (
    ["effect", "agent", "action", "tool"].every((name) => query[name] === undefined || summary[name] === query[name]) &&
    (query["text"] === undefined || lines.join("\n").toLowerCase().includes(query["text"].toLowerCase())) &&
    (query["since"] === undefined || time >= query["since"]) &&
    (query["until"] === undefined || time <= query["until"])
  );
}
