import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { createLog } from "./log.ts";

function lines(write: (log: ReturnType<typeof createLog>) => void): string[] {
  const out: string[] = [];
  write(createLog({ level: "info", destination: { write: (line: string) => void out.push(line) } }));
  return out;
}

test("a line holds the message, the level's number, the time and plain facts", () => {
  const [line] = lines((log) => log.warn({ id: "req_1", model: "openai/gpt-4o", status: 502, upstream: undefined }, "a model call failed"));
  const { level, time, ...rest } = JSON.parse(line ?? "");
  assert.deepEqual(rest, { id: "req_1", model: "openai/gpt-4o", status: 502, msg: "a model call failed" });
  assert.equal(level, 40);
  assert.ok(Date.parse(time) > 0);
});

test("keys, and text that could forge or colour a line, are withheld", () => {
  verifies("A-03");
  const bad = ["a\nb", "\u001b[31mred", "x\u2028y", `hf_${"A".repeat(49)}`, "Bearer abc", `sk-${"x".repeat(40)}`, "<script>", "ä", "x".repeat(201), '"quoted"'];
  for (const value of bad) {
    const [line = ""] = lines((log) => log.info({ value }, "x"));
    assert.equal(JSON.parse(line).value, "(withheld)", value);
  }
});

test("what is below the level is not written", () => {
  assert.deepEqual(
    lines((log) => log.debug({}, "x")),
    [],
  );
});
