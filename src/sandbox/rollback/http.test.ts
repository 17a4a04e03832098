import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../../test/verifies.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { placesIn } from "../../core/places.ts";
import { filledIn } from "./http.ts";
import { isDue, type Step } from "./step.ts";
import { compensation } from "./undo.ts";

const URL_OF = "https://shop.example.com/orders/{order}/lines?by={by}";
const filled = (values: JsonObject, body?: Json) => filledIn({ method: "DELETE", url: URL_OF, ...(body === undefined ? {} : { body }) }, values);

test("values stand in an address as what they are, and in a body as themselves or written out", () => {
  verifies("C-08");
  assert.deepEqual(placesIn(URL_OF, { a: ["{x}", { b: "{y} and {order}" }], "{no}": 1 }), ["order", "by", "x", "y"]);
  assert.deepEqual(filled({ order: 7, by: "a/b&c=d #ü'{by}" }, { id: "{order}", note: "order {order} by {by}", list: ["{by}"], more: 1 }), {
    method: "DELETE",
    url: "https://shop.example.com/orders/7/lines?by=a%2Fb%26c%3Dd%20%23%C3%BC%27%7Bby%7D",
    body: { id: 7, note: "order 7 by a/b&c=d #ü'{by}", list: ["a/b&c=d #ü'{by}"], more: 1 },
  });
  assert.deepEqual(filledIn({ method: "POST", url: "https://x.example/", body: "{all}" }, { all: { a: [null] } }), {
    method: "POST",
    url: "https://x.example/",
    body: { a: [null] },
  });
});

test("a value that would make another address of it, or none, is refused and named", () => {
  verifies("C-08");
  for (const order of ["", ".", "..", null, [7], { id: 7 }, "\ud800", "x".repeat(1_001)] as Json[])
    assert.deepEqual(filled({ order, by: "x" }), { why: "the value for `order` cannot stand in an address" }, JSON.stringify(order));
  assert.deepEqual(filled({ order: 7, by: 1 }, "by {more}"), { why: "the value for `more` is none that can be written into a text" });
});

test("whatever a value is, host, path and query stay those of the configuration, and it is read back as it was", () => {
  verifies("C-08");
  const value = fc.oneof(
    fc.string({ minLength: 1, maxLength: 30, unit: "grapheme" }),
    fc.constantFrom("../x", "%2e%2e", "a?b#c", "//evil.example", "\\..\\", "@evil", "\r\nHost: x", "..;"),
  );
  fc.assert(
    fc.property(value, value, (order, by) => {
      const request = filled({ order, by });
      if (!("url" in request)) return;
      const url = new URL(request.url);
      assert.equal(url.origin, "https://shop.example.com");
      const [, orders, one, lines, ...more] = url.pathname.split("/");
      assert.deepEqual([orders, decodeURIComponent(one as string), lines, more], ["orders", order, "lines", []]);
      assert.deepEqual([...url.searchParams], [["by", by]]);
      assert.deepEqual([url.hash, url.username], ["", ""]);
    }),
    { numRuns: 2_000 },
  );
});

test("what undoes an effect is written down whole, without a header, and says what kind it is", () => {
  verifies("C-08");
  const undo = {
    http: { method: "DELETE", url: URL_OF, headers: { authorization: "secret" }, idempotency: "Idempotency-Key" },
    args: { order: { from: "result", path: "/id" }, by: { value: "rollback" } },
    timeout: 1_000,
  } as const;
  assert.deepEqual(compensation(undo, {}, { id: "o-7" }), {
    call: "DELETE shop.example.com",
    args: { method: "DELETE", url: "https://shop.example.com/orders/o-7/lines?by=rollback" },
    http: { repeatable: true },
  });
  assert.deepEqual(compensation(undo, {}, { id: "" }), { why: "`DELETE shop.example.com`: the value for `order` cannot stand in an address" });
  assert.deepEqual(compensation(undo, {}, {}), { why: "the argument `order` of `DELETE shop.example.com` is not where the configuration says" });
});

test("what nobody saw the end of is tried again only where its server tells a repetition", () => {
  verifies("C-08");
  const step = (repeatable: boolean | undefined, state?: "begun" | "done" | "refused" | "failed" | "unknown"): Step => ({
    task: "TK-1",
    number: 1,
    request: "req_1",
    tool: "shop.order",
    at: 0,
    effect: "done",
    undo: { call: "x", args: {}, timeout: 1, ...(repeatable === undefined ? {} : { http: { repeatable } }) },
    ...(state === undefined ? {} : { undone: { state, request: "req_2", at: 0 } }),
  });
  for (const repeatable of [undefined, false, true])
    assert.deepEqual(
      ([undefined, "begun", "done", "refused", "failed", "unknown"] as const).map((state) => isDue(step(repeatable, state))),
      [true, repeatable === true, false, true, false, repeatable === true],
    );
  // Whether the effect itself happened is another question.
  const { undo: _undo, ...never } = step(true);
  assert.equal(isDue({ ...never, effect: "unknown" }), false);
});
