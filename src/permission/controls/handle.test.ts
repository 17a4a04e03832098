import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { NEUTRAL } from "../../core/decision.ts";
import type { Json } from "../../core/json.ts";
import { NEUTRAL_LABEL } from "../../core/label.ts";
import { handleControl } from "./handle.ts";

const says = (args: { readonly [name: string]: Json }): string | undefined => {
  const decision = handleControl.check(
    { id: "r", principal: { agent: "a" }, action: { type: "tool.call", tool: "mail.send", args }, content: [], context: { time: 0, surface: "test" } },
    { decision: NEUTRAL, label: NEUTRAL_LABEL, passages: [] },
    0,
  );
  return decision === NEUTRAL ? undefined : decision.reasons[0]?.id;
};

test("a handle may be what a call says, never whom it reaches, however many values stand around it", () => {
  verifies("P-09");
  assert.equal(says({ to: "bob@example.com", body: "hf://abc" }), undefined);
  assert.equal(says({ to: "hf://abc", body: "hello" }), "flow/handle");
  const many = Array.from({ length: 3_000 }, () => "bob@example.com");
  assert.equal(says({ cc: many, to: "hf://abc" }), "flow/handle");
});
