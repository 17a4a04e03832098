import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../../test/verifies.ts";
import type { Inspection } from "../../core/layers.ts";
import { listed } from "../../core/listed.ts";
import type { Request } from "../../core/request.ts";
import { type ConditionFault, compileCondition } from "./condition.ts";
import { environment, scopeOf, VARIABLES, zoneOf } from "./scope.ts";

const inspection: Inspection = {
  decision: { effect: "permit", reasons: [], obligations: [] },
  label: { integrity: "untrusted", readers: ["a@x.org"], categories: ["pii", "secret"], origins: ["tool:crm.read"] },
  passages: [{ at: "content/0", text: "x", findings: [{ detector: "iban", kind: "financial", start: 0, end: 1, score: 1 }] }],
};
const request = (args: Request["action"]["args"], tool = "pay.send"): Request => ({
  id: "r",
  principal: { agent: "support", user: "eva" },
  action: { type: "tool.call", tool, ...(args === undefined ? {} : { args }) },
  resource: { type: "account", id: "42" },
  content: [],
  context: { time: Date.UTC(2026, 10, 21, 9, 30), surface: "test" },
});
const scope = (args: Request["action"]["args"], tool = "pay.send") => scopeOf(request(args, tool), inspection, { tool, server: "pay" }, zoneOf("UTC"));
const compiled = (text: string) => {
  const condition = compileCondition(text);
  assert.ok(!("message" in condition), "message" in condition ? `${text}: ${condition.message}` : "");
  return condition;
};
const ask = (text: string, args: Request["action"]["args"] = {}): boolean | undefined => compiled(text).holds(scope(args));
const fault = (text: string): ConditionFault => {
  const condition = compileCondition(text);
  assert.ok("message" in condition, text);
  return condition;
};

/** The library that parsed the condition, evaluating it by itself; undefined where it gives no boolean. */
function library(text: string, args: NonNullable<Request["action"]["args"]>): boolean | undefined {
  const view = scope(args);
  const value: unknown = (() => {
    try {
      return reference.parse(text)(Object.fromEntries(VARIABLES.map((name) => [name, view[name]])));
    } catch {
      return undefined;
    }
  })();
  return typeof value === "boolean" ? value : undefined;
}
const reference = environment();

const number = fc.constantFrom(
  "args.n",
  "args.m",
  "args.missing",
  "args.s",
  "1",
  "2.5",
  "-3",
  "size(args.s)",
  "args.l.size()",
  "time.hour",
  "args.o.n",
  "args.l[0]",
  "double(args.t)",
  "int(args.n)",
);
const words = fc.constantFrom(
  "args.s",
  "args.t",
  "args.missing",
  "args.n",
  '"a"',
  '"A b"',
  "action.tool",
  "principal.user",
  "labels.integrity",
  "args.o.s",
  "args.s.lowerAscii()",
  "args.s.trim()",
  "string(args.b)",
);
const lists = fc.constantFrom(
  "args.l",
  "args.w",
  "args.e",
  "labels.categories",
  "findings.kinds",
  '["a", "b"]',
  "args.s",
  "args.missing",
  'args.w.filter(x, x != "a")',
  'args.w.map(x, x + "!")',
);
const comparison = fc.constantFrom("==", "!=", "<", "<=", ">", ">=");
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    fc.tuple(number, comparison, number).map(([a, op, b]) => `${a} ${op} ${b}`),
    fc.tuple(words, comparison, words).map(([a, op, b]) => `${a} ${op} ${b}`),
    fc.tuple(words, fc.constantFrom("startsWith", "endsWith", "contains"), words).map(([a, method, b]) => `${a}.${method}(${b})`),
    fc.tuple(words, fc.constantFrom("^a", "[ab]+$", "a.b", "^(?:x|a)*$")).map(([a, pattern]) => `${a}.matches("${pattern}")`),
    fc.tuple(words, lists).map(([a, list]) => `${a} in ${list}`),
    fc
      .tuple(
        lists,
        fc.constantFrom("all", "exists", "exists_one"),
        fc.constantFrom('x == "a"', "x > 1", 'x.startsWith("a")', "x != args.s", "has(args.n) && x == x"),
      )
      .map(([list, name, body]) => `${list}.${name}(x, ${body})`),
    fc.constantFrom(
      "args.b",
      "args.n",
      "true",
      "has(args.n)",
      "has(args.missing)",
      "has(args.o.n)",
      "has(args.missing.n)",
      '"n" in args',
      "args.z == null",
      "args.l[5] == 1",
      "args.n / 2.0 > 1.0",
      "size(args.l) + 1 > 2",
      "args.o == args.o",
      "args.l == args.e",
      "labels.categories.size() % 2 == 0",
      "1 / (size(args.e)) == 1",
    ),
    fc.tuple(tie("condition"), fc.constantFrom("&&", "||"), tie("condition")).map(([a, op, b]) => `(${a}) ${op} (${b})`),
    tie("condition").map((a) => `!(${a})`),
    fc.tuple(tie("condition"), tie("condition"), tie("condition")).map(([a, b, c]) => `((${a}) ? (${b}) : (${c}))`),
  ),
}));
const args = fc.record({
  n: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(2.5), fc.constant("a"), fc.constant(null)),
  m: fc.integer({ min: -3, max: 3 }),
  s: fc.constantFrom("a", "A b", "", "ab", "äa", "😀"),
  t: fc.constantFrom("1", "2.5", "a", "-3"),
  b: fc.boolean(),
  z: fc.constant(null),
  l: fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant("a")), { maxLength: 3 }),
  w: fc.array(fc.constantFrom("a", "b", "ab"), { maxLength: 3 }),
  e: fc.constant([]),
  o: fc.record({ n: fc.integer({ min: 0, max: 3 }), s: fc.constantFrom("a", "b") }),
});

test("compiled conditions answer exactly what the CEL library answers, errors included", () => {
  verifies("P-01");
  let judged = 0;
  let answered = 0;
  fc.assert(
    fc.property(condition, fc.array(args, { minLength: 1, maxLength: 4 }), (text, inputs) => {
      const ours = compileCondition(text);
      // What the library's type check refuses is refused by us too, at load.
      if ("message" in ours) return;
      for (const input of inputs) {
        judged++;
        const expected = library(text, input);
        if (expected !== undefined) answered++;
        assert.equal(ours.holds(scope(input)), expected, `${text} with ${JSON.stringify(input)}`);
      }
    }),
    { numRuns: 4_000 },
  );
  assert.ok(judged > 5_000 && answered > judged / 4, `${judged} judged, ${answered} answered: the generator no longer makes conditions that compile`);
});

test("conditions see action, arguments, resource, principal, labels, findings and time", () => {
  verifies("P-01");
  for (const text of [
    'action.type == "tool.call" && action.tool == "pay.send" && action.server == "pay"',
    'resource.type == "account" && resource.id == "42"',
    'principal.agent == "support" && principal.user == "eva" && principal.session == ""',
    'labels.integrity == "untrusted" && "pii" in labels.categories && labels.readers == ["a@x.org"] && "tool:crm.read" in labels.origins',
    'findings.count == 1 && "financial" in findings.kinds && "iban" in findings.detectors',
    "time.hour == 9 && time.weekday == 6 && time.epoch > 1700000000",
    "content.count == 0 && args.amount > 500 && args.items.exists(i, i.price > 10)",
  ])
    assert.equal(ask(text, { amount: 600, items: [{ price: 3 }, { price: 30 }] }), true, text);
});

test("hours and weekdays are those of the configured zone, across a change of the clock", () => {
  const berlin = zoneOf("Europe/Berlin");
  const at = (iso: string) => berlin(Date.parse(iso));
  assert.deepEqual([at("2026-10-25T00:59:59Z").hour, at("2026-10-25T01:00:00Z").hour, at("2026-10-24T22:00:00Z").weekday], [2n, 2n, 7n]);
  assert.equal(zoneOf("Asia/Kathmandu")(Date.parse("2026-01-01T18:15:00Z")).hour, 0n);
});

test("an unknown variable, field or function is a fault with its place and what there is instead", () => {
  assert.deepEqual(fault('action.tool == "a" && foo.bar'), {
    message: "condition: there is no variable `foo`",
    offset: 22,
    hint: `a condition sees ${listed(VARIABLES)}`,
  });
  assert.deepEqual(fault('action.toll == "a"'), { message: "condition: there is no field `toll`", offset: 7, hint: "`action` has `type`, `tool`, `server`" });
  assert.match(fault('args.x.foo("a")').message, /there is no function `foo` that takes these/);
  assert.match(fault("args.amount >").message, /it ends too early/);
  assert.match(fault('"a" + "b"').message, /must be true or false/);
  assert.match(fault("args.s.matches(args.t)").message, /must be written out/);
  assert.match(fault('args.s.matches("(?=a)")').message, /look-around/);
  assert.match(fault('timestamp("2026-01-01T00:00:00Z") < timestamp("2027-01-01T00:00:00Z")').message, /no function `timestamp`/);
  assert.match(fault('b"a" == b"a"').message, /bytes/);
  assert.deepEqual(fault("args.n + 1 > 2.0"), { message: "numbers in arguments do not mix with whole numbers", offset: 9, hint: "write `1.0`" });
  assert.match(fault("args.l.all(x, args.l.all(y, args.l.all(z, true)))").message, /nested more than 2 deep/);
});

test("names that every object has are no fields and no functions", () => {
  for (const text of ["has(args.constructor)", "has(args.__proto__)", '"toString" in args']) assert.equal(ask(text), false, text);
  assert.equal(ask('args.constructor == "a"'), undefined);
  fault("constructor(args.n)");
  fault("args.n.hasOwnProperty()");
});

test("lists that are too long are not walked, and the condition counts as not evaluated", () => {
  assert.equal(ask("args.l.exists(x, x == 2)", { l: new Array(10_001).fill(1) }), undefined);
  assert.equal(ask("args.l.exists(x, args.l.exists(y, x == y + 0.5))", { l: new Array(101).fill(1) }), undefined);
});

test("a condition says which tools it is about, and is false for every other", () => {
  const about: readonly (readonly [string, object])[] = [
    ['action.tool == "a"', { tools: ["a"] }],
    ['args.n > 1.0 && "a" == action.tool && args.m > 2.0', { tools: ["a"] }],
    ['action.tool in ["a", "b"] && action.type == "tool.call"', { tools: ["a", "b"], types: ["tool.call"] }],
    ['action.server == "crm"', { servers: ["crm"] }],
    ['action.tool == "a" || args.n > 1.0', {}],
    ['!(action.tool == "a")', {}],
    ['action.tool != "a"', {}],
  ];
  for (const [text, only] of about) assert.deepEqual(compiled(text).only, only, text);
  for (const text of ['action.tool == "a" && args.missing == 1', 'args.missing == 1 && action.tool == "a"'])
    assert.equal(compiled(text).holds(scope({}, "b")), false, text);
});
