import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addressOf, SOURCES, specimenIn } from "./share.ts";

test("what was shared is what is opened, whatever it says", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.constantFrom(...SOURCES), (text, source) => {
      assert.deepEqual(specimenIn(addressOf({ text, source })), { text, source });
    }),
  );
});

test("an address that holds nothing, or something broken, opens nothing", () => {
  for (const hash of ["", "#", "#user", "#user.%", "#root.YQ", "#user.YQ=", "#user._w", "#user.a", "#<img>.YQ"])
    assert.equal(specimenIn(hash), undefined, hash);
});
