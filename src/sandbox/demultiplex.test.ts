import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { demultiplex } from "./demultiplex.ts";

const frame = (which: number, text: string): Buffer => {
  const head = Buffer.alloc(8);
  head[0] = which;
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
};

async function parted(chunks: readonly Buffer[]): Promise<readonly [string, string, boolean]> {
  const [from, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  let broke = false;
  demultiplex(from, { stdout, stderr }, () => {
    broke = true;
    from.removeAllListeners("data");
  });
  const ended = new Promise((done) => from.once("end", done));
  for (const chunk of chunks) from.write(chunk);
  from.end();
  from.resume();
  await ended;
  return [await all(stdout), await all(stderr), broke];
}

const all = (stream: PassThrough): Promise<string> => text(stream.end());

test("both outputs of a container come out as they went in, however the bytes are cut", async () => {
  const whole = Buffer.concat([frame(1, "one"), frame(2, "bad"), frame(1, ""), frame(1, "two"), frame(0, "zero")]);
  for (let size = 1; size <= whole.length; size++) {
    const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, index) => whole.subarray(index * size, (index + 1) * size));
    assert.deepEqual(await parted(chunks), ["onetwozero", "bad", false], String(size));
  }
});

test("what is no frame is not handed on", async () => {
  for (const bytes of ["HTTP/1.1 500", "\u0003\0\0\0\0\0\0\u0001x", "\u0001\0\u0001\0\0\0\0\u0001x"])
    assert.deepEqual(await parted([Buffer.from(bytes)]), ["", "", true], bytes);
});

test("a container whose one output nobody reads is held up, however quickly the other is read and however many pieces come at once", () => {
  const [from, stdout, stderr] = [new PassThrough(), new PassThrough({ highWaterMark: 8 }), new PassThrough({ highWaterMark: 8 })];
  demultiplex(from, { stdout, stderr }, () => assert.fail("it broke"));
  for (let count = 0; count < 40; count++) from.write(Buffer.concat([frame(1, "said often"), frame(2, "bad")]));
  assert.equal(from.isPaused(), true);
  for (const [what, output] of Object.entries({ stdout, stderr })) assert.ok(output.listenerCount("drain") <= 1, what);
  stdout.resume();
  return new Promise<void>((done) =>
    setTimeout(() => {
      assert.equal(from.isPaused(), true, "the other is full still");
      assert.ok(stderr.readableLength + stderr.writableLength < 40, String(stderr.writableLength));
      stderr.resume();
      from.end(() => done());
    }, 20),
  );
});
