import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../test/verifies.ts";
import { defaultLabel, parseSource, SOURCES, sourceName } from "./content.ts";
import { atLeast, CATEGORIES, INTEGRITIES, includes, joinLabels, type Label, NEUTRAL_LABEL } from "./label.ts";

const sorted = <T extends string>(from: readonly T[]) => fc.subarray([...from]).map((some) => some.sort());
const label: fc.Arbitrary<Label> = fc.record(
  {
    integrity: fc.constantFrom(...INTEGRITIES),
    readers: fc.oneof(fc.constant("public" as const), sorted(["anna@x.org", "ben@x.org", "@x.org", "crm"])),
    categories: sorted(CATEGORIES),
    origins: sorted(["tool:mail", "user", "web:x"]),
  },
  { noNullPrototype: true },
);

test("labels form a semilattice with the neutral label", () => {
  verifies("P-09");
  fc.assert(
    fc.property(label, label, label, (a, b, c) => {
      assert.deepEqual(joinLabels(joinLabels(a, b), c), joinLabels(a, joinLabels(b, c)));
      assert.deepEqual(joinLabels(a, b), joinLabels(b, a));
      assert.deepEqual(joinLabels(a, a), a);
      assert.deepEqual(joinLabels(a, NEUTRAL_LABEL), a);
    }),
    { numRuns: 2000 },
  );
});

test("joining never raises integrity, never adds a reader, never loses a category or an origin", () => {
  verifies("P-09");
  fc.assert(
    fc.property(label, label, (a, b) => {
      const both = joinLabels(a, b);
      for (const one of [a, b]) {
        assert.ok(atLeast(one, both.integrity));
        const { readers } = one;
        if (readers !== "public") assert.ok(both.readers !== "public" && both.readers.every((reader) => includes(readers, reader)));
        assert.ok(one.categories.every((category) => both.categories.includes(category)));
        assert.ok(one.origins.every((origin) => both.origins.includes(origin)));
      }
    }),
  );
});

test("an unknown integrity counts as less than untrusted", () => {
  const odd: Label = { ...NEUTRAL_LABEL, integrity: "trusted" as never };
  assert.equal(atLeast(odd, "untrusted"), false);
  assert.equal(atLeast(joinLabels(odd, NEUTRAL_LABEL), "user"), false);
});

test("whatever comes from a tool, the web or a document is untrusted by default, and a tool's definition never speaks for the user", () => {
  verifies("I-01", "I-09");
  for (const kind of SOURCES) {
    const label = defaultLabel({ kind, id: "x" });
    assert.equal(atLeast(label, "internal"), !["tool", "web", "document"].includes(kind), kind);
    assert.equal(atLeast(label, "user"), ["system", "user", "model"].includes(kind), kind);
  }
});

test("a source is read back as it was written, and an unknown one is not a source", () => {
  for (const source of [{ kind: "tool", id: "crm.read_mail" }, { kind: "user" }, { kind: "web", id: "https://a.example/x:y" }] as const)
    assert.deepEqual(parseSource(sourceName(source)), source);
  for (const wrong of ["", "admin", "tools:x", "System"]) assert.equal(parseSource(wrong), undefined);
});
