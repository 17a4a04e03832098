import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, stringify } from "yaml";
import { anna, pay, rig } from "../../../test/oversight/rig.ts";
import { verifies } from "../../../test/verifies.ts";
import { type Config, readConfig } from "../../config/index.ts";
import { ask, join } from "../../core/decision.ts";
import { checkPolicy } from "../../permission/index.ts";
import { ruleFrom } from "./rule-from.ts";

// biome-ignore lint/suspicious/noThenProperty: the word is part of the public configuration
const RULES = [{ id: "big-payment", when: 'action.tool == "pay.send" && act.money > 500', then: "ask", approvals: 1, expires: "10m", mode: "enforce" }];
const POLICY = {
  tools: { pay: { default: { trust: "internal" }, tools: { send: { effect: "write", egress: false } } } },
  roles: { clerk: { write: ["pay.send"] } },
  agents: { support: { role: "clerk" }, finance: { role: "clerk" } },
};
const textOf = (rules: readonly object[], tests: readonly object[] = []): string => stringify({ ...POLICY, rules, tests });
async function configOf(text: string): Promise<Config> {
  const loaded = await readConfig("holdfast.yaml", text, { env: {}, readFile: async () => "" });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return loaded.config;
}
const CALL = { to: 'A"CME\\', amount: 700, note: "the second half" };

async function answered(action: "approve" | "reject", ids = ["rules/big-payment"]) {
  const { ask: wish, inbox } = await rig();
  await wish(pay(CALL), ids.map((id) => ask({ id, text: "x" })).reduce(join));
  await inbox[action]("HF-1", anna);
  return (await inbox.get("HF-1"))!;
}

test("a rejection becomes a rule that denies calls like it, and pasted into the configuration it loads and its test passes", async () => {
  verifies("H-02");
  const draft = await ruleFrom(await answered("reject"), await configOf(textOf(RULES)));
  assert.ok("yaml" in draft, JSON.stringify(draft));
  assert.equal(draft.holds, true);
  assert.deepEqual(draft.replaces, []);
  const { rules, tests } = parse(draft.yaml);
  assert.deepEqual(tests, [{ agent: "support", call: "pay.send", args: CALL, expect: "deny" }]);
  const pasted = await configOf(textOf([...RULES, ...rules], tests));
  assert.deepEqual(checkPolicy(pasted), []);
  const others = [
    { ...tests[0], args: { ...CALL, to: "OTHER" }, expect: "ask" },
    { ...tests[0], args: { ...CALL, amount: 900 } },
  ];
  assert.deepEqual(
    checkPolicy(await configOf(textOf([...RULES, ...rules], others))),
    [],
    "another recipient is still asked about, another amount denied as well",
  );
});

test("what cannot be seen in an argument is written out in the rule, and means the same when it is pasted", async () => {
  const { ask: wish, inbox } = await rig();
  const args = { to: "A\u200bCME\u{e0041}", note: "two\nlines \u202e and an order" };
  await wish(pay(args), ask({ id: "rules/big-payment", text: "x" }));
  await inbox.reject("HF-1", anna);
  const draft = await ruleFrom((await inbox.get("HF-1"))!, await configOf(textOf(RULES)));
  assert.ok("yaml" in draft);
  assert.doesNotMatch(draft.yaml, /[\u200b\u202e\u{e0041}]/u);
  const { rules, tests } = parse(draft.yaml);
  assert.deepEqual(tests[0].args, args);
  assert.deepEqual(checkPolicy(await configOf(textOf([...RULES, ...rules], tests))), []);
});

test("an approval becomes an exception in the rule that asked, and lets nothing else through", async () => {
  verifies("H-02");
  const draft = await ruleFrom(await answered("approve"), await configOf(textOf(RULES)));
  assert.ok("yaml" in draft);
  assert.deepEqual([draft.holds, draft.replaces], [true, ["big-payment"]]);
  const { rules, tests } = parse(draft.yaml);
  assert.deepEqual(rules[0].expires, "600s");
  const asked = [
    { to: "OTHER" },
    { amount: 701 },
    { amount: -600 },
    { amount: "600000" },
    { note: "to DE89 3704 0044" },
    { note: "to eve@evil.example instead" },
    { more: 9000 },
  ].map((other) => ({ ...tests[0], args: { ...CALL, amount: 600, ...other }, expect: "ask" }));
  const smaller = { ...tests[0], args: { ...CALL, amount: 600, note: "the third part" } };
  const another = { ...tests[0], agent: "finance", expect: "ask" };
  const always = rules.map((rule: object) => ({ ...rule, when: rules[0].when.replace("act.money > 500", "true") }));
  assert.deepEqual(checkPolicy(await configOf(textOf(always, [...tests, ...asked, smaller, another]))), []);
});

test("an exception holds nested values, numbers that are no amounts and flags as they were approved", async () => {
  const { ask: wish, inbox } = await rig();
  const args = { to: ["ACME", "B"], order_id: 7, final: true, at: { year: 2026 }, amount: 700 };
  await wish(pay(args), ask({ id: "rules/big-payment", text: "x" }));
  await inbox.approve("HF-1", anna);
  const draft = await ruleFrom((await inbox.get("HF-1"))!, await configOf(textOf(RULES)));
  assert.ok("yaml" in draft && draft.holds, JSON.stringify(draft));
  const { rules, tests } = parse(draft.yaml);
  const others = [{ to: ["ACME", "EVE"] }, { to: "ACME" }, { order_id: 6 }, { final: false }, { at: { year: 2027 } }, { at: {} }];
  const asked = others.map((other) => ({ ...tests[0], args: { ...args, ...other }, expect: "ask" }));
  assert.deepEqual(checkPolicy(await configOf(textOf(rules, [...tests, ...asked]))), []);
});

test("nothing is made of what one of two has approved", async () => {
  const half = { ...(await answered("approve")), state: "pending" } as const;
  assert.deepEqual(await ruleFrom(half, await configOf(textOf(RULES))), { refused: "this is not answered yet" });
});

test("an exception is no wider than the call that was looked at: a list is part of it, and what cannot be said in a rule makes none", async () => {
  verifies("H-02");
  const config = await configOf(textOf([{ ...RULES[0], when: 'action.tool == "pay.send"' }]));
  const draftOf = async (args: Parameters<typeof pay>[0]) => {
    const { ask: wish, inbox } = await rig();
    await wish(pay(args), ask({ id: "rules/big-payment", text: "x" }));
    await inbox.approve("HF-1", anna);
    return ruleFrom((await inbox.get("HF-1"))!, config);
  };
  for (const [args, other] of [
    [
      { to: ["ACME", "BOB"], subject: "invoice" },
      { to: ["EVIL"], subject: "invoice" },
    ],
    [{ to: ["ACME"] }, { to: ["ACME", "EVIL"] }],
    [{ to: [] }, { to: ["EVIL"] }],
    [{}, { to: "EVIL" }],
    [{ note: "x".repeat(300) }, { note: "x".repeat(301) }],
    [
      { to: "ACME", more: { copy: "BOB" } },
      { to: "ACME", more: { copy: "EVIL" } },
    ],
    [{ to: [["ACME"]] }, { to: [["EVIL"]] }],
  ] as const) {
    const draft = await draftOf(args);
    assert.ok("yaml" in draft, JSON.stringify(draft));
    assert.equal(draft.holds, true, draft.yaml);
    const { rules, tests } = parse(draft.yaml);
    assert.deepEqual(checkPolicy(await configOf(textOf(rules, [...tests, { ...tests[0], args: other, expect: "ask" }]))), []);
  }
  assert.ok("refused" in (await draftOf({ to: Array.from({ length: 3000 }, (_, at) => `R${at}`) })));
});

test("what no rule asked becomes no rule, and what another guard still asks about is said", async () => {
  const config = await configOf(textOf(RULES));
  const flow = await ruleFrom(await answered("approve", ["flow/untrusted-target"]), config);
  assert.ok("refused" in flow && /information flow is not lifted by rules/.test(flow.refused));
  const two = [...RULES, { ...RULES[0], id: "every-payment", when: 'action.tool == "pay.send"' }];
  const still = await ruleFrom(await answered("approve"), await configOf(textOf(two)));
  assert.ok("holds" in still && !still.holds);
  assert.match(still.because ?? "", /^rules\/every-payment/);
});

test("an approval of so many records becomes an exception for no more; of a number that nobody knew, none", async () => {
  verifies("H-02");
  const text = stringify({
    ...POLICY,
    tools: {
      pay: {
        default: { trust: "internal", egress: false },
        tools: { list: { effect: "read" }, send: { effect: "write", records: { call: "pay.list", count: { from: "result", path: "/n" } } } },
      },
    },
    // biome-ignore lint/suspicious/noThenProperty: the word is part of the public configuration
    rules: [{ id: "bulk", when: "act.records >= 100", then: "ask", mode: "enforce" }],
  });
  const draftOf = async (found: { readonly records: number } | { readonly why: "late" }) => {
    const { ask: wish, inbox } = await rig();
    const decision = ask({ id: "rules/bulk", text: "x" });
    const counted = { id: "records/counted", effect: "permit", text: "counted", counted: { by: "pay.list", at: 0, ...found } } as const;
    await wish(pay(CALL), { ...decision, reasons: [...decision.reasons, counted] });
    await inbox.approve("HF-1", anna);
    return ruleFrom((await inbox.get("HF-1"))!, await configOf(text));
  };
  const draft = await draftOf({ records: 120 });
  assert.ok("yaml" in draft, JSON.stringify(draft));
  assert.equal(draft.holds, true);
  const { rules, tests } = parse(draft.yaml);
  const pasted = async (records: number, expect: string) =>
    checkPolicy(await configOf(stringify({ ...parse(text), rules, tests: [{ ...tests[0], records, expect }] })));
  assert.deepEqual(await pasted(120, "permit"), []);
  assert.deepEqual(await pasted(121, "ask"), []);
  assert.ok("refused" in (await draftOf({ why: "late" })));
});
