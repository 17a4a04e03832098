import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { NEUTRAL } from "../../core/decision.ts";
import { NEUTRAL_LABEL } from "../../core/label.ts";
import { ACTIONS, type ActionType, type Request } from "../../core/request.ts";
import { permissionLayer } from "../decide.ts";
import { compilePolicy } from "../policy.ts";
import type { RoleConfig } from "../policy-config.ts";
import { READY_ROLES } from "./ready.ts";

const empty: RoleConfig = { read: [], write: [], deny: [] };

function effect(role: string, tool: string, args: NonNullable<Request["action"]["args"]> = {}, roles: { readonly [name: string]: RoleConfig } = {}): string {
  const limits = { requests: { count: 1000, ms: 60_000, text: "1000/min" } };
  const compiled = compilePolicy({
    models: {},
    tools: {},
    roles,
    agents: { a: { role, models: [], limits } },
    rules: [],
    flow: { mode: "enforce" },
    timezone: "UTC",
  });
  assert.ok(compiled.ok, JSON.stringify(compiled));
  const known: ActionType | undefined = ACTIONS.find((type) => type === tool);
  const request: Request = {
    id: "r",
    principal: { agent: "a" },
    action: known === undefined ? { type: "tool.call", tool, args } : { type: known, args },
    content: [],
    context: { time: 0, surface: "test" },
  };
  const decision = permissionLayer(compiled.policy, { clock: { monotonic: () => 0 } }).decide(request, {
    decision: NEUTRAL,
    label: { ...NEUTRAL_LABEL, integrity: "user" },
    passages: [],
  });
  assert.ok(!(decision instanceof Promise));
  return decision.effect;
}

const table: readonly (readonly [role: string, reads: readonly string[], writes: readonly string[], blocked: readonly string[]])[] = [
  [
    "customer-service",
    ["orders.list", "kb.search", "crm.search"],
    ["tickets.create", "tickets.update"],
    ["finance.list_accounts", "payments.refund", "admin.list_users", "crm.delete_customer", "net.connect"],
  ],
  ["inventory-monitor", ["inventory.list", "suppliers.search"], ["alerts.create"], ["crm.search", "inventory.update_stock", "payments.list"]],
  ["report-generator", ["analytics.list", "sales.show", "reports.list"], ["reports.create"], ["crm.search", "sales.update", "mail.send", "message.send"]],
  [
    "sales-assistant",
    ["crm.search", "products.list", "pricing.show"],
    ["crm.add_note", "quotes.draft"],
    ["finance.list_accounts", "quotes.send", "pricing.update", "hr.list"],
  ],
  ["code-agent", ["repo.read", "docs.search", "ci.status"], [], ["repo.merge", "deploy.run", "secrets.list", "production.list", "skill.install"]],
  ["summariser", [], [], ["file.read", "file.write", "net.connect", "resource.read", "web.fetch", "read_file", "kb.search"]],
];

test("the ready roles read, write and are blocked as their table says", () => {
  verifies("P-02");
  for (const [role, reads, writes, blocked] of table) {
    for (const tool of [...reads, ...writes]) assert.equal(effect(`builtin/${role}`, tool), "permit", `${role} ${tool}`);
    for (const tool of blocked) assert.equal(effect(`builtin/${role}`, tool), "deny", `${role} ${tool}`);
  }
});

test("a code agent may write only to feature branches", () => {
  verifies("P-02");
  const push = (args: NonNullable<Request["action"]["args"]>, tool = "repo.push") => effect("builtin/code-agent", tool, args);
  for (const args of [
    { branch: "feature/login" },
    { ref: "refs/heads/feature/a-b_c/d" },
    { head: "feature/x", base: "main" },
    { branch: "feature/x", ref: "feature/x" },
  ])
    assert.equal(push(args), "permit", JSON.stringify(args));
  for (const args of [
    {},
    { branch: "main" },
    { branch: "feature" },
    { branch: "feature/" },
    { branch: "xfeature/a" },
    { branch: "feature/../main" },
    { branch: "feature/a\nmain" },
    { branch: "Feature/a" },
    { branch: "feature/a:main" },
    { branch: "feature/a", ref: "main" },
    { branch: ["feature/a"] },
    { branch: 1 },
    { branch: null },
    { other: "feature/a" },
  ])
    assert.equal(push(args), "deny", JSON.stringify(args));
  assert.equal(push({}, "repo.read"), "permit");
});

test("what builds on a role keeps its blocks and bounds, whatever it adds", () => {
  verifies("P-02");
  const roles = {
    support: { ...empty, extends: "builtin/customer-service", read: ["finance.*"], write: ["finance.*", "payments.refund", "tickets.close"] },
    coder: { ...empty, extends: "builtin/code-agent", write: ["repo.*", "repo.merge", "github.push"] },
    grandchild: { ...empty, extends: "coder", write: ["*"] },
  };
  assert.equal(effect("support", "finance.list", {}, roles), "deny");
  assert.equal(effect("support", "payments.refund", {}, roles), "deny");
  assert.equal(effect("support", "tickets.close", {}, roles), "permit");
  assert.equal(effect("coder", "repo.merge", { branch: "feature/a" }, roles), "deny");
  assert.equal(effect("coder", "repo.tag", { branch: "main" }, roles), "deny");
  assert.equal(effect("coder", "github.push", { branch: "main" }, roles), "deny");
  assert.equal(effect("grandchild", "anything.push", { branch: "main" }, roles), "deny");
  assert.equal(effect("grandchild", "anything.push", { branch: "feature/a" }, roles), "permit");
});

test("every ready role is explained in English and German", () => {
  for (const [name, { explain }] of Object.entries(READY_ROLES))
    for (const text of Object.values(explain)) assert.ok(text.length > 30 && text.endsWith("."), name);
});
