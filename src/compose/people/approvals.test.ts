import assert from "node:assert/strict";
import { test } from "node:test";
import { anna, pay, rig } from "../../../test/oversight/rig.ts";
import { verifies } from "../../../test/verifies.ts";
import { openLog } from "../../audit/log.ts";
import { maskingWith } from "../../audit/mask.ts";
import { noteSigner, signerKey } from "../../audit/note.ts";
import { outOfTheBox, readConfig } from "../../config/index.ts";
import type { Layers } from "../../core/layers.ts";
import { decide, refused } from "../../core/monitor.ts";
import { budgetsOf, createLedger, memoryLeases, openPins } from "../../permission/index.ts";
import { openMemoryLog } from "../../stores/memory-log.ts";
import { memoryDocuments } from "../../vault/documents.ts";
import { composeLayers } from "../layers.ts";
import { systemClock as clock, systemRandom as random } from "../platform.ts";
import { approvalsOf, openInbox } from "./approvals.ts";

const CONFIGURATION = `
roles: { all: { read: ["*"], write: ["*"] } }
agents: { a: { role: all, limits: { budget: { payments: 1000/day } } } }
oversight: { hold: 30s }
flow: { mode: monitor }
rules:
  - { id: ask, when: action.tool == "pay.send", then: ask, mode: enforce }
  - { id: much, when: args.amount > 500, then: deny, mode: enforce }
`;

test("what a request that waits has reserved stays reserved, whatever a person tries to make of it", async () => {
  verifies("C-09");
  const loaded = await readConfig("holdfast.yaml", CONFIGURATION, { env: {}, readFile: async () => "" });
  assert.ok(loaded.ok);
  const { config } = loaded;
  const signer = noteSigner(signerKey("holdfast/test", random(32)));
  const audit = await openLog({ store: await openMemoryLog(), clock, signer, masking: maskingWith(random(32)) });
  const ledger = createLedger(memoryLeases(), clock);
  const pins = await openPins({ load: async () => [], save: async () => {} }, clock.now);
  const inbox = await openInbox({
    documents: memoryDocuments(),
    clock,
    random,
    signer,
    audit,
    pins,
    ledger,
    phases: { answered() {} },
    reviewers: { noted: async () => {} },
    current: () => ({ config, digest: "", layers }),
  });
  const { layers, policy }: { layers: Layers; policy: Parameters<typeof budgetsOf>[0] } = composeLayers(config, audit, {
    clock,
    ledger,
    oversight: inbox.layer,
  });
  const reserved = () => ledger.states(budgetsOf(policy, "a")[0]!, 1)[0]?.reserved;

  const request = {
    id: "req_1",
    principal: { agent: "a", capability: "k" },
    action: { type: "tool.call", tool: "pay.send", args: { amount: 300 } },
    content: [],
    context: { time: clock.now(), surface: "api" },
  } as const;
  const decided = decide(layers, request, new AbortController().signal);
  const waiting = async () => (await inbox.list(10))[0];
  for (let i = 0; i < 100 && (await waiting()) === undefined; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  const { id = "" } = (await waiting()) ?? {};
  assert.equal(reserved(), 300);
  const operator = { name: "operator" };
  const answer = await inbox.edit(id, operator, { amount: 600 });
  assert.ok("refused" in answer, "more than the rules allow");
  assert.equal(reserved(), 300, "the request that waits still holds what it reserved");
  assert.ok("approval" in (await inbox.edit(id, operator, { amount: 200 })));
  const answered = await decided;
  assert.equal(answered.decision.effect, "permit");
  assert.deepEqual(answered.request.action.args, { amount: 200 });
  assert.equal(reserved(), 200, "and once it is another request, what that one takes");
  refused({ ...answered, decision: { ...answered.decision, effect: "deny" } });
  assert.equal(reserved(), 0);
  await ledger.shut();
  await audit.shut();
});

test("a list of long questions is short, says what it leaves out, and each question is whole where it is looked at", async () => {
  verifies("H-02");
  const { inbox, ask } = await rig();
  const { list, get } = approvalsOf(inbox, outOfTheBox, { all: () => [], of: () => assert.fail("unused") });
  const long = [
    { text: "x".repeat(1_000_000), to: "ACME" },
    { rows: Array.from({ length: 100_000 }, (_, n) => n % 10) },
    Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`name-${n}`, ""])),
  ];
  for (const args of long) await ask(pay(args));
  await ask(pay({ to: "ACME", amount: 700 }));
  await inbox.edit("HF-1", anna, { ...long[0], to: "somebody else" });
  const all = await list(10);
  assert.ok(JSON.stringify(all).length < 10_000, `${JSON.stringify(all).length}`);
  assert.deepEqual(
    all.map(({ id, left_out, args }) => [id, left_out, args]),
    [
      ["HF-4", undefined, { to: "ACME", amount: 700 }],
      ["HF-3", true, undefined],
      ["HF-2", true, undefined],
      ["HF-1", true, undefined],
    ],
  );
  for (const { id, digest } of all) {
    const whole = await get(id);
    assert.deepEqual([whole?.digest, whole?.left_out, whole?.args === undefined], [digest, undefined, false], id);
  }
});
