import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { germanHealth, germanPension, isDay, luhn, mod1110, remainder } from "./check-digits.ts";

/** Published examples: of each, any other last digit is wrong. */
const PUBLISHED: readonly (readonly [name: string, holds: (text: string) => boolean, example: string])[] = [
  ["Luhn, ISO/IEC 7812", luhn, "4111111111111111"],
  ["ISO/IEC 7064 mod 11,10, a German tax id", mod1110, "86095742719"],
  ["ISO/IEC 7064 mod 11,10, a German VAT number", mod1110, "136695976"],
  ["ISO/IEC 7064 mod 11,10, a Croatian OIB", mod1110, "33392005961"],
  ["pension insurance, VKVV", germanPension, "15070649C103"],
  ["pension insurance, an example of the insurers", germanPension, "65170839J003"],
  ["health insurance, SGB V section 290", germanHealth, "A123456780"],
];

for (const [name, holds, example] of PUBLISHED) {
  test(`of all last digits only the published one fits: ${name}`, () => {
    verifies("O-01");
    const fits = Array.from("0123456789").filter((last) => holds(example.slice(0, -1) + last));
    assert.deepEqual(fits, [example.at(-1)]);
  });
}

test("the remainder of a long number is that of the number", () => {
  const number = 370400440532013000131489n;
  assert.equal(remainder(String(number), 97), Number(number % 97n));
  assert.equal(remainder("DE89", 97), Number(131489n % 97n));
});

test("a day exists or does not", () => {
  assert.ok(isDay(29, 2) && isDay(31, 12));
  for (const [day, month] of [
    [30, 2],
    [31, 4],
    [0, 1],
    [1, 0],
    [1, 13],
  ] as const)
    assert.ok(!isDay(day, month));
});
