import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { deriveFacts, type ToolDefinition } from "./defaults.ts";

const facts = (tool: ToolDefinition): string => {
  const { effect, egress } = deriveFacts(tool);
  return `${effect}${egress ? " egress" : ""}`;
};

test("verbs of the name decide, in English and German, in every way of writing names", () => {
  const names: readonly (readonly [string, string])[] = [
    ["get_balance", "read"],
    ["getBalance", "read"],
    ["GmailSearchEmails", "read"],
    ["crm.list_customers", "read"],
    ["kunden-suchen", "read"],
    ["zeige_bestellungen", "read"],
    ["get_scheduled_transactions", "read"],
    ["get_webpage", "read egress"],
    ["send_email", "write egress"],
    ["GmailSendEmail", "write egress"],
    ["search_and_replace", "write egress"],
    ["get_or_create_user", "write egress"],
    ["kunde_löschen", "write egress"],
    ["überweise_betrag", "write egress"],
    ["check_in", "write egress"],
    ["checkout", "write egress"],
    ["check_inventory", "read"],
    ["frobnicate", "write egress"],
    ["", "write egress"],
    ["post", "write egress"],
    ["get_post", "read"],
    ["__proto__", "write egress"],
  ];
  for (const [name, expected] of names) assert.equal(facts({ name }), expected, name);
});

test("what a server says of itself makes the guess stricter and never vouches for it", () => {
  const name = "get_report";
  assert.equal(facts({ name, description: "Deletes all reports" }), "write egress");
  assert.equal(facts({ name, description: "Gets the report and deletes it afterwards" }), "write egress");
  assert.equal(facts({ name, annotations: { destructiveHint: true } }), "write egress");
  assert.equal(facts({ name, annotations: { openWorldHint: true } }), "read egress");
  assert.equal(facts({ name, inputSchema: { type: "object", properties: { url: { type: "string" } } } }), "read egress");
  assert.equal(facts({ name: "delete_report", annotations: { readOnlyHint: true, openWorldHint: false }, description: "Reads a report" }), "write egress");
  assert.equal(facts({ name: "frobnicate", annotations: { readOnlyHint: true } }), "write egress");
});

test("everything that was guessed is marked, and results are never trusted by guess", () => {
  assert.deepEqual(deriveFacts({ name: "get_balance" }), {
    effect: "read",
    egress: false,
    trust: "untrusted",
    categories: [],
    readers: "public",
    derived: ["effect", "egress", "trust"],
  });
});

test("foreign names and descriptions of any size take linear time", () => {
  const text = "Aa".repeat(500_000);
  assert.equal(
    facts({ name: text, description: text, inputSchema: { properties: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`p${i}`, {}])) } }),
    "write egress",
  );
});

const DATA = new URL("../../../shared/data/agent/agentdojo_tools.jsonl.gz", import.meta.url);

test("of the tools of AgentDojo and AgentDyn none that changes something is taken for reading", { skip: !existsSync(DATA) }, () => {
  const tools = gunzipSync(readFileSync(DATA))
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { tool: string; description: string; parameters: ToolDefinition["inputSchema"]; effect: string });
  const wrong = tools.filter(
    ({ tool, description, parameters, effect }) => deriveFacts({ name: tool, description, inputSchema: parameters }).effect !== effect,
  );
  assert.deepEqual(
    wrong.filter(({ effect }) => effect === "write").map(({ tool }) => tool),
    [],
  );
  assert.ok(wrong.length <= 1, wrong.map(({ tool }) => tool).join(", "));
});
