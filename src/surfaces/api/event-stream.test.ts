import assert from "node:assert/strict";
import { test } from "node:test";
import { eventStream } from "./event-stream.ts";

test("events are made as they are read, and whoever goes away ends what makes them", async () => {
  let [made, ended] = [0, false];
  async function* counting() {
    try {
      for (;;) yield { event: "progress", data: { made: ++made, text: "two\nlines" } };
    } finally {
      ended = true;
    }
  }
  const reader = eventStream(counting()).getReader();
  const next = async () => Buffer.from((await reader.read()).value ?? []).toString();
  assert.equal(await next(), 'event: progress\ndata: {"made":1,"text":"two\\nlines"}\n\n');
  assert.equal(await next(), 'event: progress\ndata: {"made":2,"text":"two\\nlines"}\n\n');
  assert.ok(made < 10, "nobody asked for more");
  await reader.cancel();
  assert.ok(ended);
});
