import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import type { Request } from "../core/request.ts";
import { weightOf } from "./weight.ts";

const WRITES = { effect: "write", egress: true } as const;
const MOST = BigInt(Number.MAX_SAFE_INTEGER);
const asked = (tool: string, args: Request["action"]["args"] = {}, facts: { effect: string; egress: boolean } = WRITES) =>
  weightOf({ action: { type: "tool.call", tool, args } }, facts);

describe("how much an action is", () => {
  const MONEY: readonly (readonly [string, NonNullable<Request["action"]["args"]>, bigint])[] = [
    ["pay.send", { amount: 500.01 }, 501n],
    ["pay.send", { amount: "500" }, 500n],
    ["pay.send", { amount: "1,200.50 EUR" }, 1201n],
    ["pay.send", { betrag: "1.200,50 €" }, 1201n],
    ["pay.send", { amount: "1.200" }, 1200n], // one point two, or twelve hundred: the greater
    ["pay.send", { amount: "１０００" }, 1000n],
    ["pay.send", { amount: "5k" }, 5000n],
    ["pay.send", { amount: "2 Mio. Euro" }, 2_000_000n],
    ["pay.send", { amount: "9e9" }, 9_000_000_000n],
    ["pay.send", { amount: -700 }, 700n],
    ["pay.send", { amount: "everything" }, MOST],
    ["pay.send", { amount: "1e999" }, MOST],
    ["bank.transfer", { to: "ACME", n: 900 }, 900n], // a payment's number, whatever it is called
    ["shop.checkout", { order: { items: [{ price: 20 }, { price: 2_000 }] } }, 2000n],
    ["crm.update", { budget: { total_amount: 700 } }, 700n],
    ["bank.transfer", { year: 2026, account_id: 99999 }, 0n],
    ["notes.write", { count: 12, text: "pay 5000" }, 0n],
  ];
  for (const [tool, args, money] of MONEY)
    test(`${tool} ${JSON.stringify(args)} is about ${money}`, () => {
      verifies("H-01");
      assert.equal(asked(tool, args).money, money);
    });

  const RECORDS: readonly (readonly [NonNullable<Request["action"]["args"]>, bigint])[] = [
    [{ ids: Array.from({ length: 150 }, (_, id) => id) }, 150n],
    [{ update: { where: [{ in: Array.from({ length: 101 }, () => "x") }] } }, 101n],
    [{ ids: Array.from({ length: 120 }, (_, id) => `c${id}`).join(",") }, 120n],
    [{ limit: 1000 }, 1000n],
    [{ batch_size: 99 }, 99n],
    [{ where: "*" }, MOST],
    [{ customers: "all" }, MOST],
    [{ text: "all customers, without exception" }, 0n],
    [{ id: 7 }, 0n],
  ];
  for (const [args, records] of RECORDS)
    test(`${JSON.stringify(args).slice(0, 60)} is about ${records} records`, () => {
      verifies("H-01");
      assert.equal(asked("crm.update", args).records, records);
    });

  test("what sends something to somebody outside is a message; what only reads mail is none", () => {
    verifies("H-01");
    for (const tool of ["mail.send_mail", "slack.post_message", "crm.notify_customer", "x.reply"]) assert.equal(asked(tool).message, true, tool);
    for (const [tool, facts] of [
      ["mail.read_mail", { effect: "read", egress: false }],
      ["mail.send_mail", { effect: "write", egress: false }],
      ["crm.update_customer", WRITES],
    ] as const)
      assert.equal(asked(tool, {}, facts).message, false, tool);
  });

  test("what changes rights or settings is configuration; what reads them is not", () => {
    verifies("H-01");
    for (const tool of ["admin.set_config", "iam.grant_role", "repo.add_webhook", "app.updateSettings", "fw.delete_rule", "sys.aendere_einstellung"])
      assert.equal(asked(tool).configuration, true, tool);
    assert.equal(asked("admin.get_config", {}, { effect: "read", egress: false }).configuration, false);
    assert.equal(asked("crm.update_customer").configuration, false);
  });

  test("what is too deep or too much to be read counts as the most there is", () => {
    let deep: object = { a: 1 };
    for (let depth = 0; depth < 100; depth++) deep = { a: deep };
    for (const args of [deep, { list: Array.from({ length: 30_000 }, () => 1) }])
      assert.deepEqual([asked("x.do", args as never).money, asked("x.do", args as never).records], [MOST, MOST]);
  });
});
