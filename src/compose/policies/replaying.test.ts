import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, test } from "node:test";
import { lastOf, type PolicyRig, policyRig } from "../../../test/policy-rig.ts";
import { verifies } from "../../../test/verifies.ts";
import type { ReplayForm } from "../../surfaces/api/index.ts";

const CONFIGURATION = `
models: { practice: { provider: practice } }
tools:
  crm: { http: { url: "http://127.0.0.1:9/mcp" }, tools: { read_mail: { effect: read, egress: false, trust: internal }, send_mail: { effect: write, egress: true, trust: internal } } }
  pay: { http: { url: "http://127.0.0.1:9/pay" }, tools: { send: { effect: write, egress: false, trust: internal } } }
roles: { clerk: { read: [crm.read_mail], write: [crm.send_mail, pay.send] } }
agents: { support: { role: clerk } }
people: { anna: { roles: [finance] } }
rules:
  - { id: strangers, when: 'action.tool == "crm.send_mail" && args.to == "eve@evil.example"', then: deny, mode: monitor }
  - { id: big, when: 'action.tool == "pay.send" && args.amount > 500', then: ask, mode: enforce }
`;

const rigs: PolicyRig[] = [];
after(() => Promise.all(rigs.map((rig) => rig.close())));

/** Twelve decisions: mails to two addresses, payments of three amounts. */
async function house(): Promise<PolicyRig> {
  const rig = await policyRig(CONFIGURATION);
  rigs.push(rig);
  for (const to of ["eve@evil.example", "bob@example.com", "bob@example.com"]) await rig.ask("crm.send_mail", { to, text: "Your parcel is here." });
  for (const amount of [100, 300, 900, 1200]) await rig.ask("pay.send", { amount, to: "supplier" });
  await rig.ask("crm.read_mail", {});
  await rig.ask("crm.delete_all", {});
  return rig;
}

async function replay(rig: PolicyRig, edit: (text: string) => string, wanted = { limit: 500 }): Promise<ReplayForm> {
  const { text } = await rig.policies.show("operator");
  const last = await lastOf(rig.policies.replay(edit(text), wanted, new AbortController().signal));
  assert.equal(last.event, "result", JSON.stringify(last.data));
  return last.data as ReplayForm;
}

test("a draft that says the same changes nothing, and everything that was decided can be judged", async () => {
  verifies("P-12");
  const rig = await house();
  const same = await replay(rig, (text) => text);
  assert.deepEqual([same.looked, same.judged, same.changed, same.ended], [9, 9, 0, "beginning"]);
  assert.deepEqual(same.watching, [{ rule: "strangers", count: 1 }]);
});

test("a rule that is switched to enforce is judged by what it is on record to have said, although the log masks what it looked at", async () => {
  verifies("P-12");
  const rig = await house();
  const changed = await replay(rig, (text) => text.replace("then: deny, mode: monitor", "then: deny, mode: enforce"));
  assert.deepEqual([changed.judged, changed.changes], [9, [{ before: "permit", after: "deny", count: 1 }]]);
  assert.deepEqual(
    changed.groups.map(({ rule, decisions }) => [rule, decisions.map(({ tool, before, after }) => [tool, before, after])]),
    [["strangers", [["crm.send_mail", "permit", "deny"]]]],
  );
});

test("other limits are judged on amounts that the log holds, in both directions, with the rule that makes the difference", async () => {
  verifies("P-12");
  const rig = await house();
  const wider = await replay(rig, (text) => text.replace("amount > 500", "amount > 1000"));
  assert.deepEqual([wider.judged, wider.changes, wider.groups.map(({ rule }) => rule)], [9, [{ before: "ask", after: "permit", count: 1 }], ["big"]]);
  const tighter = await replay(rig, (text) => text.replace("amount > 500', then: ask", "amount > 200', then: deny"));
  assert.deepEqual(tighter.changes, [
    { before: "ask", after: "deny", count: 2 },
    { before: "permit", after: "deny", count: 1 },
  ]);
  const opened = await replay(rig, (text) => `${text.trimEnd()}\n  - { id: door, when: 'action.tool == "crm.delete_all"', then: permit, mode: enforce }\n`);
  assert.deepEqual([opened.changes, opened.groups.map(({ rule }) => rule)], [[{ before: "deny", after: "permit", count: 1 }], ["door"]]);
  const gone = await replay(rig, () => "rules: []\n");
  assert.deepEqual(gone.changes, [{ before: "ask", after: "permit", count: 2 }]);
});

test("of a rule that looks at what the log does not hold nothing is claimed, and it is said what is missing", async () => {
  verifies("P-12", "A-03");
  const rig = await house();
  const add = (rule: string) => (text: string) => `${text.trimEnd()}\n  - ${rule}\n`;
  const other = await replay(rig, add(`{ id: bob, when: 'action.tool == "crm.send_mail" && args.to == "bob@example.com"', then: deny, mode: enforce }`));
  assert.deepEqual([other.looked, other.judged, other.changed], [9, 6, 0]);
  assert.deepEqual(
    other.doubts.map(({ rule, looks, count }) => [rule, looks, count]),
    [["rules/bob", ["args.to"], 3]],
  );
  for (const [when, looks] of [
    ["principal.user == 'x'", undefined],
    ["act.first", "act.first"],
    ["size(findings.kinds) > 0", "findings"],
  ] as const) {
    const { doubts, looked, judged } = await replay(rig, add(`{ id: new, when: "${when}", then: deny, mode: enforce }`));
    assert.deepEqual([doubts.map((doubt) => doubt.looks)[0], looked - judged], looks === undefined ? [undefined, 0] : [[looks], 8], when);
  }
  // What names a host, and what is written as a number, may be masked in other ways.
  await rig.ask("pay.send", { amount: 10, account: 12_345_678_901, note: "see [1]" });
  for (const name of ["account", "note"]) {
    const { doubts } = await replay(
      rig,
      add(`{ id: new, when: 'action.tool == "pay.send" && args.amount == 10.0 && args.${name} == "x"', then: deny, mode: enforce }`),
    );
    assert.deepEqual(
      doubts.flatMap((doubt) => doubt.looks).filter((look) => look === `args.${name}`),
      [`args.${name}`],
    );
  }
  const past = await replay(rig, add(`{ id: after, after: 'action.tool == "crm.read_mail"', when: 'action.tool == "pay.send"', then: deny, mode: enforce }`));
  assert.deepEqual(
    past.doubts.map(({ rule, looks, count }) => [rule, looks, count]),
    [["rules/after", ["after"], 5]],
  );
  // Where it does not matter whether it holds, nothing is in doubt.
  const settled = await replay(rig, (text) =>
    add(`{ id: bob, when: 'args.to == "bob@example.com"', then: deny, mode: enforce }`)(add(`{ id: all, when: 'true', then: deny, mode: enforce }`)(text)),
  );
  assert.equal(settled.judged, 10);
});

test("what was decided under another version of the file is judged by what that version asked, where it is known", async () => {
  verifies("P-12");
  const rig = await house();
  const { digest, text } = rig.inForce();
  writeFileSync(
    rig.path,
    text.replace("amount > 500", "amount > 800").replace("write: [crm.send_mail, pay.send]", "write: [crm.send_mail, crm.delete_all, pay.send]"),
  );
  await rig.look();
  assert.notEqual(rig.inForce().digest, digest);
  await rig.ask("pay.send", { amount: 700 });
  const again = await replay(rig, (draft) => draft);
  // The one payment of 900 and of 1,200 were asked about then and still would be; `delete_all` was denied by a role that says otherwise today.
  assert.deepEqual([again.looked, again.changed], [10, 0]);
  assert.deepEqual(
    again.doubts.map(({ rule, looks, count }) => [rule, looks, count]),
    [["", ["roles"], 1]],
  );
  const enforced = await replay(rig, (draft) => draft.replace("then: deny, mode: monitor", "then: deny, mode: enforce"));
  assert.deepEqual(enforced.changes, [{ before: "permit", after: "deny", count: 1 }]);
});

test("what was under way while the file was read again was decided by the version before, also what its answer proposed later", async () => {
  verifies("P-12");
  const rig = await policyRig(CONFIGURATION);
  rigs.push(rig);
  const mail = { to: "eve@evil.example", text: "Your parcel is here." };
  const model = await rig.ask("crm.send_mail", mail);
  const began = Date.now() - 1;
  writeFileSync(rig.path, `${CONFIGURATION}timezone: Europe/Berlin\n`);
  await rig.look();
  const context = { surface: "llm-gateway" };
  await rig.ask("crm.send_mail", mail, { context: { ...context, time: began } });
  await rig.ask("crm.send_mail", mail, { context: { ...context, time: Date.now() + 5, parent: model } });
  await rig.ask("crm.send_mail", mail, { context: { ...context, time: Date.now() + 5 } });
  const enforced = await replay(rig, (text) => text.replace("then: deny, mode: monitor", "then: deny, mode: enforce"));
  // The first and the last are known to have been asked this; of the two between nobody knows.
  assert.deepEqual([enforced.looked, enforced.changed, enforced.doubts.map(({ looks, count }) => [looks, count])], [4, 2, [[["args.to"], 2]]]);
});

test("what other layers said still counts, and a person's answer does not", async () => {
  verifies("P-12");
  const rig = await policyRig(CONFIGURATION);
  rigs.push(rig);
  const web = { kind: "web" as const };
  await rig.ask(
    "crm.send_mail",
    { to: "someone", text: "x" },
    { content: [{ text: "Send it", source: web, label: { integrity: "untrusted", readers: "public", categories: [], origins: [] } }] },
  );
  const opened = await replay(rig, () => `rules:\n  - { id: door, when: 'true', then: permit, mode: enforce }\n`);
  assert.deepEqual([opened.looked, opened.judged, opened.changed], [1, 1, 0], "information flow asked, and still does");
  // This one has read something untrusted, and would be asked about each.
  const another = { principal: { agent: "support", session: "another" } };
  await rig.ask("pay.send", { amount: 900 }, another, {
    resolve: () => ({ kind: "permit", reason: { id: "oversight/approved", text: "somebody approved it" } }),
  });
  await rig.ask("pay.send", { amount: 901 }, another, { resolve: () => ({ kind: "deny", reason: { id: "oversight/rejected", text: "somebody did not" } }) });
  assert.equal((await replay(rig, (text) => text)).changed, 0, "both were asked about, and would be");
  assert.deepEqual((await replay(rig, () => "rules: []\n")).changes, [{ before: "ask", after: "permit", count: 2 }]);
});

test("where more rules had a say than the log writes down, none is taken to have been silent", async () => {
  const many = Array.from({ length: 60 }, (_, n) => `  - { id: r${n}, when: 'action.tool == "crm.send_mail" && args.to != "x"', then: deny, mode: monitor }\n`);
  const rig = await policyRig(CONFIGURATION.slice(0, CONFIGURATION.indexOf("rules:")).concat("rules:\n", ...many));
  rigs.push(rig);
  await rig.ask("crm.send_mail", { to: "bob@example.com", text: "x" });
  for (const id of ["r0", "r9", "r59"]) {
    const { doubts, changed } = await replay(rig, (text) => text.replace(new RegExp(`(id: ${id},.*)monitor`), "$1enforce"));
    assert.deepEqual([changed, doubts.length > 0], [0, true], id);
  }
});

test("a version is told by the load before it, also where the look back ends between two records", async () => {
  const rig = await house();
  writeFileSync(rig.path, CONFIGURATION.replace("> 500", "> 600"));
  await rig.look();
  await rig.ask("pay.send", { amount: 1 });
  // The three newest: the payment, and two decisions under the version before.
  const last = await replay(rig, (text) => text, { limit: 3 });
  assert.deepEqual([last.looked, last.judged, last.ended], [3, 3, "limit"]);
  const mails = await replay(rig, (text) => text.replace("then: deny, mode: monitor", "then: deny, mode: enforce"), { limit: 10 });
  assert.deepEqual([mails.judged, mails.changed], [10, 1]);
});

test("only so many are looked at, in a range of time, and whoever goes away ends it", async () => {
  const rig = await house();
  const few = await replay(rig, (text) => text, { limit: 4 });
  assert.deepEqual([few.looked, few.ended], [4, "limit"]);
  const none = await lastOf(rig.policies.replay("rules: []\n", { limit: 100, since: Date.now() + 60_000 }, new AbortController().signal));
  assert.equal((none.data as ReplayForm).looked, 0);
  const faults = await lastOf(rig.policies.replay("rules:\n  - { id: a, when: 'args.x >', then: deny }\n", { limit: 100 }, new AbortController().signal));
  assert.deepEqual([faults.event, (faults.data as { faults: { line: number }[] }).faults[0]?.line], ["faults", 2]);
  const gone = new AbortController();
  gone.abort(new Error("gone"));
  await assert.rejects(lastOf(rig.policies.replay("rules: []\n", { limit: 100 }, gone.signal)), /gone/);
});

test("two replays run beside each other, and a third is told to wait", async () => {
  const rig = await house();
  const signal = new AbortController().signal;
  const begun = [0, 1].map(() => rig.policies.replay("rules: []\n", { limit: 100 }, signal));
  for (const one of begun) await one.next();
  assert.throws(() => rig.policies.replay("rules: []\n", { limit: 100 }, signal), /other replays/);
  for (const one of begun) await one.return(undefined);
  assert.equal((await replay(rig, () => "rules: []\n")).looked, 9);
});
