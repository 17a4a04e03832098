import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { compileTools } from "./tools.ts";

const config = {
  crm: { default: {}, tools: { import: { effect: "write" } } },
  a: { default: {}, tools: { shared: {} } },
  b: { default: {}, tools: { shared: {} } },
} as const;
const { facts } = compileTools(config, new Set(["crm.customers", "crm.delete_customer", "crm.import", "shared"]));

test("a tool that a role lists by its whole name to be read counts as reading, which nobody has to confirm again", () => {
  verifies("P-01");
  assert.deepEqual([facts("crm.customers").effect, facts("crm.customers").derived.includes("effect")], ["read", false]);
  assert.equal(facts("crm.orders").effect, "write", "one that is not listed, and whose name says nothing, writes");
});

test("such a list does not outweigh a name that speaks of change, what configuration says, or a name that two servers share", () => {
  verifies("P-01");
  for (const tool of ["crm.delete_customer", "crm.import", "shared"]) assert.equal(facts(tool).effect, "write", tool);
});
