import assert from "node:assert/strict";
import { test } from "node:test";
import { assertLinear } from "../../../test/linear.ts";
import { verifies } from "../../../test/verifies.ts";
import { type Content, defaultLabel, type SourceKind } from "../../core/index.ts";
import { groundingOf } from "./grounding.ts";

const said = (kind: SourceKind, text: string): Content => ({ source: { kind }, label: defaultLabel({ kind }), text });
const GIVEN = [
  said("user", "What does the order cost, and when does it come?"),
  said("tool", 'Order HAT-0017 for Anna Schmidt, 1,234.50 EUR, comes on 2026-03-14. See https://shop.example/o/17. "Leave it at the door, please."'),
];
const kinds = (answer: string): readonly string[] => groundingOf(answer, GIVEN)?.unfounded.map(({ kind }) => kind) ?? [];

test("what stands in what the model was given is grounded, however it is written", () => {
  verifies("O-10");
  const answer =
    'Order HAT-0017 of Anna Schmidt costs € 1.234,50 and comes on March 14, 2026 (14.03.2026); "leave it at the  door, please", says the note: https://shop.example/o/17.';
  assert.deepEqual(groundingOf(answer, GIVEN), { score: 1, unfounded: [] });
});

test("what stands nowhere in it is told by kind and severity, and lowers the score", () => {
  verifies("O-10");
  const wrong: readonly (readonly [string, string])[] = [
    ["See https://shop.example/refund-form for it.", "url"],
    ["Write to help@shop.example about it.", "email"],
    ["It costs 1,334.50 EUR.", "amount"],
    ["It comes on 2026-03-15.", "date"],
    ["Es kommt am 15. März 2026.", "date"],
    ["The order is HAT-0018.", "id"],
    ['The note says "ring the bell twice, please".', "quote"],
    ["There are 4711 of them.", "number"],
    ["It was sent by Berta Meier.", "name"],
  ];
  for (const [answer, kind] of wrong) assert.deepEqual(kinds(answer), [kind], answer);
  const [bad, half] = [groundingOf(wrong[0]?.[0] ?? "", GIVEN), groundingOf("Order HAT-0017 costs 99 EUR.", GIVEN)];
  assert.equal(bad?.score, 0);
  assert.equal(bad?.unfounded[0]?.severity, "high");
  assert.equal(half?.score, 0.4);
});

test("a model's own earlier words ground nothing, and where nothing was given there is no score", () => {
  verifies("O-10");
  assert.equal(groundingOf("It costs 99 EUR.", [...GIVEN, said("model", "It costs 99 EUR.")])?.score, 0);
  assert.equal(groundingOf("The tower is 330 m high and cost 7,799,401 EUR.", [said("user", "How high is the tower?")]), undefined);
});

test("hostile answers cost no more than their length", () => {
  for (const unit of ["1.", "a@", "https://", '"a ', "A-", "Aa ", "1,", "mar ", "$1 ", "0-", `https://${".".repeat(1_015)}a`])
    assertLinear((length) => groundingOf(unit.repeat(Math.ceil(length / unit.length)), GIVEN), 65_536, { name: unit, most: 600 });
});
