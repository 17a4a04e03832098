import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import type { From } from "../../core/pointer.ts";
import { compensation, doubtOf } from "./undo.ts";

const undo = (args: { readonly [name: string]: From }) => ({ call: "crm.delete", args, timeout: 1_000 });
const RESULT = { structuredContent: { id: 7, "a/b": { "~": ["x", null] } }, content: [{ type: "text", text: '{"id":"t-7"}' }] };

test("the arguments of a compensation come from what was asked, from what was answered, or from the configuration", () => {
  verifies("C-08");
  const built = compensation(
    undo({
      id: { from: "result", path: "/structuredContent/id" },
      text: { from: "text", path: "/id" },
      list: { from: "args", path: "/list" },
      why: { value: "rollback" },
    }),
    { list: "leads" },
    RESULT,
  );
  assert.deepEqual(built, { call: "crm.delete", args: { id: 7, text: "t-7", list: "leads", why: "rollback" } });
});

test("where one argument is missing nothing is guessed, and its name is told", () => {
  verifies("C-08");
  const missing: readonly (readonly [From, object | string])[] = [
    [{ from: "result", path: "/structuredContent/no" }, RESULT],
    [{ from: "args", path: "/id" }, RESULT],
    [{ from: "text", path: "/id" }, { content: [{ type: "text", text: "created 7" }] }],
    [{ from: "text", path: "/id" }, "{"],
  ];
  for (const [from, result] of missing) {
    const built = compensation(undo({ id: from }), {}, result as never);
    assert.ok("why" in built && built.why.includes("`id`"), JSON.stringify(built));
  }
  const long = compensation(undo({ id: { from: "args", path: "/id" } }), { id: "x".repeat(70_000) }, RESULT);
  assert.ok("why" in long && long.why.includes("too long"));
});

test("an answer that says it failed, that it is not over, or nothing, is a doubt", () => {
  assert.equal(doubtOf(RESULT), undefined);
  assert.equal(doubtOf("done"), undefined);
  assert.equal(doubtOf({ task: "buy milk" }), undefined, "a host reports what its tools answer, and that may be anything");
  for (const doubtful of [undefined, { isError: true }, { inputRequests: {} }, { task: { taskId: "t-1", status: "working" } }])
    assert.equal(typeof doubtOf(doubtful as never), "string");
});
