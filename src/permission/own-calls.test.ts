import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { compilePolicy } from "./policy.ts";
import type { PolicyConfig, ServerConfig } from "./policy-config.ts";

const compile = (tools: PolicyConfig["tools"]) =>
  compilePolicy({ models: {}, tools, roles: {}, agents: {}, rules: [], flow: { mode: "enforce" }, timezone: "UTC" });
const notesOf = (tools: PolicyConfig["tools"]): readonly (readonly [string, string | undefined])[] => {
  const compiled = compile(tools);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  return compiled.notes.map(({ path, hint }) => [path.join("."), hint]);
};
const faultsOf = (tools: PolicyConfig["tools"]): readonly string[] => {
  const compiled = compile(tools);
  return compiled.ok ? [] : compiled.faults.map(({ path, message }) => `${path.join(".")}: ${message}`);
};

test("a compensation whose server cannot be reached from here is warned of, with the name that was perhaps meant", () => {
  verifies("C-08");
  const server = (undo: string, reached: object) => ({ default: {}, tools: { create: { undo: { call: undo } } }, ...reached });
  assert.deepEqual(
    notesOf({
      crm: server("crm.delete", { http: { url: "http://127.0.0.1" } }),
      files: server("files.delete", {}),
      shop: server("crn.delete", { stdio: { command: ["shop"] } }),
    }),
    [
      ["tools.files.tools.create.undo.call", undefined],
      ["tools.shop.tools.create.undo.call", "did you mean `crm`?"],
    ],
  );
});

const counted = (records: object, others: ServerConfig["tools"] = {}, facts: ServerConfig["default"] = { egress: false }): PolicyConfig["tools"] => ({
  crm: { http: {}, default: facts, tools: { delete: { effect: "write", records: { timeout: 500, ...records } }, ...others } },
});

test("what counts before anything is decided must be declared, by the operator, to read and to leave nothing out of the house", () => {
  verifies("H-01");
  const call = { call: "crm.count_rows" };
  assert.deepEqual(faultsOf(counted(call, { count_rows: { effect: "read" } })), []);
  assert.deepEqual(faultsOf(counted(call, {}, { effect: "read", egress: false })), [], "what its server's tools do by default is declared as well");
  const refused: readonly (readonly [string, PolicyConfig["tools"], RegExp])[] = [
    ["read by its name only", counted(call), /`crm\.count_rows` .* not declared to read/],
    ["declared to write", counted(call, { count_rows: { effect: "write" } }), /not declared to read/],
    ["egress is not said", counted(call, { count_rows: { effect: "read" } }, {}), /leave nothing out of the house/],
    ["egress is said", counted(call, { count_rows: { effect: "read", egress: true } }), /leave nothing out of the house/],
    ["a server that is not there", counted({ call: "crn.count_rows" }), /not declared to read/],
    ["a name that every object has", counted({ call: "constructor.name" }), /not declared to read/],
    ["itself", counted({ call: "crm.delete" }), /cannot count for itself/],
    ["a dry run that may leave the house", counted({ dry_run: { dry_run: true } }, {}, {}), /leave nothing out of the house/],
  ];
  for (const [what, tools, why] of refused) assert.match(faultsOf(tools)[0] ?? "", why, what);
  assert.deepEqual(faultsOf(counted({ dry_run: { dry_run: true } })), []);
});

test("where nothing could count, because the server cannot be reached from here, it is said that each call is the most there is", () => {
  const unreached = {
    default: { egress: false, effect: "read" as const },
    tools: { drop: { effect: "write" as const, records: { dry_run: { dry: 1 }, timeout: 500 } } },
  };
  const tools = { ...counted({ call: "crn.count" }), crn: { ...unreached } };
  assert.deepEqual(notesOf(tools), [
    ["tools.crm.tools.delete.records.call", "did you mean `crm`?"],
    ["tools.crn.tools.drop.records", "did you mean `crm`?"],
  ]);
});

test("an agent that may make a call and not count what it changes is named", () => {
  const compiled = compilePolicy({
    models: {},
    tools: counted({ call: "crm.count_rows" }, { count_rows: { effect: "read" } }),
    roles: {
      clerk: { read: ["crm.*"], write: ["crm.delete"], deny: [] },
      blind: { read: [], write: ["crm.delete"], deny: [] },
      barred: { read: ["crm.*"], write: ["crm.delete"], deny: ["crm.count_rows"] },
      reader: { read: ["crm.*"], write: [], deny: [] },
    },
    agents: Object.fromEntries(
      ["clerk", "blind", "barred", "reader"].map((role) => [role, { role, models: [], limits: { requests: { count: 1, ms: 1, text: "" } } }]),
    ),
    rules: [],
    flow: { mode: "enforce" },
    timezone: "UTC",
  });
  assert.ok(compiled.ok);
  assert.deepEqual(
    compiled.notes.map(({ path }) => path.join(".")),
    ["agents.blind.role", "agents.barred.role"],
  );
});
