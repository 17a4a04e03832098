import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createTelemetry } from "../../telemetry/metrics.ts";
import { adminRoutes } from "./admin.ts";
import { loopbackNames } from "./sanity.ts";
import { type HttpServer, serve } from "./serve.ts";

const silent = { info() {}, warn() {}, error() {} };
const clock = { now: Date.now, monotonic: () => performance.now(), timer: () => () => {} };
let holds = true;
let url = "";
let server: HttpServer;
const telemetry = createTelemetry({
  auditSize: () => 7,
  auditHealthy: () => holds,
  paused: () => [{ agent: "a", by: "anna", reason: "it loops" }],
  budgets: () => [
    {
      agent: "a",
      budgets: [
        { id: "limits/budget/usd", scope: "agent", used: 1.5, reserved: 0.25, limit: 20 },
        { id: "limits/user/budget/usd", scope: "user", used: 1, reserved: 0, limit: 2 },
      ],
    },
  ],
});
before(async () => {
  const guarantees = () => [{ id: "recorded", holds, text: "nothing happens that is not recorded" }];
  const keys = { verify: () => undefined, watch: () => () => {} };
  const routes = adminRoutes({ guarantees, metrics: telemetry.exposition });
  server = serve({ surface: "admin", routes, names: loopbackNames, keys, clock, log: silent, metrics: telemetry });
  url = `http://127.0.0.1:${(await server.listen("127.0.0.1", 0)).port}`;
});
after(() => server.drain(0));

test("the process says that it lives, and which guarantees hold", async () => {
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
  holds = false;
  try {
    const response = await fetch(`${url}/readyz`);
    assert.equal(response.status, 503);
    assert.deepEqual(((await response.json()) as { guarantees: object[] }).guarantees, [
      { id: "recorded", holds: false, text: "nothing happens that is not recorded" },
    ]);
  } finally {
    holds = true;
  }
});

test("metrics are Prometheus text, with what was counted", async () => {
  telemetry.answered("llm-gateway", "deny", 403);
  telemetry.decided("llm-gateway", 0.002);
  telemetry.upstream("openai", 0.2);
  telemetry.live(1);
  const response = await fetch(`${url}/metrics`);
  assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  for (const line of [
    'holdfast_budget_used{agent="a",budget="limits/budget/usd"} 1.5',
    'holdfast_budget_reserved{agent="a",budget="limits/budget/usd"} 0.25',
    'holdfast_budget_limit{agent="a",budget="limits/budget/usd"} 20',
    'holdfast_requests_total{surface="llm-gateway",effect="deny",status="403"} 1',
    'holdfast_decision_seconds_count{surface="llm-gateway"} 1',
    'holdfast_upstream_seconds_count{upstream="openai"} 1',
    "holdfast_live_streams 1",
    "holdfast_audit_records 7",
    "holdfast_audit_healthy 1",
  ]) {
    assert.ok(text.includes(line), line);
  }
});

test("every admin route says why it needs no guard, and anything else is not there", async () => {
  for (const { because } of adminRoutes({ guarantees: () => [], metrics: telemetry.exposition })) assert.ok((because ?? "").length > 10);
  assert.equal((await fetch(`${url}/v1/models`)).status, 404);
  assert.equal((await fetch(`${url}/healthz`, { headers: { origin: "http://evil.example" } })).status, 403);
  assert.equal((await fetch(`${url}/metrics`, { method: "POST", body: "x" })).status, 405);
});
