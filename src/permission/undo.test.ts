import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { compilePolicy } from "./policy.ts";

test("a compensation whose server cannot be reached from here is warned of, with the name that was perhaps meant", () => {
  verifies("C-08");
  const server = (undo: string, reached: object) => ({ default: {}, tools: { create: { undo: { call: undo } } }, ...reached });
  const compiled = compilePolicy({
    models: {},
    tools: {
      crm: server("crm.delete", { http: { url: "http://127.0.0.1" } }),
      files: server("files.delete", {}),
      shop: server("crn.delete", { stdio: { command: ["shop"] } }),
    },
    roles: {},
    agents: {},
    rules: [],
    flow: { mode: "enforce" },
    timezone: "UTC",
  });
  assert.ok(compiled.ok);
  assert.deepEqual(
    compiled.notes.map(({ path, hint }) => [path.join("."), hint]),
    [
      ["tools.files.tools.create.undo.call", undefined],
      ["tools.shop.tools.create.undo.call", "did you mean `crm`?"],
    ],
  );
});
