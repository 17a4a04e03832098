import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { HoldfastError } from "../../core/errors.ts";
import type { Part } from "../../core/layers.ts";
import type { Head, Sink } from "./outgoing.ts";
import { type EventReader, streamAnswer } from "./reading.ts";

/** A head whose body a test sends by hand, and which keeps to the rule that nothing arrives while it is paused. */
function byHand(): { head: Head; send(pieces: readonly Buffer[]): Promise<void>; aborted: unknown[] } {
  let sink: Sink | undefined;
  let paused = false;
  const aborted: unknown[] = [];
  const head: Head = {
    status: 200,
    headers: {},
    into: (target) => {
      sink = target;
    },
    resume: () => {
      paused = false;
    },
    abort: (error) => void aborted.push(error),
  };
  return {
    head,
    aborted,
    async send(pieces) {
      for (const piece of pieces) {
        while (paused && aborted.length === 0) await turn();
        if (aborted.length > 0) return;
        paused = sink?.data(piece) ?? false;
        await turn();
      }
      sink?.end();
    },
  };
}

/** Reads every event as one part of text, and `END` as the end mark. */
function reader(): EventReader {
  let ended = false;
  return {
    push({ data }) {
      if (data === "END") ended = true;
      return data === "END" ? [] : data.split("|").map((text): Part => ({ type: "text", channel: "text/0", text }));
    },
    end() {
      if (!ended) throw new HoldfastError("upstream-invalid", "no end mark");
      return [{ type: "end", channel: "text/0" }];
    },
    facts: () => ({}),
  };
}

const textOf = (part: Part): string => (part.type === "text" ? part.text : `<${part.type}>`);

test("however the bytes are cut and whenever the receiver asks to wait, the same parts arrive in the same order, one at a time", async () => {
  const words = fc.array(fc.stringMatching(/^[a-zäß€😀]{1,8}(\|[a-z]{1,3})?$/u), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(words, fc.array(fc.nat(150), { maxLength: 20 }), fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), async (texts, cuts, waits) => {
      const bytes = Buffer.from([...texts, "END"].map((text) => `data: ${text}\n\n`).join(""));
      const edges = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])].sort((a, b) => a - b);
      const { head, send } = byHand();
      const read: string[] = [];
      let inside = 0;
      const pumped = streamAnswer(head, reader(), 10_000).pump((part) => {
        assert.equal(inside, 0, "handed on while the receiver was still busy");
        read.push(textOf(part));
        if (!waits[read.length % waits.length]) return;
        inside += 1;
        return turn().then(() => {
          inside -= 1;
        });
      });
      await send(edges.slice(1).map((edge, i) => bytes.subarray(edges[i], edge)));
      await pumped;
      assert.deepEqual(read, [...texts.flatMap((text) => text.split("|")), "<end>"]);
    }),
    { numRuns: 500 },
  );
});

for (const late of [false, true]) {
  test(`when the receiver fails ${late ? "later" : "at once"}, the upstream is freed and no more is read`, async () => {
    const { head, send, aborted } = byHand();
    const gone = new Error("gone");
    let parts = 0;
    const pumped = streamAnswer(head, reader(), 10_000).pump(() => {
      parts += 1;
      if (!late) throw gone;
      return turn().then(() => Promise.reject(gone));
    });
    const ended = assert.rejects(async () => pumped, gone);
    await send([Buffer.from("data: a|b\n\n"), Buffer.from("data: c\n\n")]);
    await ended;
    assert.equal(parts, 1);
    assert.deepEqual(aborted, [gone]);
  });
}

test("a stream that stops before its end mark, or inside a character, is no answer", async () => {
  for (const bytes of [Buffer.from("data: a\n\n"), Buffer.from("data: END\n\ndata: \xc3", "latin1")]) {
    const { head, send } = byHand();
    const ended = assert.rejects(async () => streamAnswer(head, reader(), 10_000).pump(() => {}), { code: "upstream-invalid" });
    await send([bytes]);
    await ended;
  }
});

test("what stops the receiver without an error still frees the upstream", async () => {
  const { head, send, aborted } = byHand();
  const blocked = Symbol("blocked");
  const pumped = async () =>
    streamAnswer(head, reader(), 10_000).pump(() => {
      throw blocked;
    });
  const ended = pumped().then(
    () => assert.fail("it should have stopped"),
    (thrown) => assert.equal(thrown, blocked),
  );
  await send([Buffer.from("data: a\n\n")]);
  await ended;
  assert.equal(aborted.length, 1);
});
