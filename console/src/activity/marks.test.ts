import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { stretches } from "./marks.ts";

test("masks of detectors that found something are told from text that only looks like one", () => {
  assert.deepEqual(stretches("pay [iban] and [payment-card], key [aws-access-key:h:0123456789abcdef].", ["iban", "aws-access-key"]), [
    { text: "pay " },
    { text: "[iban]", mask: "iban" },
    { text: " and [payment-card], key " },
    { text: "[aws-access-key:h:0123456789abcdef]", mask: "aws-access-key" },
    { text: "." },
  ]);
});

test("cutting a text at its masks loses and adds nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom("[iban]", "[iban:h:0123456789abcdef]", "[", "]"))), (parts) => {
      const text = parts.join("");
      assert.equal(
        stretches(text, ["iban"])
          .map((one) => one.text)
          .join(""),
        text,
      );
    }),
  );
});
