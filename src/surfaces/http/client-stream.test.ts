import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { clientStream } from "./client-stream.ts";
import type { Exchange } from "./routes.ts";

test("the first of an answer is on its way before the rest was made, and the rest of one turn leaves in one piece", async (t) => {
  const sent: number[] = [];
  const server = createServer((request, response) => {
    const stream = clientStream({ request, response } as unknown as Exchange, () => ({}));
    const bytes = (): void => void sent.push(response.socket?.bytesWritten ?? 0);
    bytes();
    void stream.write("data: first\n\n");
    bytes();
    void stream.write("data: second\n\n");
    void stream.write("data: third\n\n");
    bytes();
    setImmediate(() => stream.end("data: last\n\n"));
  });
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  assert.equal(await answer.text(), "data: first\n\ndata: second\n\ndata: third\n\ndata: last\n\n");
  const [before = -1, first = -1, second = -1] = sent;
  assert.equal(before, 0);
  assert.ok(first > 0, "the first is held back");
  assert.equal(second, first, "the second does not wait for the third");
});
