import assert from "node:assert/strict";
import { test } from "node:test";
import { isIssued, looksGenerated } from "./secrecy.ts";

test("what a generator made is told from words, numbers, names in code, identifiers and hashes of files", () => {
  for (const value of [`${"vK8#pQ2z"}!mR7w`, `${"f3a9c1d27b"}64e8f05a1c9d3b7e2f4a68`, `${"Xy7Kd92LmQ"}4vT8sBn1Rz`, "Qwertyui9!xY2"])
    assert.ok(looksGenerated(value), value);
  for (const value of [
    "unique_access_token_48962.",
    "my-test-key-but-now-longer-than-32-bytes",
    "parameters.credentials?.contentSafety",
    "getToken2(request)",
    "4f9c2c1e-8f0b-4c57-9d3e-5a0c2f7f5d11",
    `sha512-${"q7Zt3Vw8"}Xy2Kb5Nd9Rf1Gh4Jl6Mp0Qs3Tu7Wz`,
    "changeme12",
    `${"OOzkR1+hF+1ABC"}sIFDJMEUtqmtnZ1234567890`,
  ])
    assert.ok(!looksGenerated(value), value);
});

test("what manuals print in the place of a key is no key", () => {
  const google = "AIza";
  assert.ok(isIssued(`${google}SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q`));
  for (const key of [`${google}SyAnLA7NfeLquW1tJFpx_eQCxoX-oo6YyIs`, `${google}${"a".repeat(35)}`, `${"AKIA"}IOSFODNN7EXAMPLE`, "ghp_xxxxxxxxxxxxxxxxxxxx"])
    assert.ok(!isIssued(key), key);
});
