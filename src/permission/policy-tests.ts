import type { Effect, Reason } from "../core/decision.ts";
import { NEUTRAL } from "../core/decision.ts";
import type { Json } from "../core/json.ts";
import { type Label, NEUTRAL_LABEL } from "../core/label.ts";
import type { PermissionLayer } from "../core/layers.ts";
import { ACTIONS, type Action, type Request } from "../core/request.ts";
import type { CountRecords } from "./controls/records.ts";
import { permissionLayer } from "./decide.ts";
import { compilePolicy, type Policy } from "./policy.ts";
import type { PolicyConfig, PolicyTestConfig, Problem } from "./policy-config.ts";

export interface TestResult {
  readonly index: number;
  readonly ok: boolean;
  readonly expect: Effect;
  readonly got: Effect;
  readonly reasons: readonly Reason[];
}

/** Tries each test on the policy, without the limits that count. Nothing is performed. */
export async function runPolicyTests(policy: Policy, tests: readonly PolicyTestConfig[]): Promise<readonly TestResult[]> {
  return tests.map((test, index) => runOne(policy, test, index));
}

/** What is wrong with a configuration's policy: everything that does not compile, else every test that fails. For loading and reloading. */
export function checkPolicy(config: PolicyConfig & { readonly tests: readonly PolicyTestConfig[] }): readonly Problem[] {
  const compiled = compilePolicy(config);
  if (!compiled.ok) return compiled.faults;
  return config.tests.flatMap((test, index) => {
    const { ok, got, expect, reasons } = runOne(compiled.policy, test, index);
    const why = reasons.find(({ effect }) => effect === got);
    return ok
      ? []
      : [
          {
            path: ["tests", index],
            message: `the test expects \`${expect}\`, and the policy says \`${got}\``,
            ...(why === undefined ? {} : { hint: `\`${why.id}\`: ${why.text}` }),
          },
        ];
  });
}

function runOne(policy: Policy, test: PolicyTestConfig, index: number): TestResult {
  let records: number | undefined;
  const count: CountRecords = (_request, by) => ({ by, at: 0, ...(records === undefined ? { why: "not-here" } : { records }) });
  const layer: PermissionLayer = permissionLayer(policy, { clock: STILL, uncounted: true, count });
  const ask = (one: Omit<PolicyTestConfig, "expect" | "before">) => {
    records = one.records;
    const label: Label = { ...NEUTRAL_LABEL, integrity: one.context ?? "user" };
    return layer.decide(requestOf(one, index), { decision: NEUTRAL, label, passages: [] });
  };
  for (const earlier of test.before ?? []) ask({ ...earlier, agent: test.agent });
  const decision = ask(test);
  if (decision instanceof Promise) throw new TypeError("the policy answered late");
  return { index, ok: decision.effect === test.expect, expect: test.expect, got: decision.effect, reasons: decision.reasons };
}

const STILL = { monotonic: () => 0 };

function requestOf({ agent, call = "", model, args, user, time }: Omit<PolicyTestConfig, "expect" | "before">, index: number): Request {
  const type = model === undefined ? (ACTIONS.find((known) => known === call) ?? "tool.call") : "model.call";
  const action: Action = {
    type,
    ...(type === "tool.call" ? { tool: call } : {}),
    ...(args === undefined ? {} : { args: args as { readonly [name: string]: Json } }),
  };
  return {
    id: `test-${index}`,
    principal: { agent, ...(user === undefined ? {} : { user }) },
    action,
    ...(model === undefined ? {} : { resource: { type: "model", id: model } }),
    content: [],
    context: { time: time === undefined ? 0 : Date.parse(time), surface: "test" },
  };
}
