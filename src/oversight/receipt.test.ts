import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { anna, ben, needing, pay, rig, seal } from "../../test/oversight/rig.ts";
import { verifies } from "../../test/verifies.ts";
import { noteSigner, noteVerifier, openNote, signerKey } from "../audit/note.ts";
import { readReceipt, verifyReceipt } from "./index.ts";

describe("a receipt", () => {
  test("says what was approved, by whom, and verifies with nothing but the public key", async () => {
    verifies("H-05");
    const { inbox, ask: request } = await rig();
    await request(pay(), needing(["finance"], 2));
    await inbox.approve("HF-1", anna);
    await inbox.approve("HF-1", ben, "it is due");
    const kept = JSON.parse(JSON.stringify(await inbox.get("HF-1")));
    const receipt = readReceipt(kept);
    assert.ok(receipt !== undefined);
    assert.equal(verifyReceipt(receipt, seal), true);
    const { statement } = receipt;
    assert.deepEqual(statement["action"], { type: "tool.call", tool: "pay.send", args: { to: "ACME", amount: 700 } });
    assert.deepEqual([statement["definition"], statement["policy"], statement["reasons"]], ["definition-1", "policy-1", ["rules/big-payment"]]);
    assert.deepEqual(
      (statement["answers"] as readonly { by: string }[]).map(({ by }) => by),
      ["anna", "ben"],
    );
  });

  test("holds no longer once a bit of it is changed", async () => {
    verifies("H-05");
    const { inbox, ask: request } = await rig();
    await request(pay());
    await inbox.approve("HF-1", anna);
    const receipt = readReceipt(JSON.parse(JSON.stringify(await inbox.get("HF-1"))));
    assert.ok(receipt !== undefined);
    const text = JSON.stringify(receipt);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.integer({ min: 1, max: 94 }), (at, by) => {
        const other = String.fromCharCode(32 + ((text.charCodeAt(at) - 32 + by) % 95));
        let changed: unknown;
        try {
          changed = JSON.parse(text.slice(0, at) + other + text.slice(at + 1));
        } catch {
          return;
        }
        const read = readReceipt(changed as never);
        assert.ok(read === undefined || JSON.stringify(read) === text || !verifyReceipt(read, seal));
      }),
      { numRuns: 2_000 },
    );
  });

  test("of another key, or a checkpoint of the log in its place, is none", async () => {
    const other = noteSigner(signerKey("holdfast/test", new Uint8Array(32).fill(8)));
    const { inbox, ask: request } = await rig();
    await request(pay());
    await inbox.approve("HF-1", anna);
    const receipt = readReceipt(JSON.parse(JSON.stringify(await inbox.get("HF-1"))));
    assert.ok(receipt !== undefined);
    assert.equal(verifyReceipt(receipt, { open: (note) => openNote(note, noteVerifier(other.vkey)) }), false);
    assert.equal(verifyReceipt({ ...receipt, note: seal.sign("holdfast/test\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n") }, seal), false);
  });
});
