import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PRACTICE_MODELS, practiceUpstream } from "../../src/surfaces/llm-gateway/practice/upstream.ts";
import { verifies } from "../verifies.ts";
import { type Rig, startRig } from "./gateway-rig.ts";
import { realClock } from "./memory-layers.ts";

let rig: Rig;
before(async () => {
  rig = await startRig({ gateway: { upstreams: [practiceUpstream({ id: "practice", clock: realClock, delay: 0 })] } });
});
after(() => rig.close());
const [MODEL = ""] = PRACTICE_MODELS;
const messages = [{ role: "user" as const, content: "Hello, what can you do?" }];

test("the practice model answers both vendors' SDKs without a key of its own, in one piece and as a stream alike", async () => {
  verifies("G-01");
  const chat = await rig.openai().chat.completions.create({ model: `practice/${MODEL}`, messages });
  const streamed = await rig.openai().chat.completions.stream({ model: MODEL, messages, stream: true }).finalChatCompletion();
  const message = await rig.anthropic().messages.create({ model: `practice/${MODEL}`, max_tokens: 500, messages });
  const events = await rig.anthropic().messages.stream({ model: MODEL, max_tokens: 500, messages }).finalMessage();
  const texts = [chat, streamed].map(({ choices }) => choices[0]?.message.content);
  texts.push(...[message, events].map(({ content }) => (content[0]?.type === "text" ? content[0].text : "")));
  assert.ok((texts[0] ?? "").length > 10);
  for (const text of texts) assert.equal(text, texts[0]);
  assert.equal(rig.upstream.seen.length, 0);
  assert.equal(rig.memory.intents.length, 4);
});

test("an unknown practice model is a 404, and its tokens are an estimate", async () => {
  const response = await rig.post("/v1/chat/completions", { model: "practice/nothing", messages });
  assert.equal(response.status, 404);
  const { input_tokens } = await rig.anthropic().messages.countTokens({ model: `practice/${MODEL}`, messages });
  assert.ok(input_tokens > 3);
});
