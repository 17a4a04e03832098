import assert from "node:assert/strict";
import { chmodSync, lstatSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { after, test } from "node:test";
import { type PolicyRig, policyRig } from "../../../test/policy-rig.ts";
import { verifies } from "../../../test/verifies.ts";
import { block } from "../../audit/history.ts";
import type { AuditRecord } from "../../audit/record.ts";
import { digestOf } from "../../config/index.ts";
import type { SavedForm } from "../../surfaces/api/index.ts";
import { memoryDocuments } from "../../vault/documents.ts";
import { openVersions } from "./versions.ts";

const CONFIGURATION = `# The gateway of the shop.
models: { practice: { provider: practice } } # kept
roles: { clerk: { write: [pay.send] } }
agents: { support: { role: clerk } }
people: { anna: { roles: [security] }, ben: { roles: [finance] } }
oversight: { policy_editors: [security] }
rules:
  # Money first.
  - { id: big, when: 'args.amount > 500', then: ask, mode: monitor }
tests:
  - { agent: support, call: pay.send, args: { amount: 1 }, expect: permit }
`;

const rigs: PolicyRig[] = [];
after(() => Promise.all(rigs.map((rig) => rig.close())));
async function house(parts: Parameters<typeof policyRig>[1] = {}): Promise<PolicyRig> {
  const rig = await policyRig(CONFIGURATION, parts);
  rigs.push(rig);
  return rig;
}

const enforced = CONFIGURATION.replace("mode: monitor", "mode: enforce");
const draftOf = (text: string): string => text.slice(text.indexOf("rules:"));
const save = (rig: PolicyRig, text: string, by = "anna") => rig.policies.save({ text, base: rig.inForce().digest, reason: "the board wants it" }, by);
const file = (rig: PolicyRig): string => readFileSync(rig.path, "utf8");
async function recorded(rig: PolicyRig): Promise<readonly (AuditRecord & { kind: "system" })[]> {
  await rig.log.flush();
  const records = await block(rig.log.source, 0, await rig.log.source.size());
  return records.flatMap((record) => (record.kind === "system" && record.event !== "start" ? [record] : []));
}

test("a saved draft stands in the file between what stood there, is in force, and is on record with who, why and what", async () => {
  verifies("P-12", "A-01");
  const rig = await house();
  const before = rig.inForce().digest;
  chmodSync(rig.path, 0o640);
  const saved = (await save(rig, draftOf(enforced))) as SavedForm;
  assert.deepEqual([saved.in_force, saved.faults, saved.digest], [true, [], rig.inForce().digest]);
  assert.equal(file(rig), enforced);
  assert.equal(statSync(rig.path).mode & 0o777, 0o640);
  const [, record, loaded] = await recorded(rig);
  assert.deepEqual(
    [record?.event, record?.facts],
    ["policy-saved", { by: "anna", reason: "the board wants it", before, after: saved.digest, changed: "big (monitor to enforce)" }],
  );
  assert.deepEqual([loaded?.event, loaded?.facts], ["configuration-loaded", { digest: saved.digest }]);
  const [newest, oldest] = rig.policies.versions();
  assert.deepEqual([newest?.by, newest?.reason, newest?.text, newest?.digest], ["anna", "the board wants it", draftOf(enforced), saved.digest]);
  assert.deepEqual([oldest?.by, oldest?.text], ["", draftOf(CONFIGURATION)]);
});

test("who may save is whoever runs the machine, and people with a role that the file names; nobody else", async () => {
  verifies("P-08");
  const rig = await house();
  for (const [name, may] of [
    ["operator", true],
    ["anna", true],
    ["ben", false],
    ["nobody", false],
    ["constructor", false],
    ["support", false],
  ] as const) {
    assert.equal(rig.policies.maySave(name), may, name);
    assert.equal((await rig.policies.show(name)).may_save, may, name);
  }
});

test("a draft that was begun from another version of the file is not saved, and is shown what the file holds now", async () => {
  const rig = await house();
  const base = rig.inForce().digest;
  const other = CONFIGURATION.replace("500", "900");
  writeFileSync(rig.path, other);
  const answer = await rig.policies.save({ text: draftOf(enforced), base, reason: "r" }, "anna");
  assert.ok("conflict" in answer);
  assert.equal(answer.conflict.text, draftOf(other));
  assert.equal(file(rig), other);
  assert.ok(!(await recorded(rig)).some(({ event }) => event === "policy-saved"));
  const taken = (await rig.policies.save({ text: draftOf(enforced), base: answer.conflict.digest, reason: "r" }, "anna")) as SavedForm;
  assert.equal(taken.in_force, true);
});

test("a draft with a fault, a failing test or a reference changes nothing, and says where", async () => {
  verifies("P-12", "P-08");
  const rig = await house();
  for (const [text, message, line] of [
    ["rules:\n  - { id: a, when: 'args.x >', then: deny }\n", /condition/, 2],
    ["rules: []\ntests:\n  - { agent: support, call: pay.send, args: { amount: 1 }, expect: deny }\n", /expects `deny`/, 3],
    [`rules:\n  - { id: a, when: 'args.x == "$\{file:/etc/shadow}"', then: deny }\n`, /no references/, 2],
    ["rules: []\nagents: {}\n", /unknown key `agents`|agents/, 2],
    ["rules: []\n---\n", /YAML|document|put into/, undefined],
  ] as const) {
    const saved = (await save(rig, text)) as SavedForm;
    assert.equal(saved.in_force, false, text);
    assert.match(saved.faults[0]?.message ?? "", message);
    assert.equal(new Set(saved.faults.map((fault) => JSON.stringify(fault))).size, saved.faults.length, "each is said once");
    if (line !== undefined) assert.equal(saved.faults[0]?.line, line, text);
  }
  assert.equal(file(rig), CONFIGURATION);
  assert.ok(!(await recorded(rig)).some(({ event }) => event === "policy-saved"));
});

test("a reference stays out of the file however YAML writes it: nobody reads files and variables of the gateway by saving a rule", async () => {
  verifies("P-08");
  const rig = await house();
  for (const written of [
    "\\x24{file:/etc/hostname}",
    "$\\x7Bfile:/etc/hostname}",
    "$\\uE000file:/etc/hostname\\uE001",
    "$\\\n      {file:/etc/hostname}",
    "\\x24{env:TOKEN}",
    "\\x24{vault:a#b}",
  ]) {
    for (const text of [
      `rules:\n  - id: a\n    then: ask\n    when: "args.note == '${written}'"\n`,
      `rules: []\ntests:\n  - agent: support\n    call: pay.send\n    args: { note: ["${written}"], amount: 1 }\n    expect: permit\n`,
    ]) {
      const saved = (await save(rig, text)) as SavedForm;
      assert.match(saved.faults[0]?.message ?? "", /no references/, text);
    }
  }
  assert.equal(file(rig), CONFIGURATION);
});

test("over a file that was refused, what mends it is saved, and nothing else", async () => {
  const rig = await house();
  const write = async (text: string): Promise<string> => {
    writeFileSync(rig.path, text);
    await rig.look();
    return digestOf(text);
  };
  const elsewhere = `${CONFIGURATION}flow: { mode: nothing }\n`;
  const refused = (await rig.policies.save({ text: draftOf(enforced), base: await write(elsewhere), reason: "r" }, "anna")) as SavedForm;
  assert.match(refused.faults[0]?.message ?? "", /mode|nothing/);
  assert.equal(file(rig), elsewhere);
  const base = await write(CONFIGURATION.replace("500'", "500 &&'"));
  const mended = (await rig.policies.save({ text: draftOf(CONFIGURATION), base, reason: "r" }, "anna")) as SavedForm;
  assert.deepEqual([mended.in_force, file(rig)], [true, CONFIGURATION]);
});

test("no record, no change of the file", async () => {
  verifies("A-06");
  const rig = await house({ record: () => Promise.reject(new Error("the disk is full")) });
  await assert.rejects(save(rig, draftOf(enforced)));
  assert.equal(file(rig), CONFIGURATION);
  assert.equal(rig.policies.versions().length, 1);
});

test("what cannot be taken into force is put back, and it is on record that it was", async () => {
  verifies("P-12");
  let looks = 0;
  const rig = await house({ look: async () => (looks++ === 0 ? [{ file: "f", line: 3, column: 1, message: "a change of `server` takes a restart" }] : []) });
  const saved = (await save(rig, draftOf(enforced))) as SavedForm;
  assert.deepEqual([saved.in_force, saved.faults.map(({ message }) => message)], [false, ["a change of `server` takes a restart"]]);
  assert.equal(file(rig), CONFIGURATION);
  assert.deepEqual(
    (await recorded(rig)).slice(1).map(({ event, facts }) => [event, facts["why"] ?? ""]),
    [
      ["policy-saved", ""],
      ["policy-restored", "not in force; the file is as it was"],
    ],
  );
});

test("a link stays a link, and one that leads elsewhere meanwhile is not written through", async () => {
  let rig = await house();
  const real = `${rig.path}.real`;
  renameSync(rig.path, real);
  symlinkSync(real, rig.path);
  assert.equal(((await save(rig, draftOf(enforced))) as SavedForm).in_force, true);
  assert.ok(lstatSync(rig.path).isSymbolicLink());
  assert.equal(readFileSync(real, "utf8"), enforced);

  let path = "";
  // Between the look at the file and the writing, somebody puts a link in its place.
  let records = 0;
  const record = async (): Promise<void> => {
    if (records++ > 0) return;
    writeFileSync(`${path}.other`, "timezone: UTC\n");
    renameSync(path, `${path}.mine`);
    symlinkSync(`${path}.other`, path);
  };
  rig = await house({ record });
  path = rig.path;
  const saved = (await save(rig, draftOf(enforced))) as SavedForm;
  assert.equal(saved.in_force, false);
  assert.match(saved.faults[0]?.message ?? "", /was changed meanwhile/);
  assert.equal(readFileSync(`${path}.other`, "utf8"), "timezone: UTC\n");
  assert.equal(readFileSync(`${path}.mine`, "utf8"), CONFIGURATION);
});

test("of two that save at once one is told to try again", async () => {
  const rig = await house();
  const both = await Promise.allSettled([save(rig, draftOf(enforced)), save(rig, draftOf(CONFIGURATION.replace("500", "700")))]);
  assert.deepEqual(
    both.map((one) => one.status),
    ["fulfilled", "rejected"],
  );
  assert.equal(file(rig), enforced);
});

test("changes by hand are among the versions, a change of something else is none, and only so many are kept", async () => {
  const rig = await house();
  writeFileSync(rig.path, CONFIGURATION.replace("500", "900"));
  await rig.look();
  writeFileSync(rig.path, `${CONFIGURATION.replace("500", "900")}timezone: Europe/Berlin\n`);
  await rig.look();
  assert.deepEqual(
    rig.policies.versions().map(({ by, text }) => [by, /amount > (\d+)/.exec(text)?.[1]]),
    [
      ["", "900"],
      ["", "500"],
    ],
  );
  const documents = memoryDocuments();
  const versions = await openVersions(documents, Date.now);
  const { config } = rig.inForce();
  for (let n = 0; n < 52; n++) await versions.loaded({ config, digest: String(n), text: `rules: []\n# ${n}\ntests: []\n` });
  assert.deepEqual([versions.all().length, (await documents.list("policy-versions")).length], [1, 1], "a comment beside the sections is no other policy");
  for (let n = 0; n < 52; n++) await versions.loaded({ config, digest: String(n), text: `rules: [] # ${n}\n` });
  assert.equal((await documents.list("policy-versions")).length, 50);
  const again = (await openVersions(documents, Date.now)).all();
  assert.deepEqual([again.length, again[0]?.text], [50, "rules: [] # 51\n"]);
});

test("a mode is switched in the draft alone, and what was made of a question is put into it", async () => {
  const rig = await house();
  const { text } = await rig.policies.show("anna");
  assert.equal(rig.policies.edit({ text, mode: { rule: "big", mode: "enforce" } }), draftOf(enforced));
  assert.match(
    rig.policies.edit({ text, add: "rules:\n  - { id: no-hf-1, when: 'true', then: deny, mode: enforce, expires: 10m }\n" }) ?? "",
    /amount > 500.*\n {2}- \{ id: no-hf-1, when: "true", then: deny, mode: enforce, expires: 600s \}\ntests:/,
  );
  assert.equal(rig.policies.edit({ text, add: "agents: {}" }), undefined);
  assert.equal(rig.policies.edit({ text: "rules: [", mode: { rule: "big", mode: "enforce" } }), undefined);
  assert.equal(file(rig), CONFIGURATION);
});

test("where it takes two, a draft is in force once another person saves the same, byte for byte, from the same file; nobody counts twice", async () => {
  verifies("P-08", "H-04");
  const rig = await policyRig(CONFIGURATION.replace("oversight: {", "oversight: { policy_approvals: 2,"));
  rigs.push(rig);
  const before = file(rig);
  const [strict, loose] = [before.replace("mode: monitor", "mode: enforce"), before.replace("> 500", "> 500000")].map(draftOf) as [string, string];
  const shown = async (): Promise<readonly string[]> =>
    (await rig.policies.show("ben")).proposals.map(({ by, reason, text }) => `${by}: ${reason}, ${text === strict}`);
  for (const once of ["first", "again"]) {
    const saved = (await save(rig, strict)) as SavedForm;
    assert.deepEqual([saved.in_force, saved.proposed, saved.faults], [false, true, []], once);
  }
  assert.deepEqual(await shown(), ["anna: the board wants it, true"]);
  const other = (await save(rig, loose, "operator")) as SavedForm;
  assert.deepEqual([other.in_force, other.proposed], [false, true], "what somebody slips in is another proposal");
  const spaced = (await save(rig, strict.replace("# Money first.", "# Money first!"), "operator")) as SavedForm;
  assert.equal(spaced.in_force, false, "one letter is another draft");
  assert.equal(file(rig), before);
  const saved = (await save(rig, strict, "operator")) as SavedForm;
  assert.deepEqual([saved.in_force, saved.faults], [true, []]);
  assert.match(file(rig), /mode: enforce/);
  assert.deepEqual(await shown(), [], "what was proposed to the file before is over");
  const records = (await recorded(rig)).filter(({ event }) => event.startsWith("policy-"));
  assert.deepEqual(
    records.map(({ event, facts }) => [event, facts["by"], facts["proposed"]]),
    [
      ["policy-proposed", "anna", undefined],
      ["policy-proposed", "anna", undefined],
      ["policy-proposed", "operator", undefined],
      ["policy-proposed", "operator", undefined],
      ["policy-saved", "operator", "anna"],
    ],
  );
  assert.equal(rig.policies.versions()[0]?.by, "anna, operator");
});
