import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { eventBytes, type SentEvent, utf8 } from "./events.ts";

const cuts = fc.array(fc.nat(200), { maxLength: 30 });

function split(bytes: Buffer, at: readonly number[]): Buffer[] {
  const edges = [...new Set([0, ...at.filter((one) => one < bytes.length), bytes.length])].sort((a, b) => a - b);
  return edges.slice(1).map((edge, i) => bytes.subarray(edges[i], edge));
}

test("any cut of any text gives the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), cuts, (text, at) => {
      const reader = utf8();
      const read = split(Buffer.from(text), at).map((piece) => reader.push(piece));
      reader.end();
      assert.equal(read.join(""), text);
    }),
    { numRuns: 2000 },
  );
});

test("bytes that are no UTF-8 are refused however they are cut, at the latest at the end", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 30 }), cuts, (array, at) => {
      const bytes = Buffer.from(array);
      const reader = utf8();
      const read = (): string => {
        const text = split(bytes, at)
          .map((piece) => reader.push(piece))
          .join("");
        reader.end();
        return text;
      };
      try {
        assert.equal(read(), new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
      } catch {
        assert.throws(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes));
      }
    }),
    { numRuns: 5000 },
  );
});

test("any cut of any events gives the same events", () => {
  const line = fc.string({ unit: "grapheme", maxLength: 20 }).map((text) => text.replace(/[\r\n]/g, "·"));
  const event = fc.record({
    data: fc.array(line, { minLength: 1, maxLength: 3 }),
    event: fc.option(fc.constantFrom("ping", "delta")),
    end: fc.constantFrom("\n", "\r\n", "\r"),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 5 }), cuts, (events, at) => {
      const text = events
        .map(({ data, event: name, end }) => (name === null ? "" : `event: ${name}${end}`) + data.map((one) => `data: ${one}${end}`).join("") + end)
        .join(": comment\n");
      const expected = eventBytes(10_000).push(Buffer.from(`${text}\n`));
      const reader = eventBytes(10_000);
      const read: SentEvent[] = split(Buffer.from(`${text}\n`), at).flatMap((piece) => [...reader.push(piece)]);
      assert.deepEqual(read, expected);
      assert.deepEqual(
        read.map(({ data }) => data),
        events.map(({ data }) => data.join("\n")),
      );
    }),
    { numRuns: 2000 },
  );
});

test("an event longer than the limit is refused, in one piece or in many", () => {
  for (const pieces of [[`data: ${"x".repeat(200)}\n\n`], Array(300).fill("data: x\n"), ["data: ", ..."x".repeat(200)]]) {
    assert.throws(
      () => {
        const reader = eventBytes(100);
        for (const piece of pieces) reader.push(Buffer.from(piece));
      },
      { code: "upstream-invalid" },
    );
  }
});
