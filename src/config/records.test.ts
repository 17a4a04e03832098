import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { checkConfig } from "../compose/check.ts";
import { formatFaults, readConfig } from "./index.ts";

const TOOLS = "tools:\n  crm:\n    default: { egress: false }\n    tools:\n      count: { effect: read }\n";
const read = (records: string, before = "") =>
  readConfig("holdfast.yaml", `${before}${TOOLS}      delete: { records: ${records} }\n`, {
    env: {},
    readFile: () => Promise.reject(new Error("none")),
    check: checkConfig,
  });
const COUNT = "count: { from: result, path: /structuredContent/rows }";

test("how records are counted is read with its sources; without arguments they are those of the call", async () => {
  verifies("H-01");
  const loaded = await read(`{ call: crm.count, args: { table: { from: args, path: /table }, exact: true }, ${COUNT} }`);
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const delete_ = loaded.config.tools["crm"]?.tools["delete"]?.records;
  assert.deepEqual(delete_, {
    call: "crm.count",
    args: { table: { from: "args", path: "/table" }, exact: { value: true } },
    count: { from: "result", path: "/structuredContent/rows" },
    timeout: 800,
  });
  const dry = await read("{ dry_run: { mode: preview }, count: { from: text, path: '' }, timeout: 500ms }");
  assert.ok(dry.ok, JSON.stringify(dry));
  assert.deepEqual(dry.config.tools["crm"]?.tools["delete"]?.records, { dry_run: { mode: "preview" }, count: { from: "text", path: "" }, timeout: 500 });
});

test("a count that may take as long as the whole decision is refused, and one that may take less is not", async () => {
  const slow = await read(`{ call: crm.count, ${COUNT}, timeout: 5s }`);
  assert.ok(!slow.ok);
  assert.match(formatFaults(slow.faults), /shorter than `deadlines\.decide`/);
  assert.ok((await read(`{ call: crm.count, ${COUNT}, timeout: 5s }`, "deadlines: { decide: 6s }\n")).ok);
});

for (const [wrong, records] of [
  ["a call and a dry run", `{ call: crm.count, dry_run: { dry: true }, ${COUNT} }`],
  ["neither of them", `{ ${COUNT} }`],
  ["a dry run without what makes it one", `{ dry_run: {}, ${COUNT} }`],
  ["a dry run with other arguments", `{ dry_run: { dry: true }, args: { x: 1 }, ${COUNT} }`],
  ["no place where the number stands", "{ call: crm.count }"],
  ["a number out of the arguments", "{ call: crm.count, count: { from: args, path: /limit } }"],
  ["an argument out of the answer", `{ call: crm.count, args: { x: { from: result, path: /x } }, ${COUNT} }`],
  ["a path that is no pointer", "{ call: crm.count, count: { from: result, path: rows } }"],
  ["a tool without its server", `{ call: count, ${COUNT} }`],
  ["a tool that writes", `{ call: crm.delete_all, ${COUNT} }`],
  ["a key that is not known", `{ call: crm.count, most: 100, ${COUNT} }`],
] as const)
  test(`${wrong} is refused with its line`, async () => {
    const loaded = await read(records);
    assert.ok(!loaded.ok);
    assert.match(formatFaults(loaded.faults), /holdfast\.yaml:6:/);
  });
