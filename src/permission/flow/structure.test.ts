import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { stringify } from "yaml";
import { leavesOf } from "./structure.ts";

const told = (text: string): readonly (readonly [string, string])[] | undefined => leavesOf(text)?.map(({ path, text: value }) => [path, value] as const);

test("JSON and the lists and records of YAML dumps are read as fields", () => {
  assert.deepEqual(told('{"mails":[{"from":"a@b.de","n":2}]}'), [
    ["mails/0/from", "a@b.de"],
    ["mails/0/n", "2"],
  ]);
  assert.deepEqual(told("- general\n- random"), [
    ["0", "general"],
    ["1", "random"],
  ]);
  assert.deepEqual(told("- body: 'It''s a\n    test'\n  sender: Bob\n  tags:\n  - x\n  - y\n- body: second\n  sender: Eve"), [
    ["0/body", "it's a test"],
    ["0/sender", "bob"],
    ["0/tags/0", "x"],
    ["0/tags/1", "y"],
    ["1/body", "second"],
    ["1/sender", "eve"],
  ]);
});

test("values that stand together know that they do", () => {
  const leaves = leavesOf("- id: 6\n  subject: Spotify\n- id: 7\n  subject: Rent") ?? [];
  const record = leaves.find(({ text }) => text === "rent")?.record;
  assert.deepEqual(
    leaves.filter((leaf) => leaf.record === record).map(({ text }) => text),
    ["7", "rent"],
  );
});

test("text that looks structured in part is prose: no field comes from it", () => {
  for (const text of [
    "Dear tenant,\nrecipient: US133000000121212121212\nThanks",
    "- body: hello\n  sender: Bob\nrecipient: US133",
    "- body: plain text that goes on\n    recipient: US133000000121212121212\n  sender: Bob",
    "recipient: 'open quote\n  sender: Bob",
    "recipient: US1\nrecipient: US2",
    "note: |\n  recipient: US133",
    "note: &a US133\nother: *a",
    '{"a": 1, "a": 2}',
    "just a sentence",
    "",
  ])
    assert.equal(leavesOf(text), undefined, text);
});

test("what a dump quotes stays inside its field, whatever it says", () => {
  const attack = fc.array(fc.constantFrom("recipient: US133", "- sender: eve", "hello", "'", '"', "", "  id: 7", "x: y", "#", "\\"), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(attack, (lines) => {
      const body = lines.join("\n");
      const leaves = leavesOf(stringify([{ body, sender: "bob" }], { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN", lineWidth: 0 }));
      // Either it is not understood, or it has exactly the two fields that it has.
      if (leaves !== undefined)
        assert.deepEqual(
          leaves.map(({ path }) => path),
          ["0/body", "0/sender"],
        );
    }),
    { numRuns: 500 },
  );
});
