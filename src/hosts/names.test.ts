import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { name as configured } from "../config/schema/values.ts";
import { isLegalName, legalNames } from "./names.ts";

const of = (names: readonly string[], known: readonly (readonly [string, string])[] = []): readonly (string | undefined)[] => {
  const legal = legalNames(names, known);
  return names.map((name) => legal.get(name));
};

test("a legal name is one for the configuration, too", () => {
  const near = fc.oneof(fc.string(), fc.stringMatching(/^[a-z][A-Za-z0-9_.-]{0,66}$/));
  fc.assert(fc.property(near, (name) => assert.ok(!isLegalName(name) || configured.safeParse(name).success)));
});

test("a legal name stays; another becomes the nearest legal one", () => {
  assert.deepEqual(of(["files", "My Files!", "Bücher", "--", "__proto__", "@scope/server", "文件", "7zip", "GitHub", "github"]), [
    ...["files", "my-files", "bucher", "server", "proto__", "scope-server", "server-2", "zip", "github-2", "github"],
  ]);
});

test("nobody is given a name that another server has, whichever comes first", () => {
  assert.deepEqual(of(["a b", "a-b", "a.b"]), ["a-b-2", "a-b", "a-b-3"]);
  // `a-b` stands for `a b` since it was wrapped; a newcomer of that name would get its grants.
  assert.deepEqual(of(["a b", "a-b"], [["a b", "a-b"]]), ["a-b", "a-b-2"]);
});

test("names are legal and different, however long and strange they are", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ unit: "binary", maxLength: 80 })), (names) => {
      const legal = of(names);
      assert.ok(legal.every((one) => one !== undefined && isLegalName(one)));
      assert.equal(new Set(legal).size, names.length);
    }),
  );
  assert.deepEqual(of(["x".repeat(64), `${"x".repeat(64)}.`]), ["x".repeat(64), `${"x".repeat(62)}-2`]);
});
