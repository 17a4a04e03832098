import assert from "node:assert/strict";
import { test } from "node:test";
import type { Effect } from "../../src/core/decision.ts";
import type { Judged } from "./case.ts";
import { left, leftRows } from "./left.ts";

const judged = (task: string, version: string, ...effects: readonly Effect[]): Judged => ({
  of: {
    group: { benchmark: "agentdojo", suite: "banking", version, attack: "none" },
    run: { id: `x/${task}//none`, user: "", tools: [], events: [], calls: "user" },
    marks: [],
  },
  calls: effects.map((effect) => ({
    side: "user",
    consequential: true,
    tool: "send_money",
    args: {},
    effect,
    reasons: effect === "permit" ? [] : [{ id: "flow/untrusted-target", effect, text: "x" }],
  })),
});

test("a task is left where a call of it did not pass, once, in the newest version; one that nobody explained says so", () => {
  const all = left([
    judged("user_task_0", "v1.2.2", "ask", "permit", "ask"),
    judged("user_task_1", "v1.2.2", "permit"),
    judged("user_task_0", "v1", "ask"),
    judged("user_task_99", "v1.2.2", "deny"),
  ]);
  assert.deepEqual(
    all.map(({ task, asked }) => [task, asked]),
    [
      ["user_task_0", ["send_money: untrusted-target"]],
      ["user_task_99", ["send_money: untrusted-target"]],
    ],
  );
  const [known, unknown] = leftRows(all);
  assert.notEqual(known?.[3], "not looked at");
  assert.equal(unknown?.[3], "not looked at");
});
