import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../test/verifies.ts";
import { type Decision, deny, EFFECTS, join, NEUTRAL, type Obligation, permit, type Reason, stricter } from "./decision.ts";

const PLAIN = { noNullPrototype: true } as const;
const effect = fc.constantFrom(...EFFECTS);
const reason: fc.Arbitrary<Reason> = fc.record(
  {
    id: fc.constantFrom("roles/a", "rules/b", "detectors/c"),
    effect,
    text: fc.constantFrom("x", "y"),
    inChat: fc.constantFrom<NonNullable<Reason["inChat"]>>(["slack"], ["elicitation", "slack"]),
  },
  { ...PLAIN, requiredKeys: ["id", "effect", "text"] },
);
const obligation: fc.Arbitrary<Obligation> = fc.oneof(
  fc.record({ kind: fc.constant("isolate" as const), driver: fc.constantFrom("vm", "wasm") }, PLAIN),
  fc.record({ kind: fc.constant("limit" as const), name: fc.constant("rows"), amount: fc.nat(3) }, PLAIN),
);
/** A decision as layers make them: its lists are canonical, because every one of them was made by `join`. */
const decision: fc.Arbitrary<Decision> = fc
  .record({ effect, reasons: fc.array(reason, { maxLength: 4 }), obligations: fc.array(obligation, { maxLength: 3 }) })
  .map(({ effect, reasons, obligations }) =>
    [
      ...reasons.map((one): Decision => ({ effect, reasons: [one], obligations: [] })),
      ...obligations.map((one): Decision => ({ effect, reasons: [], obligations: [one] })),
    ].reduce(join, { effect, reasons: [], obligations: [] }),
  );

test("joining is associative, commutative and idempotent, so controls may run in any order and twice", () => {
  verifies("P-01");
  fc.assert(
    fc.property(decision, decision, decision, (a, b, c) => {
      assert.deepEqual(join(join(a, b), c), join(a, join(b, c)));
      assert.deepEqual(join(a, b), join(b, a));
      assert.deepEqual(join(a, a), a);
    }),
    { numRuns: 2000 },
  );
});

test("the neutral decision changes nothing", () => {
  fc.assert(
    fc.property(decision, (a) => {
      assert.deepEqual(join(a, NEUTRAL), a);
      assert.deepEqual(join(NEUTRAL, a), a);
    }),
  );
});

test("deny absorbs: whatever is joined to a denial is a denial, with every reason kept", () => {
  verifies("P-01");
  fc.assert(
    fc.property(decision, (a) => {
      const joined = join(a, deny({ id: "rules/never", text: "never" }));
      assert.equal(joined.effect, "deny");
      for (const one of a.reasons) assert.ok(joined.reasons.some((kept) => kept.id === one.id && kept.effect === one.effect && kept.text === one.text));
    }),
  );
});

test("nothing that is joined can loosen an effect", () => {
  fc.assert(
    fc.property(decision, decision, (a, b) => assert.ok(EFFECTS.indexOf(join(a, b).effect) >= Math.max(EFFECTS.indexOf(a.effect), EFFECTS.indexOf(b.effect)))),
  );
});

test("of one reason said with and without a chat both are kept, so that not every reason allows it", () => {
  verifies("H-04");
  const asks: Decision = { effect: "ask", reasons: [{ id: "rules/b", effect: "ask", text: "x" }], obligations: [] };
  const chatty: Decision = { ...asks, reasons: asks.reasons.map((one) => ({ ...one, inChat: ["slack"] })) };
  for (const both of [join(asks, chatty), join(chatty, asks)]) assert.equal(both.reasons.filter(({ inChat }) => inChat === undefined).length, 1);
});

test("a misspelt effect is a denial", () => {
  for (const wrong of ["allow", "", "Permit", undefined, null, 0]) {
    assert.equal(stricter(wrong as never, "permit"), "deny");
    assert.equal(join({ effect: wrong as never, reasons: [], obligations: [] }, permit({ id: "roles/a", text: "x" })).effect, "deny");
    assert.equal(join(permit({ id: "roles/a", text: "x" }), { effect: wrong as never, reasons: [], obligations: [] }).effect, "deny");
  }
});

test("the strictest reason stands first", () => {
  const joined = join(permit({ id: "a", text: "a" }), join(deny({ id: "z", text: "z" }), permit({ id: "b", text: "b" })));
  assert.deepEqual(
    joined.reasons.map(({ id }) => id),
    ["z", "a", "b"],
  );
});
