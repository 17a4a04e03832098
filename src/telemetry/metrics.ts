import Counter from "prom-client/lib/counter.js";
import Gauge from "prom-client/lib/gauge.js";
import Histogram from "prom-client/lib/histogram.js";
import Registry from "prom-client/lib/registry.js";

/** What is read when the metrics are scraped, instead of being pushed on every change. */
export interface Gauges {
  /** Records in the audit log. */
  readonly auditSize: () => number;
  /** True while the audit log can promise to record. */
  readonly auditHealthy: () => boolean;
  /** What each agent has spent of its budgets. */
  readonly budgets: () => readonly { readonly agent: string; readonly budgets: readonly BudgetGauge[] }[];
  /** Who is paused (`*`: all), by whom and why. */
  readonly paused: () => readonly { readonly agent: string; readonly by: string; readonly reason: string }[];
}

export interface BudgetGauge {
  readonly id: string;
  readonly scope: string;
  readonly used: number;
  readonly reserved: number;
  readonly limit: number;
}

export interface Telemetry {
  answered(surface: string, effect: string, status: number): void;
  decided(surface: string, seconds: number): void;
  upstream(name: string, seconds: number): void;
  live(change: 1 | -1): void;
  /** The Prometheus exposition. */
  exposition(): Promise<{ readonly type: string; readonly text: string }>;
}

const DECIDED = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5];
const UPSTREAM = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Metrics of one process, in a registry of their own. Labels come from code, configuration and operators only, so their number is bounded. */
export function createTelemetry(gauges: Gauges): Telemetry {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: "holdfast_requests_total",
    help: "Requests answered, by surface, decision (none where nothing was decided) and HTTP status.",
    labelNames: ["surface", "effect", "status"],
    registers,
  });
  const decided = new Histogram({
    name: "holdfast_decision_seconds",
    help: "Time from taking a request in to performing it.",
    labelNames: ["surface"],
    buckets: DECIDED,
    registers,
  });
  const upstream = new Histogram({
    name: "holdfast_upstream_seconds",
    help: "Time until an upstream's answer began.",
    labelNames: ["upstream"],
    buckets: UPSTREAM,
    registers,
  });
  const live = new Gauge({ name: "holdfast_live_streams", help: "Streams being answered now.", registers });
  gauge("holdfast_audit_records", "Records in the audit log.", gauges.auditSize);
  gauge("holdfast_audit_healthy", "1 while the audit log can promise to record; at 0 nothing is performed.", () => Number(gauges.auditHealthy()));
  gauge("process_resident_memory_bytes", "Resident memory size in bytes.", () => process.memoryUsage.rss());
  gauge("process_uptime_seconds", "Seconds since the process started.", () => process.uptime());

  registry.registerMetric(
    new Gauge({
      name: "holdfast_agent_paused",
      // By whom and why stands in the log: a person's name and words of theirs are nothing for a metric.
      help: "1 for every agent that an operator paused (`*`: all).",
      labelNames: ["agent"],
      registers: [],
      collect() {
        this.reset();
        for (const { agent } of gauges.paused()) this.labels(agent).set(1);
      },
    }),
  );

  // Of single users and sessions there are too many for labels.
  const budget = (name: string, help: string, read: (budget: BudgetGauge) => number): void =>
    registry.registerMetric(
      new Gauge({
        name,
        help,
        labelNames: ["agent", "budget"],
        registers: [],
        collect() {
          this.reset();
          for (const { agent, budgets } of gauges.budgets())
            for (const one of budgets) if (one.scope === "agent" || one.scope === "tool") this.labels(agent, one.id).set(read(one));
        },
      }),
    );
  budget("holdfast_budget_used", "Spent of an agent's budget in its window.", ({ used }) => used);
  budget("holdfast_budget_reserved", "Reserved of an agent's budget by calls that are under way.", ({ reserved }) => reserved);
  budget("holdfast_budget_limit", "An agent's budget.", ({ limit }) => limit);

  function gauge(name: string, help: string, read: () => number): void {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(read());
        },
      }),
    );
  }

  // Looking up labels costs more than counting, and there are few of them.
  const counted = new Map<string, ReturnType<typeof requests.labels>>();
  const timed = new Map<string, { observe(value: number): void }>();

  return {
    answered: (surface, effect, status) => child(counted, `${surface} ${effect} ${status}`, () => requests.labels(surface, effect, String(status))).inc(),
    decided: (surface, seconds) => child(timed, `d ${surface}`, () => decided.labels(surface)).observe(seconds),
    upstream: (name, seconds) => child(timed, `u ${name}`, () => upstream.labels(name)).observe(seconds),
    live: (change) => live.inc(change),
    exposition: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}

function child<T>(children: Map<string, T>, name: string, make: () => T): T {
  let found = children.get(name);
  if (found === undefined) {
    found = make();
    children.set(name, found);
  }
  return found;
}
