/** Every cell of what is limited and for whom, as it is written in a configuration: it bites, for the one it is about, and for nobody else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatFaults, readConfig } from "../src/config/index.ts";
import { NEUTRAL } from "../src/core/decision.ts";
import { NEUTRAL_LABEL } from "../src/core/label.ts";
import type { Inspection } from "../src/core/layers.ts";
import type { Principal, Request } from "../src/core/request.ts";
import { compilePolicy, createLedger, memoryLeases, permissionLayer } from "../src/permission/index.ts";
import { verifies } from "./verifies.ts";

const inspection: Inspection = { decision: NEUTRAL, label: { ...NEUTRAL_LABEL, integrity: "user" }, passages: [] };
const TOOL = "pay.send_money";

/** What two calls of the test use up, and which call uses it. */
const WHAT = {
  requests: ["tool", "2/min"],
  actions: ["tool", "2/min"],
  external: ["tool", "2/min"],
  "budget/actions": ["tool", "2/day"],
  "budget/bytes": ["tool", "2500b/day"],
  "budget/payments": ["tool", "25/day"],
  "budget/tokens": ["model", "2500/day"],
  "budget/usd": ["model", "2.5/day"],
} as const;
type What = keyof typeof WHAT;
const PER = ["agent", "key", "user", "session", "tool"] as const;
type Per = (typeof PER)[number];

const written = (per: Per, what: What): string => {
  const [, unit] = what.split("/");
  const [, limit] = WHAT[what];
  if (per === "agent" && what === "requests") return `requests_per_agent: ${limit}`;
  const cell = unit === undefined ? `${what}: ${limit}` : `budget: { ${unit}: ${limit} }`;
  return per === "agent" ? cell : per === "tool" ? `tool: { ${TOOL}: { ${cell} } }` : `${per}: { ${cell} }`;
};
const idOf = (per: Per, what: What): string =>
  `limits/${per === "agent" ? (what === "requests" ? "requests_per_agent" : what) : per === "tool" ? `tool/${TOOL}/${what}` : `${per}/${what}`}`;

const reading = (limits: string) =>
  readConfig(
    "holdfast.yaml",
    `
models: { m: { provider: openai, base_url: "http://127.0.0.1:1/v1", credential: none, prices: { "*": { input: 1000, output: 1000 } }, max_output: 900 } }
roles: { all: { read: ["*"], write: ["*"] } }
flow: { mode: monitor, rule_of_two: off }
agents:
${["a", "b"].map((name) => `  ${name}: { role: all, models: ["*"], limits: { requests: 10000/min, ${/^actions:/.test(limits) ? "" : "actions: 10000/min, "}${limits} } }`).join("\n")}
`,
    { env: {}, readFile: () => Promise.reject(new Error("no file")) },
  );

let number = 0;
const request = (kind: "tool" | "model", principal: Partial<Principal>, tool = TOOL): Request => {
  number++;
  const asked = { id: `r${number}`, principal: { agent: "a", ...principal }, content: [], context: { time: 0, surface: "mcp-gateway" } } as const;
  if (kind === "model")
    return { ...asked, action: { type: "model.call" }, resource: { type: "model", id: "m/x" }, demand: { input: 100, output: 900, bytes: 1_000 } };
  return { ...asked, action: { type: "tool.call", tool, args: { to: `iban-${number}`, amount: 10, note: "x".repeat(950) } } };
};

for (const per of PER)
  for (const what of Object.keys(WHAT) as What[]) {
    const [kind] = WHAT[what];
    if (per === "tool" && kind === "model") continue;
    test(`${what} for each ${per}: two calls pass, the third is refused, and it is nobody else's limit`, async () => {
      verifies("C-06", "C-09", "I-07");
      const loaded = await reading(written(per, what));
      assert.ok(loaded.ok, loaded.ok ? "" : formatFaults(loaded.faults));
      const compiled = compilePolicy(loaded.config);
      assert.ok(compiled.ok);
      const clock = { now: () => 0, monotonic: () => 0, timer: () => () => {} };
      const layer = permissionLayer(compiled.policy, { clock, ledger: createLedger(memoryLeases(), clock) });
      const why = async (asked: Request): Promise<string> => {
        const { effect, reasons } = await layer.decide(asked, inspection);
        return effect === "permit" ? "permit" : (reasons.find((one) => one.effect === effect)?.id ?? effect);
      };
      const mine = { capability: "k1", user: "anna", session: "s1" };
      const said: string[] = [];
      for (let times = 0; times < 3; times++) said.push(await why(request(kind, mine)));
      assert.deepEqual(said, ["permit", "permit", idOf(per, what)]);
      const other: Request =
        per === "agent"
          ? request(kind, { ...mine, agent: "b" })
          : per === "tool"
            ? request(kind, mine, "pay.send_note")
            : request(kind, { ...mine, [per === "key" ? "capability" : per]: "other" });
      assert.equal(await why(other), "permit");
      // And for nobody less: what is the agent's or the tool's is shared by all who call.
      if (per === "agent" || per === "tool") assert.equal(await why(request(kind, { capability: "k2", user: "ben", session: "s2" })), idOf(per, what));
    });
  }

test("a limit that could never bite is refused where it is written: calls of tools cost no tokens of a model", async () => {
  for (const unit of ["tokens: 100/day", "usd: 1/day"]) {
    const loaded = await reading(`tool: { ${TOOL}: { budget: { ${unit} } } }`);
    assert.ok(!loaded.ok && /tokens|usd/.test(formatFaults(loaded.faults)), unit);
  }
});
