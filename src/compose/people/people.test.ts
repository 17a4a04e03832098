import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { readConfig } from "../../config/index.ts";
import { personOf } from "./people.ts";

test("a person is known under every name that configuration has for them: none of them may approve what was asked for another", async () => {
  verifies("H-04");
  const read = await readConfig("holdfast.yaml", "people: { anna: { roles: [finance], user: anna@example.org, login: account-4711 } }", {
    env: {},
    readFile: async () => "",
  });
  assert.ok(read.ok);
  assert.deepEqual(personOf(read.config, "anna", "pk_1"), { name: "anna", user: "anna@example.org", login: "account-4711", passkey: "pk_1" });
  assert.deepEqual(personOf(read.config, "constructor"), { name: "constructor" });
});
