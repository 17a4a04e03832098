import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { SANDBOXES, WITH_WAY_OUT, WITH_WORK } from "../../config/schema/sandbox.ts";
import { drivers, LIMITS } from "../../sandbox/index.ts";
import { prepareWith } from "./sandboxes.ts";

test("configuration knows the sandboxes that ship, which of them have a way out, and which take a work folder", async () => {
  verifies("C-04");
  assert.deepEqual([...SANDBOXES].sort(), Object.keys(drivers).sort());
  for (const [id, load] of Object.entries(drivers)) {
    const { wayOut, work } = await load({});
    assert.deepEqual([wayOut, work === true], [WITH_WAY_OUT.includes(id), WITH_WORK.includes(id)], id);
  }
});

test("a sandbox without a way out is refused hosts before anything is opened", async () => {
  verifies("C-04", "P-07");
  const cell = { command: ["true"], env: {}, read: [], write: [], limits: LIMITS };
  for (const id of SANDBOXES.filter((one) => !WITH_WAY_OUT.includes(one))) {
    const opened = (): never => assert.fail("it was opened");
    await assert.rejects(
      prepareWith(
        id,
        async () => opened(),
        cell,
        async () => opened(),
        {},
      ),
      { code: "configuration", message: /has no way out/ },
      id,
    );
  }
});
