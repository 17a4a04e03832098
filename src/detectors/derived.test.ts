import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { ROOT } from "../../scripts/root.ts";
import { verifies } from "../../test/verifies.ts";
import { DERIVED } from "./derived.table.ts";
import { type Derived, derive, derivedOf, type Expression, keyOf } from "./derived.ts";

const asked = (source: string): Expression => ({ source, flags: "i", begins: true, waits: true });

test("the table says of every expression that ships what is read off it, and of no other anything", () => {
  verifies("O-05");
  const { status, stderr } = spawnSync(process.execPath, ["scripts/derived-table.ts", "--check"], { cwd: ROOT, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  assert.ok(Object.keys(DERIVED).length > 300);
});

test("an expression that was changed in one sign is read anew, and has nothing of what stands in the table", () => {
  verifies("O-05");
  const source = "(?<!x)(?:order|Bestellung) \\d{4,9}";
  const keys = new Set<string>([keyOf(asked(source))]);
  for (let at = 0; at < source.length; at++) keys.add(keyOf(asked(`${source.slice(0, at)}#${source.slice(at + 1)}`)));
  keys.add(keyOf({ ...asked(source), flags: "" }));
  keys.add(keyOf({ ...asked(source), begins: false }));
  keys.add(keyOf({ ...asked(source), waits: false }));
  assert.equal(keys.size, source.length + 4);
  for (const key of keys) assert.equal(DERIVED[key], undefined);
  assert.deepEqual(derivedOf(asked(source))(), derive(asked(source)));
});

test("what is read off an expression is the same after it was written down", () => {
  for (const source of ["a+", "(?<=b*)a", "[äß]\\d\\n\"?`x`'", "(?<!\\d)x"].map(asked))
    assert.deepEqual(JSON.parse(JSON.stringify(derive(source))) as Derived, derive(source));
});
