import assert from "node:assert/strict";
import { test } from "node:test";
import { SANDBOXES } from "../config/schema/connect.ts";
import { drivers } from "./index.ts";

test("the configuration knows the sandboxes that ship, and no other", () => {
  assert.deepEqual(
    [...SANDBOXES],
    drivers.map(({ id }) => id),
  );
});
