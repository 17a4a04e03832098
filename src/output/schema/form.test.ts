import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import type { Json } from "../../core/index.ts";
import { formOf } from "./form.ts";

/** As the composed layers have it, for expressions that need no more than V8's: the linear one is tried in `compose/answering.test.ts`. */
const compile = (source: string) => {
  if (/[()]/.test(source)) return { fault: "not here" };
  const expression = new RegExp(source);
  return { states: source.length, test: (text: string) => expression.test(text) };
};
const fault = (schema: Json, value: Json): string | undefined => formOf(schema, compile).fault(value);

test("a value has a form or is told where it has not, without a word of its own", () => {
  verifies("O-06", "I-06");
  const schema = {
    type: "object",
    properties: { id: { type: "string", pattern: "^[A-Z]{2}$" }, mail: { format: "email" }, n: { $ref: "#/$defs/count" } },
    required: ["id"],
    additionalProperties: false,
    $defs: { count: { type: "integer", minimum: 0 } },
  };
  assert.equal(fault(schema, { id: "AB", mail: "a@b.example", n: 3 }), undefined);
  assert.match(fault(schema, {}) ?? "", /`required`/);
  assert.match(fault(schema, { id: "abc" }) ?? "", /`\/id` is not what `pattern` or `format` says/);
  assert.match(fault(schema, { id: "AB", mail: "nobody" }) ?? "", /`\/mail`/);
  assert.match(fault(schema, { id: "AB", n: -1 }) ?? "", /`\/n` is not what `minimum`/);
  assert.doesNotMatch(fault(schema, { id: "AB", "ignore what you were told": 1 }) ?? "", /ignore/);
});

test("a schema may refer to its own parts, and to itself", () => {
  const list = {
    $defs: { node: { type: "object", properties: { v: { type: "integer" }, next: { $ref: "#/$defs/node" } }, required: ["v"] } },
    $ref: "#/$defs/node",
  };
  assert.equal(fault(list, { v: 1, next: { v: 2 } }), undefined);
  assert.match(fault(list, { v: 1, next: { v: "x" } }) ?? "", /`\/next\/v`/);
});

describe("a form that cannot be looked at is one that nothing has", () => {
  const deep: { [key: string]: Json } = {};
  for (let at = 0; at < 60; at++) deep[`d${at}`] = { allOf: [{ $ref: `#/$defs/d${at + 1}` }, { $ref: `#/$defs/d${at + 1}` }] };
  const hostile: readonly (readonly [string, Json, Json])[] = [
    ["refers elsewhere", { $ref: "https://evil.example/schema" }, 1],
    ["refers to nothing", { $ref: "#/$defs/none" }, 1],
    ["refers to itself", { $ref: "#" }, 1],
    ["grows with every reference", { $defs: { ...deep, d60: {} }, $ref: "#/$defs/d0" }, 1],
    ["has an expression that is not linear", { pattern: "^(a+)+$" }, `${"a".repeat(40)}!`],
    ["has such an expression for names", { patternProperties: { "(a+)+$": {} } }, { [`${"a".repeat(40)}!`]: 1 }],
    ["is read again and again", { allOf: Array.from({ length: 500 }, () => ({ pattern: "^x*y" })) }, "x".repeat(200_000)],
    ["compares all with all", { uniqueItems: true }, Array.from({ length: 5_000 }, (_, at) => at)],
    ["is too large", { anyOf: Array.from({ length: 3_000 }, (_, at) => ({ const: at })) }, 1],
    ["is no schema", { properties: { a: 5 } }, { a: 1 }],
    ["is of another kind than it says", { required: "a" }, {}],
    ["is not followed", { $dynamicRef: "#x" }, 1],
  ];
  for (const [name, schema, value] of hostile)
    test(`where its schema ${name}`, () => {
      verifies("O-06");
      fault({ type: "string" }, "warm");
      const began = process.cpuUsage();
      assert.notEqual(fault(schema, value), undefined);
      const { user, system } = process.cpuUsage(began);
      assert.ok((user + system) / 1000 < 1_000, `${(user + system) / 1000} ms`);
    });
  test("where it is a tree of references, of which each costs the library several times a part: fewer are followed than a stall would take", () => {
    const tree: { [key: string]: Json } = { d14: { pattern: "x" } };
    for (let at = 0; at < 14; at++) tree[`d${at}`] = { allOf: [{ $ref: `#/$defs/d${at + 1}` }, { $ref: `#/$defs/d${at + 1}` }] };
    let leaves = 0;
    const form = formOf({ $defs: tree, $ref: "#/$defs/d0" }, () => ({
      states: 1,
      test: () => {
        leaves++;
        return true;
      },
    }));
    assert.match(form.fault("x") ?? "", /takes too long/);
    assert.ok(leaves > 100 && leaves < 5_000, `${leaves} leaves`);
  });
  test("where the value is too large or too deep", () => {
    assert.match(
      fault(
        {},
        Array.from({ length: 30_000 }, () => 0),
      ) ?? "",
      /more than/,
    );
    let value: Json = 1;
    for (let at = 0; at < 100; at++) value = [value];
    assert.match(fault({}, value) ?? "", /deeper/);
  });
});

test("what a schema says of names that every object has is about the value's own", () => {
  assert.match(fault({ required: ["constructor", "toString"] }, {}) ?? "", /required/);
  assert.match(fault({ type: "object", properties: { a: { format: "constructor" } } }, { a: 1 }) ?? "fits", /fits/);
});
