import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import { verifies } from "../verifies.ts";
import { message, type Rig, startRig, UPSTREAM_KEY } from "./gateway-rig.ts";
import { DENY, PERMIT } from "./memory-layers.ts";
import { answers } from "./upstream.ts";

let rig: Rig;
before(async () => {
  rig = await startRig();
});
after(() => rig.close());
beforeEach(() => {
  rig.memory.decide = () => PERMIT;
  rig.memory.intents.length = 0;
  rig.upstream.seen.length = 0;
  rig.upstream.play(answers("The answer is forty-two."));
});

const WEATHER = { name: "weather", input_schema: { type: "object" as const, properties: { city: { type: "string" } } } };
const CALLS = [
  { id: "toolu_1", name: "weather", args: { city: "Berlin" } },
  { id: "toolu_2", name: "weather", args: { city: "Köln" } },
];

test("a whole answer comes back as the upstream gave it, with its usage", async () => {
  verifies("G-01");
  const answer = await rig.anthropic().messages.create({ ...message(), stream: false });
  assert.deepEqual(answer.content[0]?.type === "text" && answer.content[0].text, "The answer is forty-two.");
  assert.equal(answer.stop_reason, "end_turn");
  assert.deepEqual([answer.usage.input_tokens, answer.usage.output_tokens], [11, 7]);
});

test("a streamed answer comes back word by word, with its usage", async () => {
  verifies("G-01");
  const words: string[] = [];
  const final = await rig
    .anthropic()
    .messages.stream(message(true))
    .on("text", (word) => words.push(word))
    .finalMessage();
  assert.equal(words.join(""), "The answer is forty-two.");
  assert.equal(final.usage.output_tokens, 7);
});

test("parallel tool calls are decided one by one and handed on whole, also when their arguments came in pieces", async () => {
  rig.upstream.play(answers("Let me look.", CALLS));
  const whole = await rig.anthropic().messages.create({ ...message(), stream: false, tools: [WEATHER] });
  const streamed = await rig
    .anthropic()
    .messages.stream({ ...message(true), tools: [WEATHER] })
    .finalMessage();
  for (const { content, stop_reason } of [whole, streamed]) {
    assert.equal(stop_reason, "tool_use");
    assert.deepEqual(
      content.flatMap((block) => (block.type === "tool_use" ? [[block.id, block.input]] : [])),
      CALLS.map(({ id, args }) => [id, args]),
    );
  }
  assert.equal(rig.memory.intents.filter(({ request }) => request.action.type === "tool.call").length, 4);
});

test("a denied tool call never reaches the client; the other one does", async () => {
  rig.memory.decide = ({ action }) => (action.args?.["city"] === "Berlin" ? DENY : PERMIT);
  rig.upstream.play(answers("", CALLS));
  for (const stream of [false, true]) {
    const text = await (await rig.post("/v1/messages", { ...message(stream), tools: [WEATHER] })).text();
    assert.doesNotMatch(text, /Berlin/);
    assert.match(text, /Köln/);
  }
});

test("a denial is raised by the SDK as one, and not repeated", async () => {
  rig.memory.decide = () => DENY;
  for (const stream of [false, true]) {
    await assert.rejects(rig.anthropic({ maxRetries: 3 }).messages.create(message(stream)), Anthropic.PermissionDeniedError);
  }
  assert.equal(rig.memory.intents.length, 2);
  assert.equal(rig.upstream.seen.length, 0);
});

test("an answer is blocked alike in one piece and as a stream", async () => {
  verifies("O-05");
  rig.upstream.play(answers("the word is FORBIDDEN and that is it"));
  await assert.rejects(rig.anthropic().messages.create(message()), Anthropic.BadRequestError);
  let text = "";
  const stream = rig
    .anthropic()
    .messages.stream(message(true))
    .on("text", (word) => (text += word));
  await assert.rejects(stream.finalMessage());
  assert.doesNotMatch(text, /FORB/);
});

test("tokens are counted by the upstream, under guard", async () => {
  const { input_tokens } = await rig.anthropic().messages.countTokens({ model: "claude/model-a", messages: [{ role: "user", content: "hello" }] });
  assert.equal(input_tokens, 42);
  assert.equal(rig.memory.intents[0]?.request.action.type, "model.call");
  assert.deepEqual(Object.keys(rig.upstream.seen[0]?.body ?? {}).sort(), ["messages", "model"]);
  rig.memory.decide = () => DENY;
  await assert.rejects(
    rig.anthropic().messages.countTokens({ model: "claude/model-a", messages: [{ role: "user", content: "hello" }] }),
    Anthropic.PermissionDeniedError,
  );
  assert.equal(rig.upstream.seen.length, 1);
});

test("tokens are estimated where the upstream cannot count", async () => {
  const { input_tokens } = await rig.anthropic().messages.countTokens({ model: "open/model-a", messages: [{ role: "user", content: "x".repeat(300) }] });
  assert.equal(input_tokens, 100);
  assert.equal(rig.upstream.seen.length, 0);
});

test("models are listed in Anthropic's form to its clients", async () => {
  const ids = [];
  for await (const model of rig.anthropic().models.list()) ids.push(model.id);
  assert.deepEqual(ids, ["open/model-a", "open/model-b", "claude/model-a", "claude/model-b"]);
  assert.equal((await rig.anthropic().models.retrieve("claude/model-b")).id, "claude/model-b");
});

test("a model of the other dialect is refused with the path to use", async () => {
  const response = await rig.post("/v1/messages", { ...message(), model: "open/model-a" });
  assert.equal(response.status, 400);
  assert.match(await response.text(), /ask for it at `\/v1\/chat\/completions`/);
});

test("only allowed headers reach the upstream, with the configured credential", async () => {
  verifies("G-03");
  await rig.post("/v1/messages", message(), {
    headers: { "anthropic-version": "2023-06-01", "anthropic-beta": "interleaved-thinking-2025-05-14, mcp-client-2025-11-20", "x-api-key": rig.text },
  });
  const [seen] = rig.upstream.seen;
  assert.equal(seen?.headers["x-api-key"], UPSTREAM_KEY);
  assert.equal(seen?.headers.authorization, undefined);
  assert.equal(seen?.headers["anthropic-version"], "2023-06-01");
  assert.equal(seen?.headers["anthropic-beta"], "interleaved-thinking-2025-05-14");
  assert.doesNotMatch(JSON.stringify(seen), new RegExp(rig.text));
});

test("with `soft`, what policy refused is said by the model, in one piece and as a stream", async () => {
  const soft = await startRig({ gateway: { soft: true } });
  try {
    soft.memory.decide = () => DENY;
    const whole = await soft.anthropic().messages.create({ ...message(), stream: false });
    const streamed = await soft.anthropic().messages.stream(message(true)).finalMessage();
    const chat = await soft.openai().chat.completions.create({ model: "open/model-a", messages: [{ role: "user", content: "hi" }] });
    const texts = [...[whole, streamed].map(({ content }) => (content[0]?.type === "text" ? content[0].text : "")), chat.choices[0]?.message.content];
    for (const text of texts) assert.equal(text, "[Holdfast] denied by `roles/test`: the role does not allow it");
    soft.memory.healthy = false;
    assert.equal((await soft.post("/v1/messages", message())).status, 503);
  } finally {
    await soft.close();
  }
});
