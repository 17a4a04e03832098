import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { readDraft } from "./draft.ts";

test("a draft is rules and tests, and a fault in it has its place in the draft", () => {
  verifies("P-12");
  const good = readDraft('rules:\n  - { id: big, when: "args.amount > 5", then: ask }\n');
  assert.ok(good.ok);
  assert.deepEqual(
    good.draft.rules.map(({ id, mode }) => [id, mode]),
    [["big", "monitor"]],
  );
  const wrong = readDraft("rules:\n  - { id: big, wenn: x, then: ask }\n");
  assert.ok(!wrong.ok);
  assert.deepEqual(wrong.faults.map(({ file, line }) => [file, line])[0], ["draft", 2]);
  const empty = readDraft("");
  assert.ok(empty.ok && empty.draft.rules.length === 0);
});

test("a draft takes nothing else, and reads no secret", () => {
  verifies("P-08");
  for (const text of ["agents: { a: { role: r } }", "server: { listen: 0.0.0.0:1 }", "rules: [{ id: a, when: 'true', then: deny }]\nmodels: {}"]) {
    const read = readDraft(text);
    assert.ok(!read.ok && read.faults.length > 0, text);
  }
  const reference = `$${"{file:/etc/hostname}"}`;
  const read = readDraft(`rules:\n  - { id: a, when: 'args.x == "${reference}"', then: deny }\n`);
  assert.ok(read.ok);
  assert.ok(read.draft.rules[0]?.when.includes(reference));
});
