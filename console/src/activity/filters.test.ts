import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { queryOf, readFilters } from "./filters.ts";

test("only known filters with sensible values are taken from an address", () => {
  assert.deepEqual(readFilters({ effect: "deny", tool: "mail.send", gatewayUrl: "https://evil.example", since: "1h" }), {
    effect: "deny",
    tool: "mail.send",
    since: "1h",
  });
  assert.deepEqual(readFilters({ effect: "allow", text: "", agent: 4, since: "yesterday", until: "2026-11-21T09:00" }), { until: "2026-11-21T09:00" });
  assert.deepEqual(readFilters({ text: "x".repeat(201) }), {});
});

test("a span is counted back from now, a moment is sent in UTC", () => {
  const now = Date.parse("2026-11-21T10:00:00Z");
  assert.deepEqual(queryOf({ since: "1h" }, now), { since: "2026-11-21T09:00:00.000Z" });
  assert.deepEqual(queryOf({ until: "2026-11-21T09:00:00Z", text: "a b" }, now), { until: "2026-11-21T09:00:00.000Z", text: "a b" });
});

test("whatever the address holds, what is read from it can be written back unchanged", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom("effect", "agent", "text", "since", "x", "__proto__"), fc.string()), (search) => {
      const filters = readFilters(search);
      assert.deepEqual(readFilters(Object.fromEntries(new URLSearchParams(new URLSearchParams(Object.entries(filters)).toString()))), filters);
    }),
  );
});
