/** While a person is asked, a streamed answer shows that its line is open; the clients that people use take no notice of it. */
import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { ask } from "../../src/core/decision.ts";
import type { Clock, Resolution } from "../../src/core/layers.ts";
import { verifies } from "../verifies.ts";
import { chat, message, type Rig, startRig } from "./gateway-rig.ts";
import { realClock } from "./memory-layers.ts";

/** The beats of a quarter of a minute in some milliseconds. */
const quick: Clock = { ...realClock, timer: (ms, fire) => realClock.timer(ms === 15_000 ? 5 : ms, fire) };
let isHeld = false;
const held = { clock: quick, holds: () => isHeld };
const rigs: Rig[] = [];
after(() => Promise.all(rigs.map((one) => one.close())));
beforeEach(() => void (isHeld = false));

const ASKED = ask({ id: "rules/ask", text: "a person has to see this" });

/** A rig at which every model call is asked about; `answer` is what the person says. */
async function asking(more: { readonly soft?: boolean } = {}): Promise<Rig & { answer(resolution: Resolution): void; readonly asked: Promise<void> }> {
  const rig = await startRig({ gateway: { ...held, ...more } });
  rigs.push(rig);
  const [person, asked] = [Promise.withResolvers<Resolution>(), Promise.withResolvers<void>()];
  rig.memory.decide = () => ASKED;
  rig.memory.layers.oversight.resolve = async () => {
    isHeld = true;
    asked.resolve();
    return person.promise.finally(() => (isHeld = false));
  };
  return Object.assign(rig, { answer: person.resolve, asked: asked.promise });
}

/** Reads until the text has this. */
async function until(reader: ReadableStreamDefaultReader<Uint8Array>, what: string): Promise<string> {
  let text = "";
  while (!text.includes(what)) {
    const { done, value } = await reader.read();
    if (done) return assert.fail(`it ended with: ${text}`);
    text += Buffer.from(value).toString();
  }
  return text;
}

for (const [path, body] of [
  ["/v1/chat/completions", chat(true)],
  ["/v1/messages", message(true)],
] as const)
  test(`a stream of ${path} that is held has comments in it, and then the answer, or that it still waits`, async () => {
    verifies("H-04");
    const rig = await asking();
    const reply = await rig.post(path, body);
    assert.deepEqual([reply.status, reply.headers.get("x-holdfast-decision")], [200, null], "nothing is decided yet");
    const reader = reply.body!.getReader();
    assert.match(await until(reader, ": a person is asked\n\n: a person is asked\n\n"), /^(?:: a person is asked\n\n)+$/);
    rig.answer({ kind: "wait", ticket: "HF-12" });
    const rest = await until(reader, "HF-12");
    assert.match(rest, /waiting for approval by a person \(ticket HF-12\)/);
    assert.match(rest, /error/);
    while (rig.counted.length === 0) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(rig.counted.at(-1), { surface: "llm-gateway", effect: "ask", status: 200 });
  });

test("the vendors' own clients read what comes after a wait as if there had been none", async () => {
  verifies("H-04");
  const one = await asking();
  const answering = one.openai().chat.completions.create({ ...chat(true), stream: true });
  await one.asked;
  setTimeout(() => one.answer({ kind: "permit", reason: { id: "oversight/approved", text: "approved" } }), 40);
  let text = "";
  for await (const chunk of await answering) text += chunk.choices[0]?.delta.content ?? "";
  assert.equal(text, "hello");

  const two = await asking();
  two.upstream.play(() => ({
    headers: { "content-type": "text/event-stream" },
    pieces: [
      'event: message_start\ndata: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}\n\n',
      'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hello"}}\n\n',
      'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n',
      'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":1}}\n\n',
      'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    ],
  }));
  setTimeout(() => two.answer({ kind: "permit", reason: { id: "oversight/approved", text: "approved" } }), 60);
  const { content } = await two
    .anthropic()
    .messages.stream(message(true) as never)
    .finalMessage();
  assert.deepEqual(content[0]?.type === "text" && content[0].text, "hello");
});

test("a model that speaks in errors' place says in the held stream that it waits", async () => {
  verifies("H-04");
  const rig = await asking({ soft: true });
  const reply = await rig.post("/v1/chat/completions", chat(true));
  const reader = reply.body!.getReader();
  await until(reader, ": a person is asked\n\n");
  rig.answer({ kind: "wait", ticket: "HF-12" });
  const rest = await until(reader, "[DONE]");
  assert.match(rest, /"content":"\[Holdfast\] waiting for approval by a person \(ticket HF-12\)/);
  assert.doesNotMatch(rest, /"error"/);
});

test("nothing is written where nobody is asked, so that a refusal has its own status; an answer in one piece has it in any case", async () => {
  const rig = await startRig({ gateway: held });
  rigs.push(rig);
  const late = Promise.withResolvers<Resolution>();
  rig.memory.decide = () => ASKED;
  rig.memory.layers.oversight.resolve = () => late.promise;
  const streamed = rig.post("/v1/chat/completions", chat(true));
  setTimeout(() => late.resolve({ kind: "wait", ticket: "HF-1" }), 60);
  assert.equal((await streamed).status, 403);

  const whole = await asking();
  const reply = whole.post("/v1/chat/completions", chat());
  await whole.asked;
  setTimeout(() => whole.answer({ kind: "wait", ticket: "HF-2" }), 40);
  assert.equal((await reply).status, 403);
});
