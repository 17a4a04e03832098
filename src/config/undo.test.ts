import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { formatFaults, readConfig } from "./index.ts";

const read = (undo: string) =>
  readConfig("holdfast.yaml", `tools:\n  crm:\n    tools:\n      create: { undo: ${undo} }\n`, { env: {}, readFile: () => Promise.reject(new Error("none")) });

test("how a tool is undone is read with its sources, and a constant may be written as it is", async () => {
  verifies("C-08");
  const loaded = await read(
    "{ call: crm.delete, args: { id: { from: result, path: /a~1b/0 }, all: { from: args, path: '' }, why: wrong, force: true, list: { value: [1] } } }",
  );
  assert.ok(loaded.ok);
  assert.deepEqual(loaded.config.tools["crm"]?.tools["create"]?.undo, {
    call: "crm.delete",
    args: {
      id: { from: "result", path: "/a~1b/0" },
      all: { from: "args", path: "" },
      why: { value: "wrong" },
      force: { value: true },
      list: { value: [1] },
    },
    timeout: 60_000,
  });
});

for (const [wrong, undo] of [
  ["a tool without its server", "{ call: delete }"],
  ["a path that is no pointer", "{ call: crm.delete, args: { id: { from: result, path: id } } }"],
  ["an escape that JSON pointers do not have", "{ call: crm.delete, args: { id: { from: result, path: /a~2 } } }"],
  ["a source that is none", "{ call: crm.delete, args: { id: { from: mail, path: /id } } }"],
  ["a source and a constant", "{ call: crm.delete, args: { id: { from: result, path: /id, value: 1 } } }"],
  ["a list that does not say what it is", "{ call: crm.delete, args: { id: [1] } }"],
  ["a deadline that never comes", "{ call: crm.delete, timeout: 1h }"],
  ["a key that is not known", "{ call: crm.delete, arguments: {} }"],
] as const)
  test(`${wrong} is refused with its line`, async () => {
    const loaded = await read(undo);
    assert.ok(!loaded.ok);
    assert.match(formatFaults(loaded.faults), /holdfast\.yaml:4:/);
  });
