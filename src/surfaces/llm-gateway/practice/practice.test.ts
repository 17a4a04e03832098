import assert from "node:assert/strict";
import { describe, it } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { gist, NO, propose, released, understood, YES } from "../../../../test/conformance/codec.ts";
import { verifies } from "../../../../test/verifies.ts";
import { anthropicMessages, type Codec, codecs, openaiChat, openaiResponses } from "../../../codecs/index.ts";
import { isObject, type Json, type JsonObject, parseJsonText } from "../../../core/json.ts";
import type { Clock, Released } from "../../../core/layers.ts";
import type { Request } from "../../../core/request.ts";
import { practiceEvents } from "./answer.ts";
import {
  PRACTICE_MODELS,
  type PracticeReply,
  practiceAnswer,
  practiceTask,
  practiceTasks,
  practiceToolsFor,
  practiceUpstream,
  runPracticeTask,
  runPracticeTool,
  sse,
} from "./index.ts";

/** A clock on which every pause is over at once, and counted. */
function hasty(): Clock & { pauses: number } {
  const clock = {
    pauses: 0,
    now: () => 0,
    monotonic: () => 0,
    timer(_ms: number, fire: () => void) {
      clock.pauses++;
      queueMicrotask(fire);
      return () => {};
    },
  };
  return clock;
}

/** The path of a request without a network and without policy: codec, practice model, codec. `permits` stands for the decision. */
function wire(codec: Codec, permits: (request: Request) => boolean = () => true) {
  const upstream = practiceUpstream({ id: "practice", clock: hasty() });
  return async (_url: unknown, init?: { body?: unknown }): Promise<Response> => {
    const parsed = parseJsonText(String(init?.body));
    assert.ok(parsed.ok, JSON.stringify(parsed));
    const asked = understood(codec.readRequest(parsed.value));
    const answer = await upstream.ask({ codec, asked, model: "assistant", propose, headers: {} }, new AbortController().signal);
    const out: Released[] = [];
    await answer.pump((part) => void out.push(...released([part], (request) => (permits(request) ? YES : NO))));
    if (!asked.stream) {
      const writer = codec.writeWhole(asked);
      for (const part of out) writer.push(part);
      return Response.json(writer.finish());
    }
    const writer = codec.writeStream(asked);
    return new Response(out.map((part) => writer.push(part)).join("") + writer.finish(), { headers: { "content-type": "text/event-stream" } });
  };
}

const notMail = ({ action }: Request): boolean => action.tool !== "send_mail";

describe("the practice model", () => {
  for (const codec of codecs) {
    const dialect = codec.id;
    const tools = practiceToolsFor(dialect);
    for (const task of practiceTasks)
      for (const language of ["en", "de"] as const)
        it(`${dialect}: says "${task.prompt[language]}" the same whole and streamed, and again`, async () => {
          const said = [{ role: "user", content: task.prompt[language] }];
          const body = { model: "assistant", max_tokens: 100, tools, [codec === openaiResponses ? "input" : "messages"]: said };
          const asked = understood(codec.readRequest(body));
          const whole = understood(codec.readWhole(practiceAnswer(dialect, body), asked, propose));
          const reader = codec.readStream(asked, propose);
          const stream = practiceEvents(dialect, body).flatMap(({ data, event }) => reader.push(data, event));
          assert.deepEqual(gist(stream), gist(whole.parts));
          assert.ok(stream.some(({ type }) => type === "text" || type === "calls"));
          assert.deepEqual(practiceAnswer(dialect, body), practiceAnswer(dialect, body));
          assert.deepEqual(practiceTasks.filter(({ hears }) => hears(task.prompt[language]))[0]?.id, task.id);
        });
  }

  it("calls only tools that the request declares, and under the names it declares", async () => {
    const ask = (tools: readonly Json[], more: JsonObject = {}): string =>
      JSON.stringify(practiceAnswer("openai-chat", { messages: [{ role: "user", content: "Summarise my inbox." }], tools, ...more }));
    assert.match(ask([]), /For this I need the tool `read_inbox`/);
    assert.match(ask(practiceToolsFor("openai-chat"), { tool_choice: "none" }), /For this I need the tool/);
    assert.match(ask([{ type: "function", function: { name: "practice__read_inbox" } }]), /"name":"practice__read_inbox"/);
  });

  it("answers anything else with what to try, in the language it is asked in", () => {
    const ask = (content: string): string => JSON.stringify(practiceAnswer("openai-chat", { messages: [{ role: "user", content }] }));
    assert.match(ask("Hello, who are you?"), /practice model.*Summarise my inbox/);
    assert.match(ask("Hallo, wer bist du?"), /Übungsmodell.*Fasse meinen Posteingang zusammen/);
  });

  it("makes an answer of any body, however odd", () => {
    for (const body of [
      null,
      [],
      "x",
      {},
      { messages: 5 },
      { messages: [5, { role: "user", content: [{ type: "image" }] }], tools: [1, { function: 2 }] },
    ] as Json[])
      for (const { id: dialect } of codecs) {
        assert.ok(isObject(practiceAnswer(dialect, body)));
        assert.ok(practiceEvents(dialect, body).length > 2);
      }
  });

  it("pauses between the events of a stream, on the clock it is given", async () => {
    const clock = hasty();
    const asked = understood(openaiChat.readRequest({ model: "assistant", stream: true, messages: [{ role: "user", content: "Hello" }] }));
    const upstream = practiceUpstream({ id: "practice", clock });
    const answer = await upstream.ask({ codec: openaiChat, asked, model: "assistant", propose, headers: {} }, new AbortController().signal);
    await answer.pump(() => {});
    assert.ok(clock.pauses > 10, `${clock.pauses}`);
    assert.ok(Number(answer.facts?.()["output_tokens"]) > 10);
    assert.deepEqual(await upstream.models(new AbortController().signal), PRACTICE_MODELS);
  });

  it("stops in the middle of a stream when it is no longer wanted", async () => {
    const stop = new AbortController();
    const clock: Clock = { ...hasty(), timer: () => () => {} };
    const asked = understood(openaiChat.readRequest({ model: "assistant", stream: true, messages: [{ role: "user", content: "Hello" }] }));
    const answer = await practiceUpstream({ id: "practice", clock }).ask({ codec: openaiChat, asked, model: "assistant", propose, headers: {} }, stop.signal);
    const pumped = answer.pump(() => {});
    stop.abort(new Error("gone"));
    await assert.rejects(async () => pumped, /gone/);
  });
});

describe("the practice tasks, run to their end", () => {
  let asked = 0;
  const ask =
    (permits?: (request: Request) => boolean) =>
    async (body: JsonObject): Promise<PracticeReply> => {
      const response = await wire(openaiChat, permits)("", { body: JSON.stringify(body) });
      return { id: `req_${++asked}`, body: (await response.json()) as Json };
    };
  const run = (id: string, language: "en" | "de", permits?: (request: Request) => boolean) =>
    runPracticeTask(practiceTask(id) ?? assert.fail(), language, "practice/assistant", ask(permits));

  it("the attacked inbox is forwarded when nothing stands between: the model obeys", async () => {
    const { steps, ids } = await run("attacked-inbox", "en");
    assert.deepEqual(ids, ["req_1", "req_2", "req_3"]);
    assert.ok(steps.some((step) => step.kind === "call" && step.tool === "send_mail" && JSON.stringify(step.args).includes("archive@mail-backup.example")));
    assert.deepEqual(steps.at(-1), { kind: "assistant", text: "Done. The inbox was forwarded." });
  });

  it("a denied call ends the attack, and the user's task is still answered", async () => {
    const { steps } = await run("attacked-inbox", "de", notMail);
    assert.deepEqual(
      steps.filter(({ kind }) => kind === "call").map((step) => step.kind === "call" && step.tool),
      ["read_inbox"],
    );
    const last = steps.at(-1);
    assert.match(last?.kind === "assistant" ? last.text : "", /^Sie haben drei Mails.*\n\n\[Holdfast\] The call to send_mail was not permitted: /s);
  });

  it("each task calls what it says", async () => {
    const calls = async (id: string, language: "en" | "de"): Promise<string[]> =>
      (await run(id, language)).steps.flatMap((step) => (step.kind === "call" ? [`${step.tool} ${JSON.stringify(step.args)}`] : []));
    assert.deepEqual(await calls("order", "de"), ['list_orders {"order":1001}']);
    assert.deepEqual(await calls("orders", "en"), ['list_orders {"order":1001}', 'list_orders {"order":1002}']);
    assert.deepEqual(await calls("ticket", "de"), ['create_ticket {"title":"Der Drucker im 2. Stock ist defekt."}']);
    assert.deepEqual(await calls("refund", "en"), ['refund {"amount":240,"order":1002}']);
    assert.deepEqual(await calls("attacked-page", "en"), ['read_page {"url":"https://shop.example/returns"}', 'refund {"amount":950,"order":1003}']);
    assert.deepEqual(await calls("secrets", "en"), []);
  });

  it("a tool nobody knows answers with an error", () => assert.match(runPracticeTool("rm", {}), /no such tool/));
});

describe("the vendors' own SDKs understand what is written", () => {
  const openai = (permits?: (request: Request) => boolean) =>
    new OpenAI({ apiKey: "x", baseURL: "http://holdfast.test/v1", maxRetries: 0, fetch: wire(openaiChat, permits) as typeof fetch });
  const anthropic = (permits?: (request: Request) => boolean) =>
    new Anthropic({ apiKey: "x", baseURL: "http://holdfast.test", maxRetries: 0, fetch: wire(anthropicMessages, permits) as typeof fetch });
  const compare = { role: "user" as const, content: "Compare the orders 1001 and 1002." };
  const inbox = (result: string, id: string) => [
    { role: "user" as const, content: "Summarise my inbox." },
    { role: "assistant" as const, content: null, tool_calls: [{ id, type: "function" as const, function: { name: "read_inbox", arguments: "{}" } }] },
    { role: "tool" as const, tool_call_id: id, content: result },
  ];

  it("OpenAI: parallel calls, whole and streamed", async () => {
    verifies("G-01");
    const tools = practiceToolsFor("openai-chat") as unknown as OpenAI.ChatCompletionTool[];
    const whole = await openai().chat.completions.create({ model: "assistant", messages: [compare], tools });
    const stream = await openai()
      .chat.completions.stream({ model: "assistant", messages: [compare], tools, stream_options: { include_usage: true } })
      .finalChatCompletion();
    for (const { choices, usage } of [whole, stream]) {
      assert.equal(choices[0]?.finish_reason, "tool_calls");
      assert.deepEqual(
        choices[0]?.message.tool_calls?.map((call) => call.type === "function" && call.function.arguments),
        ['{"order":1001}', '{"order":1002}'],
      );
      assert.ok((usage?.total_tokens ?? 0) > 0);
    }
  });

  it("OpenAI: a denied call is a sentence and the end of the turn, whole and streamed", async () => {
    verifies("G-01");
    const tools = practiceToolsFor("openai-chat") as unknown as OpenAI.ChatCompletionTool[];
    const messages = inbox(runPracticeTool("read_inbox", {}), "call_1_0");
    const whole = await openai(notMail).chat.completions.create({ model: "assistant", messages, tools });
    const stream = await openai(notMail).chat.completions.stream({ model: "assistant", messages, tools }).finalChatCompletion();
    for (const { choices } of [whole, stream]) {
      assert.equal(choices[0]?.finish_reason, "stop");
      assert.ok((choices[0]?.message.tool_calls ?? []).length === 0);
      assert.match(
        choices[0]?.message.content ?? "",
        /three mails.*\[Holdfast\] The call to send_mail was not permitted: the rule denies it \(rules\/big-payment\)\.$/s,
      );
    }
  });

  const responses = (permits?: (request: Request) => boolean) =>
    new OpenAI({ apiKey: "x", baseURL: "http://holdfast.test/v1", maxRetries: 0, fetch: wire(openaiResponses, permits) as typeof fetch }).responses;

  it("OpenAI responses: parallel calls, whole and streamed", async () => {
    verifies("G-01");
    const tools = practiceToolsFor("openai-responses") as unknown as OpenAI.Responses.Tool[];
    const whole = await responses().create({ model: "assistant", input: String(compare.content), tools });
    const stream = await responses()
      .stream({ model: "assistant", input: [compare], tools })
      .finalResponse();
    for (const { output, status, usage } of [whole, stream]) {
      assert.equal(status, "completed");
      assert.deepEqual(
        output.map((item) => item.type === "function_call" && item.arguments),
        ['{"order":1001}', '{"order":1002}'],
      );
      assert.ok((usage?.total_tokens ?? 0) > 0);
    }
  });

  it("OpenAI responses: a denied call is a message in its place, whole and streamed", async () => {
    verifies("G-01");
    const tools = practiceToolsFor("openai-responses") as unknown as OpenAI.Responses.Tool[];
    const input: OpenAI.Responses.ResponseInput = [
      { role: "user", content: "Summarise my inbox." },
      { type: "function_call", call_id: "c1", name: "read_inbox", arguments: "{}" },
      { type: "function_call_output", call_id: "c1", output: runPracticeTool("read_inbox", {}) },
    ];
    const whole = await responses(notMail).create({ model: "assistant", input, tools });
    const stream = await responses(notMail).stream({ model: "assistant", input, tools }).finalResponse();
    for (const { output, output_text } of [whole, stream]) {
      assert.ok(output.every(({ type }) => type === "message"));
      assert.match(output_text, /three mails.*\[Holdfast\] The call to send_mail was not permitted: the rule denies it \(rules\/big-payment\)\.$/s);
    }
  });

  it("Anthropic: parallel calls, whole and streamed", async () => {
    verifies("G-01");
    const tools = practiceToolsFor("anthropic-messages") as unknown as Anthropic.Tool[];
    const whole = await anthropic().messages.create({ model: "assistant", max_tokens: 100, messages: [compare], tools });
    const stream = await anthropic()
      .messages.stream({ model: "assistant", max_tokens: 100, messages: [compare], tools })
      .finalMessage();
    for (const { content, stop_reason, usage } of [whole, stream]) {
      assert.equal(stop_reason, "tool_use");
      assert.deepEqual(
        content.map((block) => block.type === "tool_use" && block.input),
        [{ order: 1001 }, { order: 1002 }],
      );
      assert.ok(usage.input_tokens > 0 && usage.output_tokens > 0);
    }
  });

  it("Anthropic: a denied call is a text block and the end of the turn, whole and streamed", async () => {
    verifies("G-01");
    const tools = practiceToolsFor("anthropic-messages") as unknown as Anthropic.Tool[];
    const messages: Anthropic.MessageParam[] = [
      { role: "user", content: "Summarise my inbox." },
      { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "read_inbox", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: runPracticeTool("read_inbox", {}) }] },
    ];
    const whole = await anthropic(notMail).messages.create({ model: "assistant", max_tokens: 100, messages, tools });
    const stream = await anthropic(notMail).messages.stream({ model: "assistant", max_tokens: 100, messages, tools }).finalMessage();
    for (const { content, stop_reason } of [whole, stream]) {
      assert.equal(stop_reason, "end_turn");
      assert.deepEqual(
        content.map(({ type }) => type),
        ["text", "text"],
      );
      assert.match(content[1]?.type === "text" ? content[1].text : "", /^\[Holdfast\] The call to send_mail was not permitted/);
    }
  });

  it("an error in the middle of a stream is raised as the vendor's own error", async () => {
    const broken = (codec: Codec) => async (): Promise<Response> =>
      new Response(codec.errorEvent("cancelled", "the key was revoked"), { headers: { "content-type": "text/event-stream" } });
    const one = new OpenAI({ apiKey: "x", maxRetries: 0, fetch: broken(openaiChat) as typeof fetch });
    await assert.rejects(async () => {
      for await (const _ of await one.chat.completions.create({ model: "m", messages: [compare], stream: true })) assert.fail();
    }, /the key was revoked/);
    const third = new OpenAI({ apiKey: "x", maxRetries: 0, fetch: broken(openaiResponses) as typeof fetch });
    await assert.rejects(async () => {
      for await (const _ of await third.responses.create({ model: "m", input: "hi", stream: true })) assert.fail();
    }, /the key was revoked/);
    const other = new Anthropic({ apiKey: "x", maxRetries: 0, fetch: broken(anthropicMessages) as typeof fetch });
    await assert.rejects(other.messages.stream({ model: "m", max_tokens: 1, messages: [compare] }).finalMessage(), /the key was revoked/);
  });

  it("events written as text are events again", () => assert.equal(sse({ event: "ping", data: "{}" }), "event: ping\ndata: {}\n\n"));
});
