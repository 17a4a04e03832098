import assert from "node:assert/strict";
import { test } from "node:test";
import { format, inspect } from "node:util";
import { verifies } from "../../test/verifies.ts";
import { Secret } from "./secret.ts";

test("a secret prints nowhere and is only given away by name", () => {
  verifies("A-03");
  const value = "hunter2-hunter2";
  const secret = new Secret(value);
  const shown = [
    `${secret}`,
    `${secret}x`,
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ a: [secret] }, { depth: 9, showHidden: true }),
    format("%s %o %O %j", secret, secret, secret, secret),
    Object.entries(secret).join(),
    JSON.stringify(structuredClone({ ...secret })),
  ];
  for (const text of shown) assert.ok(!text.includes("hunter2"), text);
  assert.equal(secret.reveal(), value);
});
