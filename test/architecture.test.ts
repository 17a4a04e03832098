import assert from "node:assert/strict";
import { test } from "node:test";
import { isTest, readTree, type Source } from "../scripts/sources.ts";
import { cycles, importViolations, leftBehind, lengthViolations, nameViolations, type Rule, type Table, tableRows } from "./architecture.rules.ts";

const LAYER: Rule = { may: ["core"], node: true, packages: true };
const ALL: Rule = { may: ["*"], node: true, packages: true };

/** Who may import whom. ARCHITECTURE.md shows the same table. */
const TABLE: Table = {
  core: { may: [], node: false, packages: false },
  detectors: { may: ["core"], node: false, packages: false },
  codecs: { may: ["core"], node: false, packages: false },
  client: { may: ["core"], node: true, packages: false },
  hosts: { may: ["core"], node: false, packages: ["@humanwhocodes/momoa"] },
  input: LAYER,
  permission: LAYER,
  sandbox: LAYER,
  runner: { may: ["core"], node: true, packages: false },
  output: LAYER,
  audit: LAYER,
  oversight: LAYER,
  vault: LAYER,
  config: LAYER,
  assurance: { may: ["core"], node: false, packages: false },
  telemetry: LAYER,
  watch: { may: ["core"], node: false, packages: false },
  stores: { may: ["core", "audit/store.ts", "vault/documents.ts"], node: true, packages: true },
  surfaces: { may: ["core", "codecs", "hosts", "compose.ts"], types: ["config"], node: true, packages: true },
  compose: ALL,
  "compose.ts": ALL,
  "index.ts": ALL,
};

/** Files may be long for a reason; it stands here. */
const LONGER: { readonly [path: string]: string } = {
  "src/detectors/derived.table.ts": "written by `scripts/derived-table.ts`, a line for each expression",
};
const MOST_LINES = { source: 300, test: 400 };

const tree = readTree();
const none: readonly string[] = [];

/** The one import that is computed: the package that an operator installed for a model of their own, in a thread. */
const COMPUTED = /^src\/input\/larger\/thread\.ts:\d+: .*`\(computed\)`$/;

test("every import is one that the table allows", () => {
  const violations = importViolations(tree, TABLE);
  assert.deepEqual(
    violations.filter((one) => !COMPUTED.test(one)),
    none,
  );
  assert.equal(violations.filter((one) => COMPUTED.test(one)).length, 1);
});

test("ARCHITECTURE.md shows the table that is enforced, and names every folder", () => {
  const page = tree.find(({ path }) => path === "ARCHITECTURE.md")?.text ?? "";
  const shown = page.split("\n").filter((line) => /^\| `[a-z.]+` \|.*\| (yes|no) \|/.test(line));
  assert.deepEqual(shown, tableRows(TABLE));
  for (const folder of Object.keys(TABLE)) assert.ok(folder.endsWith(".ts") || new RegExp(`^\\| \`src/${folder}\`[ ,]`, "m").test(page), folder);
});

test("only the runner starts programs", () => {
  const starting = (sources: readonly Source[]) =>
    sources
      .filter(
        ({ path, text }) => path.startsWith("src/") && !path.startsWith("src/runner/") && !isTest({ path, text }) && /["']node:child_process["']/.test(text),
      )
      .map(({ path }) => path);
  assert.deepEqual(starting(tree), none);
  const planted: Source = { path: "src/surfaces/planted.ts", text: 'import { spawn } from "node:child_process";' };
  assert.deepEqual(starting([planted]), [planted.path]);
});

test("no files of several folders need each other in a ring", () => {
  assert.deepEqual(cycles(tree), none);
});

test("no name is made of a word that says nothing", () => {
  assert.deepEqual(nameViolations(tree), none);
});

test("no file is longer than two or three screens without a reason", () => {
  const longer = (wanted: boolean): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.entries(LONGER).filter(([path]) => isTest({ path, text: "" }) === wanted));
  assert.deepEqual(
    lengthViolations(
      tree.filter((source) => !isTest(source)),
      MOST_LINES.source,
      longer(false),
    ),
    none,
  );
  assert.deepEqual(lengthViolations(tree.filter(isTest), MOST_LINES.test, longer(true)), none);
});

test("nothing unfinished, switched off or bound to one machine is left in the tree", () => {
  assert.deepEqual(leftBehind(tree), none);
});

test("the lock holds no download addresses", () => {
  const lock = tree.find(({ path }) => path === "package-lock.json");
  assert.ok(lock);
  assert.doesNotMatch(lock.text, /"resolved": "https?:/);
});

const planted = (path: string, text: string): readonly Source[] => [{ path, text }];

const FORBIDDEN: readonly (readonly [string, string, string])[] = [
  ["core imports a layer", "src/core/monitor.ts", 'import { x } from "../audit/log.ts";'],
  ["core imports only a type of a layer", "src/core/monitor.ts", 'import type { X } from "../audit/log.ts";'],
  ["core uses a Node built-in", "src/core/json.ts", 'import { readFileSync } from "node:fs";'],
  ["core uses a package", "src/core/json.ts", 'import { z } from "zod";'],
  ["a detector uses a Node built-in", "src/detectors/financial/iban.ts", 'import "node:crypto";'],
  ["a Node built-in hides without its prefix", "src/audit/log.ts", 'import fs from "fs";'],
  ["a codec imports a surface", "src/codecs/codec.ts", 'export * from "../surfaces/api/routes.ts";'],
  ["a layer imports another", "src/input/inspect.ts", 'import { decide } from "../permission/decide.ts";'],
  ["a layer imports a detector", "src/output/release.ts", 'import { iban } from "../detectors/financial/iban.ts";'],
  ["a surface imports a layer", "src/surfaces/api/routes.ts", 'const log = await import("../../audit/log.ts");'],
  ["a surface imports values of the configuration", "src/surfaces/api/routes.ts", 'import { load } from "../../config/load.ts";'],
  ["a store imports more of a layer than the port", "src/stores/sqlite.ts", 'import type { Tree } from "../audit/tree.ts";'],
  ["a type is reached by import()", "src/core/monitor.ts", 'type X = import("../audit/log.ts").X;'],
  ["an import is computed", "src/audit/log.ts", "await import(name);"],
  ["source imports a test", "src/audit/log.ts", 'import "./log.test.ts";'],
  ["source imports from outside src", "src/audit/log.ts", 'import { ROOT } from "../../scripts/sources.ts";'],
  ["a folder nobody knows", "src/misc/stuff.ts", "export {};"],
];

for (const [what, path, text] of FORBIDDEN) {
  test(`the import test goes red when ${what}`, () => {
    assert.equal(importViolations(planted(path, text), TABLE).length, 1);
  });
}

test("the import test stays green on what is allowed", () => {
  const allowed = [
    ...planted("src/surfaces/api/routes.ts", 'import type { C } from "../../config/schema.ts"; import { x } from "../../compose.ts"; import "node:http";'),
    ...planted("src/stores/sqlite.ts", 'import { isSideName } from "../audit/store.ts"; import { DatabaseSync } from "node:sqlite";'),
    ...planted("src/audit/log.test.ts", 'import { anything } from "../permission/decide.ts";'),
  ];
  assert.deepEqual(importViolations(allowed, TABLE), none);
});

test("the ring test goes red on a ring of values and stays green on a ring of types", () => {
  const ring = (kind: string): readonly Source[] => [
    ...planted("src/surfaces/a.ts", 'import { b } from "./api/b.ts";'),
    ...planted("src/surfaces/api/b.ts", 'import { c } from "../cli/c.ts";'),
    ...planted("src/surfaces/cli/c.ts", `import ${kind} { a } from "../a.ts";`),
  ];
  assert.equal(cycles(ring("")).length, 1);
  assert.deepEqual(cycles(ring("type")), none);
});

test("the name test goes red on empty words, wherever they are declared", () => {
  const cases = [
    planted("src/core/utils.ts", "export {};"),
    planted("src/core/a.ts", "export const requestHandler = 1;"),
    planted("src/core/a.ts", "export class PolicyEngine {}"),
    planted("src/core/a.ts", "export function f(helper: number): void {}"),
    planted("src/core/a.ts", "export interface X { readonly services: number }"),
  ];
  for (const each of cases) assert.equal(nameViolations(each).length, 1, JSON.stringify(each));
  assert.deepEqual(nameViolations(planted("src/core/a.ts", 'import { Handler } from "undici"; export const utility = new Handler();')), none);
});

test("the length test goes red on a long file and on an outdated reason", () => {
  const long = planted("src/core/a.ts", "\n".repeat(301));
  assert.equal(lengthViolations(long, 300, {}).length, 1);
  assert.deepEqual(lengthViolations(long, 300, { "src/core/a.ts": "a table" }), none);
  assert.equal(lengthViolations(planted("src/core/a.ts", ""), 300, { "src/core/a.ts": "a table" }).length, 1);
});

test("the test for what is left behind goes red on each kind", () => {
  for (const text of [`// ${"TO"}DO later`, `# ${"FIX"}ME`, `open("/${"work"}/main")`, `test.${"only"}("x")`, `describe.${"skip"}("x")`]) {
    assert.equal(leftBehind(planted("src/core/a.ts", text)).length, 1, text);
  }
});
