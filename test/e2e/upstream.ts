import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as an upstream saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  readonly body: Record<string, unknown>;
  /** Resolves when the connection of this request is gone before the answer ended. */
  readonly cut: Promise<void>;
}

/** What an upstream does with a request. `pieces` are sent one by one; `ends` says how the answer ends. */
export interface Script {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly pieces?: readonly (string | Buffer)[];
  readonly every?: number;
  readonly ends?: "well" | "hang" | "reset";
}

export interface Upstream {
  readonly url: string;
  readonly seen: Seen[];
  /** Answers all requests to come. */
  play(script: (seen: Seen) => Script): void;
  close(): Promise<void>;
}

/** A model provider that speaks all dialects as its script says, and remembers every byte it was sent. */
export async function startUpstream(): Promise<Upstream> {
  const seen: Seen[] = [];
  let script: (seen: Seen) => Script = answers("hello");
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const cut = new Promise<void>((resolve) => response.on("close", () => (response.writableFinished ? undefined : resolve())));
    const one: Seen = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, text, body: text === "" ? {} : JSON.parse(text), cut };
    seen.push(one);
    await perform(script(one), response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    seen,
    play: (next) => {
      script = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function perform({ status = 200, headers = {}, pieces = [], every, ends = "well" }: Script, response: ServerResponse): Promise<void> {
  if (status === 0) return void (ends === "reset" && response.destroy());
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.setMaxListeners(0);
  if (pieces.length === 0 || ends !== "well") response.flushHeaders();
  for (const piece of pieces) {
    if (response.destroyed) return;
    if (!response.write(piece)) await Promise.race([once(response, "drain"), once(response, "close")]);
    if (every !== undefined) await new Promise((resolve) => setTimeout(resolve, every));
  }
  if (ends === "well") response.end();
  if (ends === "reset") response.destroy();
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly args: Record<string, unknown>;
}

/** Answers every request in its own dialect and form, streamed or whole, with a text and calls. */
export function answers(text: string, calls: readonly ToolCall[] = [], how: Pick<Script, "every" | "ends"> = {}): (seen: Seen) => Script {
  return (seen) => {
    if (seen.path.endsWith("/models")) return { pieces: [JSON.stringify({ object: "list", data: MODELS.map((id) => ({ id, object: "model" })) })] };
    if (seen.path.endsWith("/count_tokens")) return { pieces: [JSON.stringify({ input_tokens: 42 })] };
    const [whole, events] = seen.path.endsWith("/messages")
      ? [anthropicWhole, anthropicEvents]
      : seen.path.endsWith("/responses")
        ? [responsesWhole, responsesEvents]
        : [openaiWhole, openaiEvents];
    if (seen.body["stream"] !== true) return { pieces: [JSON.stringify(whole(text, calls))] };
    return { headers: { "content-type": "text/event-stream" }, pieces: events(text, calls), ...how };
  };
}

export const MODELS = ["model-a", "model-b"];

export function openaiWhole(text: string, calls: readonly ToolCall[] = []): object {
  const tool_calls = calls.map(({ id, name, args }) => ({ id, type: "function", function: { name, arguments: JSON.stringify(args) } }));
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1_700_000_000,
    model: "model-a",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: text === "" ? null : text, refusal: null, ...(calls.length === 0 ? {} : { tool_calls }) },
        finish_reason: calls.length === 0 ? "stop" : "tool_calls",
      },
    ],
    usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
  };
}

export function openaiEvents(text: string, calls: readonly ToolCall[] = []): string[] {
  const chunk = (delta: object, finish_reason: string | null = null): string =>
    sse({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_700_000_000, model: "model-a", choices: [{ index: 0, delta, finish_reason }] });
  const deltas = calls.flatMap(({ id, name, args }, index) => [
    chunk({ tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] }),
    ...pieces(JSON.stringify(args)).map((piece) => chunk({ tool_calls: [{ index, function: { arguments: piece } }] })),
  ]);
  return [
    chunk({ role: "assistant", content: "" }),
    ...words(text).map((content) => chunk({ content })),
    ...deltas,
    chunk({}, calls.length === 0 ? "stop" : "tool_calls"),
    sse({
      id: "chatcmpl-1",
      object: "chat.completion.chunk",
      created: 1_700_000_000,
      model: "model-a",
      choices: [],
      usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
    }),
    "data: [DONE]\n\n",
  ];
}

export function responsesWhole(text: string, calls: readonly ToolCall[] = []): { readonly output: readonly Record<string, unknown>[] } {
  const message = { id: "msg_1", type: "message", status: "completed", role: "assistant", content: [{ type: "output_text", text, annotations: [] }] };
  const called = calls.map(({ id, name, args }) => ({
    id: `fc_${id}`,
    type: "function_call",
    status: "completed",
    call_id: id,
    name,
    arguments: JSON.stringify(args),
  }));
  const frame = { id: "resp_1", object: "response", created_at: 1_700_000_000, model: "model-a", status: "completed", error: null, incomplete_details: null };
  return { ...frame, output: text === "" ? called : [message, ...called], usage: { input_tokens: 11, output_tokens: 7, total_tokens: 18 } } as never;
}

export function responsesEvents(text: string, calls: readonly ToolCall[] = []): string[] {
  const event = (type: string, fields: object): string => sse({ type, ...fields }, type);
  const whole = responsesWhole(text, calls);
  const items = whole.output.flatMap((item, output_index) => {
    const place = { output_index, item_id: item["id"] };
    const part = { ...place, content_index: 0 };
    const said = [
      event("response.content_part.added", { ...part, part: { type: "output_text", text: "", annotations: [] } }),
      ...words(text).map((delta) => event("response.output_text.delta", { ...part, delta })),
      event("response.output_text.done", { ...part, text }),
    ];
    const args = String(item["arguments"]);
    const called = pieces(args).map((delta) => event("response.function_call_arguments.delta", { ...place, delta }));
    return [
      event("response.output_item.added", {
        output_index,
        item: { ...item, status: "in_progress", ...(item["type"] === "message" ? { content: [] } : { arguments: "" }) },
      }),
      ...(item["type"] === "message" ? said : [...called, event("response.function_call_arguments.done", { ...place, arguments: args })]),
      event("response.output_item.done", { output_index, item }),
    ];
  });
  const begun = { response: { ...whole, status: "in_progress", output: [], usage: null } };
  return [event("response.created", begun), event("response.in_progress", begun), ...items, event("response.completed", { response: whole })];
}

export function anthropicWhole(text: string, calls: readonly ToolCall[] = []): object {
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "model-a",
    content: [...(text === "" ? [] : [{ type: "text", text }]), ...calls.map(({ id, name, args }) => ({ type: "tool_use", id, name, input: args }))],
    stop_reason: calls.length === 0 ? "end_turn" : "tool_use",
    stop_sequence: null,
    usage: { input_tokens: 11, output_tokens: 7 },
  };
}

export function anthropicEvents(text: string, calls: readonly ToolCall[] = []): string[] {
  const event = (type: string, fields: object): string => sse({ type, ...fields }, type);
  const block = (index: number, start: object, deltas: readonly object[]): string[] => [
    event("content_block_start", { index, content_block: start }),
    ...deltas.map((delta) => event("content_block_delta", { index, delta })),
    event("content_block_stop", { index }),
  ];
  const first = text === "" ? 0 : 1;
  return [
    event("message_start", { message: { ...anthropicWhole(""), stop_reason: null, usage: { input_tokens: 11, output_tokens: 1 } } }),
    event("ping", {}),
    ...(text === ""
      ? []
      : block(
          0,
          { type: "text", text: "" },
          words(text).map((word) => ({ type: "text_delta", text: word })),
        )),
    ...calls.flatMap(({ id, name, args }, i) =>
      block(
        first + i,
        { type: "tool_use", id, name, input: {} },
        pieces(JSON.stringify(args)).map((partial_json) => ({ type: "input_json_delta", partial_json })),
      ),
    ),
    event("message_delta", { delta: { stop_reason: calls.length === 0 ? "end_turn" : "tool_use", stop_sequence: null }, usage: { output_tokens: 7 } }),
    event("message_stop", {}),
  ];
}

export const sse = (data: object, event?: string): string => `${event === undefined ? "" : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;
const words = (text: string): string[] => text.match(/\S+\s*|\s+/g) ?? [];
const pieces = (text: string): string[] => text.match(/.{1,7}/gs) ?? [];
