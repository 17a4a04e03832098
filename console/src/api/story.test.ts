import assert from "node:assert/strict";
import { test } from "node:test";
import { readStory } from "./story.ts";

const head = { seq: 8, prev: "0", time: "2026-11-21T04:39:53Z", id: "r1" };
const asked = { id: "flow/untrusted-context", effect: "ask", text: "untrusted content is in play" };
const nobody = { id: "oversight/nobody", effect: "deny", text: "nobody can be asked here" };

test("what was asked and answered by nobody is told as denied, with both reasons", () => {
  const story = readStory({
    summary: { id: "r1", effect: "deny", status: "denied" },
    records: [
      { ...head, kind: "intent", effect: "ask", reasons: [asked] },
      { ...head, seq: 9, kind: "outcome", effect: "deny", status: "denied", reasons: [nobody] },
    ],
  });
  assert.equal(story.summary.effect, "deny");
  assert.deepEqual(
    story.reasons.map(({ id }) => id),
    ["oversight/nobody", "flow/untrusted-context"],
  );
  assert.deepEqual(story.outcome?.reasons, []);
});

test("a server that calls a denied record permitted is contradicted by the record", () => {
  const story = readStory({
    summary: { effect: "permit", agent: "a", tool: "harmless" },
    records: [{ ...head, kind: "intent", effect: "deny", agent: "b", tool: "pay" }],
  });
  assert.deepEqual([story.summary.effect, story.summary.agent, story.summary.tool], ["deny", "b", "pay"]);
});

test("of several outcomes the last one counts: approved after a wait", () => {
  const outcome = (status: string) => ({ ...head, kind: "outcome", status, reasons: [{ id: "detectors/iban", effect: "permit", text: "masked iban" }] });
  const story = readStory({ summary: {}, records: [{ ...head, kind: "intent", effect: "ask" }, outcome("pending"), outcome("done")] });
  assert.equal(story.outcome?.status, "done");
  assert.deepEqual(
    story.outcome?.reasons.map(({ id }) => id),
    ["detectors/iban"],
  );
});

test("an answer of no shape at all is an empty story", () => {
  for (const odd of [null, 4, "x", [], { records: "x", proof: [] }]) {
    const story = readStory(odd);
    assert.deepEqual([story.reasons, story.input, story.children, story.proof], [[], [], [], undefined]);
  }
});
