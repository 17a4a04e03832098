import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { SERVER_LIMITS } from "../../src/surfaces/http/serve.ts";
import { chat, message, type Rig, startRig } from "../e2e/gateway-rig.ts";
import { answers, openaiEvents, type Script, sse } from "../e2e/upstream.ts";
import { verifies } from "../verifies.ts";

let rig: Rig;
before(async () => {
  rig = await startRig({ upstream: { headersTimeout: 300, idleTimeout: 300, totalTimeout: 1500, answerBytes: 100_000, eventLength: 10_000 } });
});
after(() => rig.close());
beforeEach(() => {
  rig.memory.outcomes.length = 0;
  rig.upstream.seen.length = 0;
});

const STREAM = { "content-type": "text/event-stream" };
const half = openaiEvents("one two three four").slice(0, 4);

interface Fault {
  readonly what: string;
  readonly script: Script;
  readonly stream?: boolean;
  readonly status: number;
  readonly code: string;
}
const FAULTS: readonly Fault[] = [
  { what: "never answers", script: { status: 0 }, status: 504, code: "upstream-timeout" },
  { what: "breaks the connection at once", script: { status: 0, ends: "reset" }, status: 502, code: "upstream-unreachable" },
  { what: "stops in the middle of a body", script: { pieces: ['{"id":'], ends: "hang" }, status: 504, code: "upstream-timeout" },
  { what: "breaks in the middle of a body", script: { pieces: ['{"id":'], ends: "reset" }, status: 502, code: "upstream-unreachable" },
  { what: "answers garbage", script: { pieces: ["<html>not JSON</html>"] }, status: 502, code: "upstream-invalid" },
  { what: "answers with duplicate keys", script: { pieces: ['{"id":"a","id":"b"}'] }, status: 502, code: "upstream-invalid" },
  { what: "answers another shape", script: { pieces: ['{"choices":[]}'] }, status: 502, code: "upstream-invalid" },
  { what: "answers HTML with status 200", script: { headers: { "content-type": "text/html" }, pieces: ["<p>"] }, status: 502, code: "upstream-invalid" },
  { what: "answers compressed", script: { headers: { "content-encoding": "gzip" }, pieces: ["x"] }, status: 502, code: "upstream-invalid" },
  { what: "answers more than the limit", script: { pieces: Array(20).fill("x".repeat(10_000)) }, status: 502, code: "upstream-invalid" },
  { what: "drips without end", script: { pieces: Array(100).fill(" "), every: 100 }, status: 504, code: "upstream-timeout" },
  { what: "redirects", script: { status: 302, headers: { location: "http://127.0.0.1:1/steal" } }, status: 502, code: "upstream-invalid" },
  { what: "answers 500", script: { status: 500, pieces: ['{"error":{"message":"boom","type":"server_error"}}'] }, status: 502, code: "upstream-unreachable" },
  { what: "refuses our credential", script: { status: 401, pieces: ['{"error":{"message":"bad key"}}'] }, status: 502, code: "upstream-configuration" },
  {
    what: "refuses the request",
    script: { status: 400, pieces: ['{"error":{"message":"too many tokens","type":"invalid_request_error"}}'] },
    status: 400,
    code: "upstream-bad-request",
  },
  { what: "answers a stream with JSON", script: { pieces: ["{}"] }, stream: true, status: 502, code: "upstream-invalid" },
  {
    what: "sends an event that is too long",
    script: { headers: STREAM, pieces: [`data: ${"x".repeat(20_000)}`] },
    stream: true,
    status: 502,
    code: "upstream-invalid",
  },
  {
    what: "sends bytes that are no UTF-8",
    script: { headers: STREAM, pieces: [Buffer.from("data: \xff\n\n", "latin1")] },
    stream: true,
    status: 502,
    code: "upstream-invalid",
  },
  { what: "sends an unknown event", script: { headers: STREAM, pieces: ["event: evil\ndata: {}\n\n"] }, stream: true, status: 502, code: "upstream-invalid" },
  { what: "ends a stream before its end mark", script: { headers: STREAM, pieces: [] }, stream: true, status: 502, code: "upstream-invalid" },
];

for (const { what, script, stream = false, status, code } of FAULTS) {
  test(`an upstream that ${what} becomes a clear ${status}, asked once, recorded as failed`, async () => {
    rig.upstream.play(() => script);
    const response = await rig.post("/v1/chat/completions", chat(stream));
    const body = (await response.json()) as { error: { code: string; message: string } };
    assert.deepEqual([response.status, body.error.code], [status, code], body.error.message);
    assert.equal(rig.upstream.seen.length, 1);
    assert.equal(rig.memory.outcomes[0]?.outcome.status, "failed");
  });
}

for (const ends of ["hang", "reset"] as const) {
  test(`a stream whose upstream stops by ${ends} ends with the vendor's error event`, async () => {
    rig.upstream.play(() => ({ headers: STREAM, pieces: half, every: 20, ends }));
    const stream = await rig.openai().chat.completions.create({ ...chat(), stream: true });
    let chunks = 0;
    await assert.rejects(
      async () => {
        for await (const _chunk of stream) chunks += 1;
      },
      ends === "hang" ? /did not answer in time/ : /broke/,
    );
    assert.ok(chunks > 0);
  });
}

test("an upstream that limits us says when to come back, and its words are filtered", async () => {
  rig.upstream.play(() => ({
    status: 429,
    headers: { "retry-after": "17" },
    pieces: ['{"error":{"message":"slow \\u001b[31m down, SECRET","type":"rate_limit_error"}}'],
  }));
  for (const [path, body] of [["/v1/chat/completions", chat()] as const, ["/v1/messages", message(true)] as const]) {
    const response = await rig.post(path, body);
    assert.equal(response.status, 429);
    assert.equal(response.headers.get("retry-after"), "17");
    const text = await response.text();
    assert.match(text, /rate_limit_error\): slow {2}\[31m down, \[masked\]/);
  }
});

test("an upstream's words that may not leave are blocked like any other text", async () => {
  rig.upstream.play(() => ({ status: 400, pieces: ['{"error":{"message":"your prompt was FORBIDDEN"}}'] }));
  const response = await rig.post("/v1/chat/completions", chat());
  assert.doesNotMatch(await response.text(), /FORBIDDEN/);
});

test("a client that goes away ends the upstream's work at once", async () => {
  for (const stream of [false, true]) {
    rig.upstream.seen.length = 0;
    rig.upstream.play(() => (stream ? { headers: STREAM, pieces: half, ends: "hang" } : { ends: "hang" }));
    const abort = new AbortController();
    const response = rig.post("/v1/chat/completions", chat(stream), { signal: abort.signal });
    if (stream) await response;
    while (rig.upstream.seen.length === 0) await sleep(5);
    await sleep(20);
    abort.abort();
    await response.catch(() => {});
    const before = performance.now();
    await rig.upstream.seen[0]?.cut;
    assert.ok(performance.now() - before < 1_000, "sooner than any deadline");
  }
  await sleep(20);
  assert.equal(rig.live, 0);
  assert.deepEqual(
    rig.memory.outcomes.map(({ outcome }) => outcome.status === "failed" && outcome.code),
    ["cancelled", "cancelled"],
  );
});

test("an SDK's own abort ends the stream", async () => {
  rig.upstream.play(() => ({ headers: STREAM, pieces: half, ends: "hang" }));
  const stream = await rig.openai().chat.completions.create({ ...chat(), stream: true });
  for await (const _chunk of stream) stream.controller.abort();
  await rig.upstream.seen[0]?.cut;
});

test("revoking a key ends its live streams and its requests in flight, and no others", async () => {
  verifies("C-12");
  const other = await rig.keys.mint({ agent: "support" });
  rig.upstream.play(() => ({ headers: STREAM, pieces: openaiEvents("one two three four").slice(0, 4), every: 60, ends: "hang" }));
  const [mine, theirs] = await Promise.all([
    rig.post("/v1/chat/completions", chat(true), { headers: { authorization: `Bearer ${other.text}` } }),
    rig.post("/v1/chat/completions", chat(true)),
  ]);
  assert.equal(await rig.keys.revoke(other.key.id), true);
  assert.match(await mine.text(), /the key was revoked/);
  assert.match(await theirs.text(), /did not answer in time/);
  assert.equal((await rig.post("/v1/chat/completions", chat(), { headers: { authorization: `Bearer ${other.text}` } })).status, 401);
});

test("streams that run at once do not mix", async () => {
  const busy = await startRig();
  try {
    busy.upstream.play((seen) => answers(`canary ${JSON.stringify(seen.body["messages"]).match(/\d{6}/)?.[0]} sings`, [], { every: 1 })(seen));
    const canaries = Array.from({ length: 150 }, (_, i) => String(100_000 + i));
    const said = await Promise.all(
      canaries.map(async (canary, i) => {
        if (i % 2 === 0)
          return (
            await busy
              .openai()
              .chat.completions.stream({ ...chat(true, canary), stream: true })
              .finalChatCompletion()
          ).choices[0]?.message.content;
        const { content } = await busy.anthropic().messages.stream(message(true, canary)).finalMessage();
        return content[0]?.type === "text" ? content[0].text : "";
      }),
    );
    assert.deepEqual(
      said,
      canaries.map((canary) => `canary ${canary} sings`),
    );
    assert.equal(busy.live, 0);
  } finally {
    await busy.close();
  }
});

test("a slow client holds the upstream back instead of filling memory", async () => {
  const big = await startRig();
  try {
    const words = Array(20_000)
      .fill("data: ")
      .map((start, i) => `${start}${JSON.stringify({ choices: [{ index: 0, delta: { content: `${i}${"x".repeat(500)}` } }] })}\n\n`);
    big.upstream.play(() => ({ headers: STREAM, pieces: [...words, ...openaiEvents("end").slice(-3)] }));
    const response = await big.post("/v1/chat/completions", chat(true));
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    await sleep(300);
    const grown = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before;
    assert.equal(big.live, 1, "still going on");
    assert.ok(grown < 30 << 20, `grew by ${grown} bytes`);
    const text = await response.text();
    assert.match(text, /19999xxx/);
    assert.match(text, /\[DONE\]/);
  } finally {
    await big.close();
  }
});

test("a client that stops reading is ended; one that waits for a slow upstream is not", async () => {
  const stall = await startRig({ serve: { limits: { ...SERVER_LIMITS, stallTimeout: 150 } } });
  try {
    const endless = Array(20_000).fill(sse({ choices: [{ index: 0, delta: { content: "x".repeat(1000) } }] }));
    stall.upstream.play(() => ({ headers: STREAM, pieces: endless, ends: "hang" }));
    await stall.post("/v1/chat/completions", chat(true));
    await stall.upstream.seen[0]?.cut;
    stall.upstream.play(answers("slowly does it", [], { every: 200 }));
    assert.match(await (await stall.post("/v1/chat/completions", chat(true))).text(), /\[DONE\]/);
  } finally {
    await stall.close();
  }
});

test("shutting down refuses the new, lets what is in flight finish, and ends the rest with an error event", async () => {
  const last = await startRig();
  last.upstream.play(() => ({ headers: STREAM, pieces: half, ends: "hang" }));
  const hanging = await last.post("/v1/chat/completions", chat(true));
  last.upstream.play(answers("finished", [], { every: 20 }));
  const finishing = await last.post("/v1/chat/completions", chat(true));
  const drained = last.server.drain(400);
  await assert.rejects(last.post("/v1/chat/completions", chat()));
  assert.match(await finishing.text(), /\[DONE\]/);
  assert.match(await hanging.text(), /shutting down/);
  await drained;
  await last.gateway.close();
  await last.upstream.close();
});
