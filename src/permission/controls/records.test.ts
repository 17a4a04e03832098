import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../../test/verifies.ts";
import { type Counted, countedIn, UNCOUNTED } from "../../core/counted.ts";
import { type Decision, EFFECTS, NEUTRAL } from "../../core/decision.ts";
import { NEUTRAL_LABEL } from "../../core/label.ts";
import type { Request } from "../../core/request.ts";
import { type CountRecords, checkPolicy, compilePolicy, type PolicyConfig, permissionLayer, replay } from "../index.ts";

const RECORDS = { call: "crm.count", timeout: 500 };
const limits = { requests: { count: 10_000, ms: 60_000, text: "10000/min" } };
const policyWith = (rules: PolicyConfig["rules"], records: object = { records: RECORDS }): PolicyConfig => ({
  models: {},
  tools: {
    crm: {
      http: {},
      default: { egress: false, trust: "internal" },
      tools: { count: { effect: "read" }, delete: { effect: "write", ...records }, never: { effect: "write", ...records } },
    },
  },
  roles: { clerk: { read: ["crm.count"], write: ["crm.delete"], deny: [] } },
  agents: { clerk: { role: "clerk", models: [], limits } },
  rules,
  flow: { mode: "monitor", rule_of_two: "off" },
  timezone: "UTC",
});
const rule = (id: string, when: string, then: "ask" | "deny" | "permit"): PolicyConfig["rules"][number] => ({ id, when, then, mode: "enforce" });
const BULK = rule("bulk", "act.records >= 100", "ask");

const asked = (args: NonNullable<Request["action"]["args"]> = {}, tool = "crm.delete"): Request => ({
  id: "req_1",
  principal: { agent: "clerk" },
  action: { type: "tool.call", tool, args },
  content: [],
  context: { time: 0, surface: "test" },
});
const inspection = { decision: NEUTRAL, label: { ...NEUTRAL_LABEL, integrity: "user" as const }, passages: [] };

async function decide(config: PolicyConfig, request: Request, count?: CountRecords): Promise<Decision> {
  const compiled = compilePolicy(config);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  return permissionLayer(compiled.policy, { clock: { monotonic: () => 0 }, ...(count === undefined ? {} : { count }) }).decide(request, inspection);
}
const counting =
  (found: { readonly records: number } | { readonly why: (typeof UNCOUNTED)[number] }): CountRecords =>
  async (_request, tool): Promise<Counted> => ({ by: tool, at: 1, ...found });

test("whatever a dry run answers, a call is decided as strictly as without it or more strictly", async () => {
  verifies("H-01");
  const found = fc.oneof(fc.record({ records: fc.nat(300) }), fc.record({ why: fc.constantFrom(...UNCOUNTED) }));
  const rules = fc.array(
    fc.tuple(fc.nat(300), fc.constantFrom("ask" as const, "deny" as const, "permit" as const)).map(([limit, then]) => ({ limit, then })),
    { maxLength: 4 },
  );
  let tighter = 0;
  await fc.assert(
    fc.asyncProperty(rules, found, fc.nat(300), fc.boolean(), async (limits, answer, own, granted) => {
      // A door opens for few, a guard closes for many.
      const made = limits.map(({ limit, then }, index) => rule(`r${index}`, then === "permit" ? `act.records < ${limit}` : `act.records >= ${limit}`, then));
      const request = asked({ ids: Array.from({ length: own }, (_, id) => id) }, granted ? "crm.delete" : "crm.never");
      const [without, counted] = [await decide(policyWith(made, {}), request), await decide(policyWith(made), request, counting(answer))];
      const strictness = EFFECTS.indexOf(counted.effect) - EFFECTS.indexOf(without.effect);
      assert.ok(strictness >= 0, `${without.effect} became ${counted.effect}`);
      if (strictness > 0) tighter++;
    }),
    { numRuns: 400 },
  );
  assert.ok(tighter > 20, `only ${tighter} were decided more strictly`);
});

test("the greater counts, of the arguments and of the dry run; what cannot be counted is the most there is", async () => {
  verifies("H-01");
  const many = { ids: Array.from({ length: 150 }, (_, id) => id) };
  const effect = async (args: object, count?: CountRecords): Promise<string> => (await decide(policyWith([BULK]), asked(args as never), count)).effect;
  assert.equal(await effect({}, counting({ records: 99 })), "permit");
  assert.equal(await effect({}, counting({ records: 100 })), "ask");
  assert.equal(await effect(many, counting({ records: 0 })), "ask", "a server that counts too few changes nothing");
  for (const why of UNCOUNTED) assert.equal(await effect({}, counting({ why })), "ask", why);
  assert.equal(await effect({}), "ask", "where nobody counts");
  assert.equal((await decide(policyWith([BULK], {}), asked())).effect, "permit", "where nobody was to count");
});

test("the decision says what was counted and by what; without a permission of its own a count permits nothing", async () => {
  const decision = await decide(policyWith([BULK]), asked(), counting({ records: 1204 }));
  assert.deepEqual(countedIn(decision), { by: "crm.delete", at: 1, records: 1204 });
  assert.ok(decision.reasons.some(({ text }) => text === "it would change `1204` records, counted by `crm.delete`"));
  assert.equal((await decide(policyWith([rule("door", "act.records < 10", "permit")]), asked({}, "crm.never"), counting({ records: 50 }))).effect, "deny");
});

test("nothing is counted for what is denied anyway, and once for what is not", async () => {
  let counts = 0;
  const count: CountRecords = async (_request, by) => ({ by, at: 0, records: ++counts });
  await decide(policyWith([BULK]), asked({}, "crm.never"), count);
  await decide(policyWith([BULK]), { ...asked(), principal: { agent: "nobody" } }, count);
  await decide(policyWith([BULK]), asked({}, "crm.count"), count);
  assert.equal(counts, 0);
  await decide(policyWith([BULK, rule("other", "act.records > 1000", "deny")]), asked(), count);
  assert.equal(counts, 1);
});

test("a test of the policy says what a dry run would count; without that it could not", () => {
  verifies("P-12");
  const tried = { agent: "clerk", call: "crm.delete" };
  const tests = [
    { ...tried, records: 99, expect: "permit" },
    { ...tried, records: 100, expect: "ask" },
    { ...tried, expect: "ask" },
    { ...tried, before: [{ ...tried, records: 100 }], records: 1, expect: "permit" },
  ] as const;
  assert.deepEqual(checkPolicy({ ...policyWith([BULK]), tests }), []);
});

test("a replay judges by what was counted then; where that is not on record it does not guess", () => {
  verifies("P-12");
  const compiled = compilePolicy(policyWith([BULK]));
  assert.ok(compiled.ok);
  const of = (found?: { readonly records: number }) =>
    replay(compiled.policy, {
      request: asked(),
      inspection,
      missing: [],
      reasons: [
        { id: "roles/clerk", effect: "permit", text: "granted" },
        ...(found === undefined ? [] : [{ id: "records/counted", effect: "permit" as const, text: "counted", counted: { by: "crm.count", at: 0, ...found } }]),
      ],
    });
  assert.deepEqual([of({ records: 99 }).after, of({ records: 100 }).after], ["permit", "ask"]);
  assert.deepEqual([of().after, of().doubts], [undefined, [{ rule: "rules/bulk", looks: ["act.records"] }]]);
});
