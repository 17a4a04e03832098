import assert from "node:assert/strict";
import { PassThrough, Readable, Writable } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import { isObject, JSON_LIMITS, type Json } from "../../core/json.ts";
import { answerLines, lines, refuseLine } from "./jsonl.ts";
import type { Terminal } from "./terminal.ts";
import { en } from "./text/en.ts";
import { usage } from "./text/usage/en.ts";

const quiet = { step() {}, done() {} };

function terminal(input: Readable, out: Writable, signal = new AbortController().signal): Terminal {
  return { in: input, out, err: new PassThrough(), env: {}, cwd: "/", signal, language: "en", usage, words: en };
}

test("lines are the same however the bytes are cut", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.string({ unit: "binary" }).map((text) => text.replace(/[\r\n]/g, " ")),
        { maxLength: 8 },
      ),
      fc.infiniteStream(fc.integer({ min: 1, max: 7 })),
      async (texts, sizes) => {
        const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(""));
        const pieces: Buffer[] = [];
        for (let at = 0; at < bytes.length; ) {
          const size = sizes.next().value ?? 1;
          pieces.push(bytes.subarray(at, at + size));
          at += size;
        }
        const read = await Array.fromAsync(lines(Readable.from(pieces), 1000));
        assert.deepEqual(
          read.map((line) => Buffer.from(line ?? []).toString()),
          texts.map((text) => Buffer.from(text).toString()),
        );
      },
    ),
  );
});

test("a line that is too long is answered in its place and never kept", async () => {
  const long = "x".repeat(50);
  const read = await Array.fromAsync(lines(Readable.from([Buffer.from(`a\n${long}`), Buffer.from(`${long}\nb\n${long}`)]), 20));
  assert.deepEqual(
    read.map((line) => (line === undefined ? "too long" : Buffer.from(line).toString())),
    ["a", "too long", "b", "too long"],
  );
});

test("there is one answer for each line, in order; a bad line gets an error object and exit code 1", async () => {
  const input = ['{"id":1,"n":1}', "", "{", '{"id":2,"n":"two"}', '{"id":"c","n":3}\r', `{"id":4,"n":"${"x".repeat(JSON_LIMITS.bytes)}"}`, "[1]"].join("\n");
  const written: string[] = [];
  const out = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      setImmediate(done);
    },
  });
  const exit = await answerLines(terminal(Readable.from([Buffer.from(input)]), out), quiet, async (line) => {
    const n = isObject(line) ? line["n"] : undefined;
    if (typeof n !== "number") return refuseLine({ fault: "must be a number", at: "n", code: "bad-request" });
    return { objects: [{ id: (line as { id: Json }).id, double: 2 * n }] };
  });
  assert.equal(exit, 1);
  await new Promise<void>((resolve) => out.end(resolve));
  assert.deepEqual(
    written
      .join("")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
    [
      { id: 1, double: 2 },
      { error: { code: "bad-request", message: "document ends too early" } },
      { id: 2, error: { code: "bad-request", message: "`n`: must be a number" } },
      { id: "c", double: 6 },
      { error: { code: "too-large", message: `line is longer than ${JSON_LIMITS.bytes} bytes` } },
      { error: { code: "bad-request", message: "`n`: must be a number" } },
    ],
  );
});

test("while the reader is behind, no further line is read", async () => {
  let produced = 0;
  const input = Readable.from(
    (function* () {
      for (; produced < 1000; produced++) yield Buffer.from(`{"n":${produced}}\n`);
    })(),
  );
  const waiting: (() => void)[] = [];
  const out = new Writable({ highWaterMark: 64, write: (_chunk, _encoding, done) => void waiting.push(done) });
  const done = answerLines(terminal(input, out), quiet, async (line) => ({ objects: [line] }));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(produced < 200, `read ahead ${produced} lines`);
  const drain = setInterval(() => {
    for (const next of waiting.splice(0)) next();
  }, 0);
  assert.equal(await done, 0);
  clearInterval(drain);
  assert.equal(produced, 1000);
});

test("being stopped ends it at once", async () => {
  const stop = new AbortController();
  const input = new PassThrough();
  input.write('{"n":1}\n');
  const done = answerLines(terminal(input, new PassThrough(), stop.signal), quiet, async (line) => {
    stop.abort(130);
    return { objects: [line] };
  });
  await assert.rejects(done, (reason) => reason === 130);
});
