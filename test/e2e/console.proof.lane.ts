import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { lineOf } from "../../console/src/proof/line.ts";
import { type Proof, verifyProof } from "../../console/src/proof/verify.ts";
import { openLog } from "../../src/audit/log.ts";
import { maskingWith } from "../../src/audit/mask.ts";
import { noteSigner, signerKey } from "../../src/audit/note.ts";
import { parseRecord } from "../../src/audit/record.ts";
import { permit } from "../../src/core/decision.ts";
import { UNTRUSTED } from "../../src/core/label.ts";
import type { Request } from "../../src/core/request.ts";
import { openMemoryLog } from "../../src/stores/memory-log.ts";
import { verifies } from "../verifies.ts";
import { systemClock } from "./console-stage.ts";

const TEXT = 'Grüße \u202e\u200b\u2028 "quoted" \\u0041 \u{1f9ff}\u{e0041} \ud800 </script>';

const request = (n: number): Request => ({
  id: `r${n}`,
  principal: { agent: "support", user: "robin" },
  action: { type: "tool.call", tool: "crm.note", args: { 10: 1e21, 2: -0.5, text: TEXT, nested: [{ [TEXT]: null }] } },
  content: [{ text: TEXT, source: { kind: "tool", id: "crm" }, label: UNTRUSTED }],
  context: { time: 1_800_000_000_000, surface: "test" },
});

test("what the gateway's own log proves, the console's independent check confirms, from the record as the API sends it", async () => {
  verifies("A-02");
  const log = await openLog({
    store: await openMemoryLog(),
    clock: systemClock,
    signer: noteSigner(signerKey("holdfast.test/log", randomBytes(32))),
    masking: maskingWith(randomBytes(32)),
  });
  const decision = permit({ id: "roles/x", text: "x" });
  for (let n = 0; n < 70; n++) {
    const entry = log.open(request(n));
    await entry.decided(request(n), decision, { decision, label: UNTRUSTED, passages: [{ at: "content/0", text: TEXT, findings: [] }] });
    entry.close({ status: "done", decision, verdict: { decision, passages: [{ at: "text/0", text: TEXT, findings: [] }] } });
  }
  await log.flush();
  const { size } = log;
  assert.ok(size > 140);
  const lines = await log.source.read(0, size);
  for (const [index, line] of lines.entries()) {
    const text = await log.proof(index);
    const [path = "", checkpoint = ""] = [text.slice(0, text.indexOf("\n\n")), text.slice(text.indexOf("\n\n") + 2)];
    const [, covered = "", root = ""] = checkpoint.split("\n");
    const proof: Proof = { index, size: Number(covered), root, hashes: path.split("\n").slice(2), checkpoint, vkey: log.vkey, text };
    const sent: unknown = JSON.parse(JSON.stringify(parseRecord(line)));
    assert.equal(lineOf(sent), Buffer.from(line).toString("utf8"));
    assert.deepEqual((await verifyProof(lineOf(sent), proof)).ok, true, `record ${index}`);
    assert.equal((await verifyProof(lineOf({ ...(sent as object), time: "" }), proof)).ok, false);
  }
  await log.shut();
});
