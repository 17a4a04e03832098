import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../test/verifies.ts";
import { withAdded, withMode } from "./edit-draft.ts";
import { sectionsOf, withSections } from "./sections.ts";

const FILE = `# yaml-language-server: $schema=holdfast.schema.json
server: { listen: "127.0.0.1:0" } # kept
models: { openai: { provider: openai, credential: \${env:OPENAI_API_KEY} } }

# What needs a person.
rules:
  # Money first.
  - { id: big-payment, when: 'args.amount > 500', then: ask, mode: enforce } # the board's wish
  - id: watched
    when: action.tool == "crm.send_mail"
    then: deny
# Between the two.

tests: # of the rules
  - { agent: support, call: pay.send, args: { amount: 501 }, expect: ask }
  # and the end

timezone: Europe/Berlin
`;

const saved = (text: string, draft: string): string => {
  const written = withSections(text, draft);
  assert.ok(written.ok, written.ok ? "" : written.why);
  return written.text;
};

test("a draft that was not changed changes not one byte of the file", () => {
  for (const text of [
    FILE,
    FILE.replaceAll("\n", "\r\n"),
    `\ufeff${FILE}`,
    FILE.trimEnd(),
    "rules: []",
    "tests: []\nrules:\n- { id: a, when: 'true', then: deny }\n",
    "",
  ])
    assert.equal(saved(text, sectionsOf(text) ?? "-"), text);
});

test("what is saved stands in place of the two sections, and every byte outside them stays", () => {
  verifies("P-12");
  const draft = (sectionsOf(FILE) ?? "").replace("amount > 500", "amount > 900").replace("tests:", "# New here.\ntests:");
  assert.equal(saved(FILE, draft), FILE.replace("amount > 500", "amount > 900").replace("tests:", "# New here.\ntests:"));
  assert.match(saved(FILE, "tests: []\n"), /person\.\nrules: \[\]\n# Between the two\.\n\ntests: \[\]\n {2}# and the end\n\ntimezone/);
  assert.match(saved("timezone: UTC", "rules:\n  - { id: a, when: 'true', then: deny }\n"), /^timezone: UTC\nrules:\n {2}- \{ id: a/);
  assert.equal(saved("timezone: UTC\n", "# only words\n"), "timezone: UTC\n# only words\nrules: []\n");
});

test("a draft cannot reach into the rest of the file", () => {
  verifies("P-08");
  const rest = "timezone: UTC\nrules: []\nagents: { a: { role: builtin/assistant } }\n";
  for (const draft of [
    "rules: []\nagents: { root: { role: r } }\n",
    "rules: []\n---\nagents: {}\n",
    "rules: []\n...\n",
    "rules: &x []\ntests: *x\nagents: *x\n",
    "rules: [\n",
    "{ rules: [] }\n",
    "rules: []\nrules: []\n",
    "rules: []\nmodels: { practice: { provider: practice } }\n",
    "models: {}\nrules: []\n",
    "- rules\n",
    "rules: |\n  []\n timezone: UTC\n",
  ])
    assert.equal(withSections(rest, draft).ok, false, draft);
  assert.equal(withSections("rules: &r []\nroles: *r\n", "rules: []\n").ok, false, "what refers into a section would be left without it");
  assert.equal(withSections("{ rules: [], timezone: UTC }\n", "rules: []\n").ok, false);
  fc.assert(
    fc.property(
      fc.string({
        maxLength: 60,
        unit: fc.constantFrom("rules:", "tests:", "agents:", " ", "\n", "- ", "a", "{", "}", "[", "]", "#", "---", "&x", "*x", "|", '"'),
      }),
      (draft) => {
        const written = withSections(rest, draft);
        if (written.ok) assert.match(written.text, /^timezone: UTC\n[\s\S]*\nagents: \{ a: \{ role: builtin\/assistant \} \}\n/);
      },
    ),
    { numRuns: 300 },
  );
});

test("switching a rule changes one word of the draft, or adds one line", () => {
  const draft = sectionsOf(FILE) ?? "";
  assert.equal(withMode(draft, "big-payment", "monitor"), draft.replace("mode: enforce", "mode: monitor"));
  assert.equal(withMode(draft, "watched", "enforce"), draft.replace("    then: deny", "    then: deny\n    mode: enforce"));
  assert.equal(withMode("rules: [{ id: a, when: 'true', then: deny }]", "a", "enforce"), "rules: [{ id: a, when: 'true', then: deny, mode: enforce }]");
  for (const [text, id] of [
    [draft, "nobody"],
    ["rules: [", "a"],
    ["rules: { id: a }", "a"],
    ["", "a"],
  ] as const)
    assert.equal(withMode(text, id, "enforce"), undefined);
});

test("a rule is added behind the others, or stands in place of the one that it narrows", () => {
  // biome-ignore lint/suspicious/noThenProperty: the word is part of the public configuration
  const rule = { id: "no-hf-1", when: 'args.to == "eve\u200b"', then: "deny", mode: "enforce" };
  const one = { agent: "support", call: "crm.send_mail", expect: "deny" };
  const line = String.raw`{ id: "no-hf-1", when: "args.to == \"eve\U0000200b\"", then: "deny", mode: "enforce" }`;
  const draft = sectionsOf(FILE) ?? "";
  const added = withAdded(draft, { rules: [rule], tests: [one] }) ?? "";
  assert.equal(
    added,
    draft
      .replace("    then: deny\n", `    then: deny\n  - ${line}\n`)
      .replace("expect: ask }\n", "expect: ask }\n  - { agent: support, call: crm.send_mail, expect: deny }\n"),
  );
  assert.match(
    withAdded(draft, { rules: [{ ...rule, id: "big-payment", when: "true" }] }) ?? "",
    /- \{ id: big-payment, when: "true", then: deny, mode: enforce \} # the board's wish/,
  );
  assert.match(withAdded("", { rules: [rule] }) ?? "", /^rules:\n {2}- \{/);
  assert.match(withAdded("rules: []\n", { rules: [rule] }) ?? "", /^rules:\n {2}- \{.*\}\n$/);
  assert.match(withAdded("rules:\n- { id: a, when: 'true', then: deny }\n", { rules: [rule] }) ?? "", /\n- \{ id: "no-hf-1"/);
  assert.equal(withAdded("rules: {}\n", { rules: [rule] }), undefined);
});
