import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { deny, type Effect, permit } from "../core/decision.ts";
import { NEUTRAL_LABEL } from "../core/label.ts";
import type { Inspection } from "../core/layers.ts";
import type { Request } from "../core/request.ts";
import { withinScope } from "./scope.ts";

const inspection: Inspection = { decision: permit({ id: "x", text: "x" }), label: NEUTRAL_LABEL, passages: [] };
const ask = (model: string, capability = "key_1"): Request => ({
  id: "r",
  principal: { agent: "a", capability },
  action: { type: "model.call" },
  resource: { type: "model", id: model },
  content: [],
  context: { time: 0, surface: "test" },
});

test("a scope only ever tightens what the layer inside decided", async () => {
  verifies("P-04");
  const scopes: readonly (readonly [readonly string[] | undefined, string, boolean])[] = [
    [undefined, "open/a", true],
    [[], "open/a", false],
    [["*"], "open/a", true],
    [["open/*"], "open/a", true],
    [["open/*"], "opener/a", false],
    [["open/a"], "open/a", true],
    [["open/a"], "open/ab", false],
  ];
  for (const inner of ["permit", "deny"] as const) {
    for (const [scope, model, inside] of scopes) {
      const decision = inner === "permit" ? permit({ id: "roles/x", text: "x" }) : deny({ id: "roles/x", text: "x" });
      const expected: Effect = inner === "permit" && inside ? "permit" : "deny";
      const now = withinScope({ decide: () => decision }, () => scope);
      const later = withinScope({ decide: async () => decision }, () => scope);
      assert.equal((await now.decide(ask(model), inspection)).effect, expected, `${scope} ${model}`);
      assert.equal((await later.decide(ask(model), inspection)).effect, expected);
    }
  }
});
