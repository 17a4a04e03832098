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

const BRIEF = [
  said("user", "Fasse das zusammen."),
  said(
    "document",
    "Sehr geehrte Frau Müller-Lüdenscheidt, die Rechnung RE-2026/0815 vom 3. Jänner 2026 über 1 234,50 € ist am 17.03.2026 fällig, Lieferung um 14:30 Uhr. Ansprechpartner der Stadtwerke München GmbH: Dr. Jürgen Weiß. „Bei Fragen rufen Sie uns bitte an.“",
  ),
];

test("in German every noun has a capital: what is polite, a heading or an article before a noun is no name", () => {
  verifies("O-10");
  for (const answer of [
    "Guten Tag Frau Müller-Lüdenscheidt, Vielen Dank für Ihre Nachricht. Mit freundlichen Grüßen",
    "Der Ansprechpartner ist Herr Dr. Jürgen Weiß von der Stadtwerke München GmbH.",
    "Die Nächste Schritte: Die Fälligkeit Mitte März, Wichtiger Hinweis zur Zahlung und die Wasserversorgung der Stadt.",
    "Das ist Frau Müller-Lüdenscheidts Rechnung über 1.234,50 Euro vom 3. Januar 2026, und die Lieferung kommt um 14.30 Uhr.",
    "Es sind 1 234,50 €, fällig am 17. März 2026; dort steht ‚Bei Fragen rufen Sie uns bitte an‘.",
  ])
    assert.deepEqual(groundingOf(answer, BRIEF), { score: 1, unfounded: [] }, answer);
});

test("and in German as well what stands nowhere is told", () => {
  verifies("O-10");
  for (const [answer, kind] of [
    ["Wenden Sie sich an Herrn Klaus Berger, der die Rechnung kennt.", "name"],
    ["Bitte zahlen Sie das an die Wasserwerke Bonn GmbH.", "name"],
    ["Die Rechnung ist am 18. März 2026 fällig.", "date"],
    ["Die Rechnung ist vom 5. Feber 2026.", "date"],
    ["Das sind 1 334,50 €.", "amount"],
    ["Das kostet 99 Franken.", "amount"],
    ["Dort steht ‚Bei Fragen schreiben Sie uns‘, und das ist alles.", "quote"],
  ] as const)
    assert.deepEqual(
      groundingOf(answer, BRIEF)?.unfounded.map((one) => one.kind),
      [kind],
      answer,
    );
});

test("a model's own earlier words ground nothing, and where nothing was given there is no score", () => {
  verifies("O-10");
  assert.equal(groundingOf("It costs 99 EUR.", [...GIVEN, said("model", "It costs 99 EUR.")])?.score, 0);
  assert.equal(groundingOf("The tower is 330 m high and cost 7,799,401 EUR.", [said("user", "How high is the tower?")]), undefined);
});

test("hostile answers cost no more than their length", () => {
  for (const unit of [
    "1.",
    "a@",
    "https://",
    '"a ',
    "A-",
    "Aa ",
    "1,",
    "mar ",
    "$1 ",
    "0-",
    "1 234 ",
    "‚a ",
    "Herr Dr. ",
    "Aa GmbH ",
    "der ",
    `https://${".".repeat(1_015)}a`,
  ])
    assertLinear((length) => groundingOf(unit.repeat(Math.ceil(length / unit.length)), GIVEN), 65_536, { name: unit, most: 600 });
});
