import assert from "node:assert/strict";
import { test } from "node:test";
import { SANDBOXES } from "../config/schema/sandbox.ts";
import { drivers } from "./index.ts";

test("the configuration knows the sandboxes that ship, and no other, and each has the name that it ships under", async () => {
  assert.deepEqual([...SANDBOXES], Object.keys(drivers));
  for (const [id, load] of Object.entries(drivers)) assert.equal((await load({})).id, id);
});
