import assert from "node:assert/strict";
import { test } from "node:test";
import { readSummary } from "./read.ts";
import { visible } from "./visible.ts";

test("what reorders or hides text is shown by its number", () => {
  assert.equal(visible("a\u202eb\u200bc\u{e0041}d\n\te"), "a\u2039U+202E\u203ab\u2039U+200B\u203ac\u2039U+E0041\u203ad\n\te");
});

test("a summary of any shape is read as text, and nothing in it is hidden", () => {
  const summary = readSummary({
    id: 4,
    agent: { toString: "x" },
    tool: ["a"],
    effect: "allow",
    status: {},
    reason: { text: "a\u202eb" },
    findings: "many",
    seq: Number.NaN,
  });
  assert.deepEqual(summary, {
    id: "4",
    seq: 0,
    time: "",
    agent: '{"toString":"x"}',
    user: "",
    action: "",
    tool: '["a"]',
    target: "",
    effect: "unknown",
    status: "unknown",
    reason: { id: "", text: "a\u2039U+202E\u203ab", effect: "unknown" },
    findings: 0,
    masked: false,
    parent: "",
  });
  for (const odd of [null, undefined, 0, "text", [], [[]]]) assert.equal(readSummary(odd).id, "");
});
