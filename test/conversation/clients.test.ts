/** Conversations as the product recognises them, through both vendors' own clients: whole and streamed, with what these make of an answer. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { answers, startUpstream, type ToolCall, type Upstream } from "../e2e/upstream.ts";
import { type Served, serve } from "../serve.ts";
import { verifies } from "../verifies.ts";

let upstream: Upstream;
let served: Served;

before(async () => {
  upstream = await startUpstream();
  served = await serve(`
models:
  openai: { provider: openai, base_url: "${upstream.url}", credential: none, models: [m] }
  anthropic: { provider: anthropic, base_url: "${upstream.url}", credential: none, models: [m] }
tools:
  desk:
    tools:
      look_up: { effect: read, egress: false, trust: internal }
      send_mail: { effect: write, egress: true }
roles: { helper: { read: [desk.look_up], write: [desk.send_mail] } }
agents: { default: { role: helper, models: ["*"], limits: { requests: 1000/s, actions: 10000/s, duplicates: { writes: 10000, reads: 10000 } } } }
rules:
  - { id: quiet, after: 'action.tool == "desk.look_up"', when: 'action.tool == "desk.send_mail"', then: deny, mode: enforce }
`);
});
after(async () => {
  await served.stop();
  await upstream.close();
});

const TOOLS = ["look_up", "send_mail"];
const LOOK: ToolCall = { id: "call_1", name: "look_up", args: { of: "Anna" } };
const SEND: ToolCall = { id: "call_2", name: "send_mail", args: { to: "ben@corp.example", body: "hello" } };
const RESULT = "Anna Kern, Hauptstrasse 12, Leipzig";

/** One conversation of one client, which keeps its own history as its vendor's examples do. `calls` are those that the client gets to see. */
interface Client {
  asks(text: string, answer: string, calls?: readonly ToolCall[]): Promise<readonly string[]>;
  results(id: string, text: string, answer: string, calls?: readonly ToolCall[]): Promise<readonly string[]>;
  fork(): Client;
  /** Changes what the model said last. */
  rewrite(): Client;
}

function openai(stream: boolean, messages: OpenAI.ChatCompletionMessageParam[] = []): Client {
  const client = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: served.key, maxRetries: 0 });
  const tools = TOOLS.map((name) => ({ type: "function" as const, function: { name, parameters: { type: "object", properties: {} } } }));
  const turn = async (answer: string, calls: readonly ToolCall[]): Promise<readonly string[]> => {
    upstream.play(answers(answer, calls));
    const body = { model: "openai/m", tools, messages };
    const { choices } = stream ? await client.chat.completions.stream(body).finalChatCompletion() : await client.chat.completions.create(body);
    const [{ message }] = choices as [(typeof choices)[0]];
    messages.push(message);
    return (message.tool_calls ?? []).map((call) => (call.type === "function" ? call.function.name : ""));
  };
  return {
    asks(text, answer, calls = []) {
      messages.push({ role: "user", content: text });
      return turn(answer, calls);
    },
    results(id, text, answer, calls = []) {
      messages.push({ role: "tool", tool_call_id: id, content: text });
      return turn(answer, calls);
    },
    fork: () => openai(stream, [...messages]),
    rewrite: () =>
      openai(
        stream,
        messages.map((one) => (one.role === "assistant" ? { ...one, content: "Something else." } : one)),
      ),
  };
}

function responses(stream: boolean, input: OpenAI.Responses.ResponseInput = []): Client {
  const client = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: served.key, maxRetries: 0 });
  const tools = TOOLS.map((name) => ({ type: "function" as const, name, parameters: { type: "object", properties: {} }, strict: null }));
  const turn = async (answer: string, calls: readonly ToolCall[]): Promise<readonly string[]> => {
    upstream.play(answers(answer, calls));
    const body = { model: "openai/m", tools, input, store: false };
    const { output } = stream ? await client.responses.stream(body).finalResponse() : await client.responses.create(body);
    input.push(...(output as OpenAI.Responses.ResponseInput));
    return output.flatMap((item) => (item.type === "function_call" ? [item.name] : []));
  };
  return {
    asks(text, answer, calls = []) {
      input.push({ role: "user", content: text });
      return turn(answer, calls);
    },
    results(id, text, answer, calls = []) {
      input.push({ type: "function_call_output", call_id: id, output: text });
      return turn(answer, calls);
    },
    fork: () => responses(stream, [...input]),
    rewrite: () =>
      responses(
        stream,
        input.map((one) => ("role" in one && one.role === "assistant" ? { role: "assistant", content: "Something else." } : one)),
      ),
  };
}

function anthropic(stream: boolean, messages: Anthropic.MessageParam[] = []): Client {
  const client = new Anthropic({ baseURL: served.url, apiKey: served.key, maxRetries: 0 });
  const tools = TOOLS.map((name) => ({ name, input_schema: { type: "object" as const } }));
  const turn = async (answer: string, calls: readonly ToolCall[]): Promise<readonly string[]> => {
    upstream.play(answers(answer, calls));
    const body = { model: "anthropic/m", max_tokens: 100, tools, messages };
    const { content } = stream ? await client.messages.stream(body).finalMessage() : await client.messages.create(body);
    messages.push({ role: "assistant", content });
    return content.flatMap((block) => (block.type === "tool_use" ? [block.name] : []));
  };
  return {
    asks(text, answer, calls = []) {
      messages.push({ role: "user", content: [{ type: "text", text, cache_control: { type: "ephemeral" } }] });
      return turn(answer, calls);
    },
    results(id, text, answer, calls = []) {
      messages.push({ role: "user", content: [{ type: "tool_result", tool_use_id: id, content: text }] });
      return turn(answer, calls);
    },
    fork: () => anthropic(stream, [...messages]),
    rewrite: () =>
      anthropic(
        stream,
        messages.map((one) => (one.role === "assistant" ? { ...one, content: "Something else." } : one)),
      ),
  };
}

let names = 0;
for (const [what, begin] of [
  ["OpenAI's client", () => openai(false)],
  ["OpenAI's client, streamed", () => openai(true)],
  ["OpenAI's client, responses", () => responses(false)],
  ["OpenAI's client, responses streamed", () => responses(true)],
  ["Anthropic's client", () => anthropic(false)],
  ["Anthropic's client, streamed", () => anthropic(true)],
] as const)
  test(`a conversation is known again by what is said in it, and a rewritten one is not new: ${what}`, async () => {
    verifies("P-10", "G-01");
    const name = `Nr. ${++names}`;
    const calm = begin();
    assert.deepEqual(await calm.asks(`What is the capital of France? ${name}`, "It is Paris."), []);
    const looked = begin();
    assert.deepEqual(await looked.asks(`Look Anna up. ${name}`, "I will.", [LOOK]), ["look_up"]);
    const early = looked.fork();
    assert.deepEqual(await looked.results("call_1", RESULT, "She lives in Leipzig.", [SEND]), [], "the rule counts");
    assert.deepEqual(await looked.asks("Send a mail to ben@corp.example.", "I will.", [SEND]), []);
    assert.deepEqual(await early.results("call_1", RESULT, "Well.", [SEND]), [], "in another way of going on as well");
    const twins = await Promise.all([calm, calm.fork()].map((one, n) => one.asks(`Send a mail to ben@corp.example, and number it ${n}.`, "I will.", [SEND])));
    assert.deepEqual(twins, [["send_mail"], ["send_mail"]], "and not in a conversation that has another past, also in two at once");
    assert.deepEqual(await begin().asks(`Send a mail to ben@corp.example. ${name}`, "I will.", [SEND]), ["send_mail"]);
    assert.deepEqual(await looked.rewrite().asks("Send a mail to ben@corp.example.", "I will.", [SEND]), []);
    assert.deepEqual(await calm.rewrite().asks("Send a mail to ben@corp.example.", "I will.", [SEND]), [], "nobody can say what was left out");
  });
