import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Denied, Expired, Failed, type GuardFault, Rejected, Unfinished, Withheld } from "../../src/client/index.ts";
import { temporaryFolder } from "../serve.ts";
import { call, type Shop, shop } from "./rig.ts";

/** What something rejects with; fails where it does not. */
async function faultOf(doing: Promise<unknown>): Promise<GuardFault> {
  return doing.then(
    (value) => assert.fail(`it resolved: ${JSON.stringify(value)}`),
    (error) => error,
  );
}

describe("the client and a real server", () => {
  let one: Shop;
  before(async () => {
    one = await shop();
  });
  after(() => one.stop());

  test("what is permitted is performed once, and its result is what the filter lets out", async () => {
    let runs = 0;
    const result = await one.holdfast.guard(call("shop.orders", { of: "ACME" }), ({ args }) => {
      runs++;
      return { of: args["of"], paid: "from DE89 3704 0044 0532 0130 00", count: 2, at: new Date(0) };
    });
    assert.deepEqual(result, { of: "ACME", paid: "from [iban]", count: 2, at: "1970-01-01T00:00:00.000Z" });
    assert.equal(runs, 1);
  });
});
