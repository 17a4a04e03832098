import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { type Decision, NEUTRAL, NEUTRAL_LABEL, type Request } from "../core/index.ts";
import { openFamiliar } from "./familiar.ts";
import { compilePolicy, permissionLayer } from "./index.ts";

const CONFIG = {
  models: {},
  tools: { crm: { default: {}, tools: { note: { effect: "write", egress: false } } } },
  roles: { all: { read: [], write: ["*"], deny: [] } },
  agents: {
    a: { role: "all", models: [], limits: { requests: { count: 1000, ms: 1000, text: "" } } },
    b: { role: "all", models: [], limits: { requests: { count: 1000, ms: 1000, text: "" } } },
  },
  // biome-ignore lint/suspicious/noThenProperty: the word is part of the public configuration
  rules: [{ id: "new", when: "act.first", then: "ask", mode: "enforce" }],
  flow: { mode: "enforce" },
  timezone: "UTC",
} as const;

test("what an agent was never let do is new, also after it was asked about; once it was done it is not, also after a restart", async () => {
  verifies("H-01");
  const compiled = compilePolicy(CONFIG);
  assert.ok(compiled.ok);
  const kept: string[] = [];
  const store = { load: async () => [...kept], save: async (key: string) => void kept.push(key) };
  const open = async () => {
    const familiar = await openFamiliar(store);
    const layer = permissionLayer(compiled.policy, { clock: { monotonic: () => 0 }, familiar });
    const effect = async (agent: string): Promise<string> => {
      const request: Request = {
        id: "r",
        principal: { agent },
        action: { type: "tool.call", tool: "crm.note", args: {} },
        content: [],
        context: { time: 0, surface: "test" },
      };
      const decision: Decision = await layer.decide(request, { decision: NEUTRAL, label: NEUTRAL_LABEL, passages: [] });
      return decision.effect;
    };
    return { familiar, effect };
  };
  const { familiar, effect } = await open();
  assert.deepEqual([await effect("a"), await effect("a")], ["ask", "ask"]);
  familiar.add("a", "crm.note");
  assert.deepEqual([await effect("a"), await effect("b")], ["permit", "ask"]);
  const long = "x".repeat(500);
  familiar.add("a", `crm.${long}1`);
  assert.deepEqual(
    [familiar.has("a", `crm.${long}1`), familiar.has("a", `crm.${long}2`)],
    [false, false],
    "what cannot be kept whole is not known, nor is what begins like it",
  );
  const again = await open();
  assert.deepEqual([await again.effect("a"), await again.effect("b")], ["permit", "ask"]);
});
