import assert from "node:assert/strict";
import { test } from "node:test";
import { at } from "./pointer.ts";

const RESULT = { structuredContent: { id: 7, "a/b": { "~": ["x", null] } }, content: [{ type: "text", text: '{"id":"t-7"}' }] };

test("a pointer leads where RFC 6901 says, and nowhere else", () => {
  assert.equal(at(RESULT, "/structuredContent/id"), 7);
  assert.equal(at(RESULT, "/structuredContent/a~1b/~0/0"), "x");
  assert.equal(at(RESULT, "/structuredContent/a~1b/~0/1"), null, "null is a value");
  assert.equal(at(RESULT, ""), RESULT);
  for (const nowhere of ["/x", "/structuredContent/id/x", "/content/1", "/content/00", "/content/-1", "/content/length", "/constructor", "/__proto__"])
    assert.equal(at(RESULT, nowhere), undefined, nowhere);
});
