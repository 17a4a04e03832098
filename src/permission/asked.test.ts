import assert from "node:assert/strict";
import { test } from "node:test";
import { type Decision, deny, NEUTRAL, permit } from "../core/decision.ts";
import { NEUTRAL_LABEL } from "../core/label.ts";
import type { Request } from "../core/request.ts";
import type { Control } from "./controls/control.ts";
import { permissionLayer } from "./decide.ts";
import type { ToolDefinition } from "./defaults.ts";
import { compilePolicy, type Policy } from "./policy.ts";
import type { Pinned } from "./tools.ts";

function policyOf(pinned?: Pinned): Policy {
  const compiled = compilePolicy(
    {
      models: {},
      tools: {},
      roles: { all: { read: ["*"], write: ["*"], deny: [] } },
      agents: { a: { role: "all", models: [], limits: { requests: { count: 9, ms: 1, text: "9/ms" } } } },
      rules: [],
      flow: { mode: "monitor" },
      timezone: "UTC",
    },
    pinned,
  );
  assert.ok(compiled.ok);
  return compiled.policy;
}

const request: Request = {
  id: "r",
  principal: { agent: "a" },
  action: { type: "tool.call", tool: "crm.lookup", args: {} },
  content: [],
  context: { time: 0, surface: "test" },
};
const inspection = { decision: NEUTRAL, label: NEUTRAL_LABEL, passages: [] };

test("each control is asked for all that it has, in order, whatever the others have, and told of nothing that one of them denied", () => {
  const heard: string[] = [];
  const made = (id: string, parts: readonly (keyof Control)[], says: Decision = NEUTRAL): Control => {
    const hear = <Answer>(part: string, answer: Answer): Answer => {
      heard.push(`${id} ${part}`);
      return answer;
    };
    return {
      id,
      check: () => hear("check", says),
      ...(parts.includes("ready") ? { ready: () => hear("ready", undefined) } : {}),
      ...(parts.includes("review") ? { review: () => hear("review", NEUTRAL) } : {}),
      ...(parts.includes("done") ? { done: () => hear("done", undefined) } : {}),
      ...(parts.includes("settle") ? { settle: () => hear("settle", undefined) } : {}),
    };
  };
  const decided = (...controls: readonly Control[]): readonly string[] => {
    heard.length = 0;
    const layer = permissionLayer(policyOf(), { clock: { monotonic: () => 0 }, uncounted: true, controls });
    const decision = layer.decide(request, inspection);
    assert.ok(!(decision instanceof Promise));
    layer.settle(request, { status: "denied", decision });
    return [...heard];
  };
  const all = ["ready", "review", "done", "settle"] as const;
  const full = ["ready", "check", "review", "done", "settle"];
  assert.deepEqual(
    decided(made("plain", []), made("whole", all), made("plain", [])),
    full.flatMap((part) => (part === "check" ? ["plain check", "whole check", "plain check"] : [`whole ${part}`])),
  );
  for (const part of all) {
    const alone = full.filter((one) => one === "check" || one === part);
    assert.deepEqual(
      decided(made("one", [part])),
      alone.map((one) => `one ${one}`),
    );
  }
  const no = deny({ id: "no", text: "no" });
  assert.deepEqual(decided(made("first", all), made("denies", [], no), made("last", all)), [
    ...["first ready", "last ready", "first check", "denies check"],
    ...["first settle", "last settle"],
  ]);
  const yes = permit({ id: "yes", text: "yes" });
  assert.equal(decided(made("says", ["done"], yes)).length, 2);
});

test("where a server describes a tool anew, its next call is judged by that description", () => {
  let [version, described]: [number, ToolDefinition] = [1, { name: "crm.lookup", description: "Looks up an order" }];
  const policy = policyOf({
    get version() {
      return version;
    },
    definition: (id) => (id === "crm.lookup" ? described : undefined),
  });
  const seen = () => policy.agents.get("a")?.subject("tool.call", "crm.lookup").described?.definition;
  assert.equal(seen(), described);
  assert.equal(policy.agents.get("a")?.subject("tool.call", "crm.other").described?.definition, undefined);
  [version, described] = [2, { name: "crm.lookup", description: "Sends an order away" }];
  assert.equal(seen(), described);
});
