/** A desk with mail behind all dialects and the decision API: the same conversation told to each, and what became of one call at its end. */
import { type answers, startUpstream, type Upstream } from "../e2e/upstream.ts";
import { type Served, serve } from "../serve.ts";

type Playing = ReturnType<typeof answers>;
export type Message = object;

export interface Desk {
  readonly served: Served;
  readonly upstream: Upstream;
  /** Sends messages, has the model answer so, and says whether the client got the call to `send_mail`; `refused`: the request was none. */
  anthropic(messages: readonly Message[], playing: Playing, more?: object): Promise<Got>;
  openai(messages: readonly Message[], playing: Playing, more?: object): Promise<Got>;
  responses(input: readonly Message[], playing: Playing, more?: object): Promise<Got>;
  decide(tool: string, args: object, more?: object): Promise<{ readonly id: string; readonly effect: string; readonly reasons: readonly { id: string }[] }>;
  release(id: string, text: string): Promise<void>;
  close(): Promise<void>;
}
export type Got = "sends" | "does not" | "refused";

export const TOOLS = ["read_mail", "look_up", "send_mail"];

export async function openDesk(more = "", folder?: string): Promise<Desk> {
  const upstream = await startUpstream();
  const served = await serve(
    `
models:
  openai: { provider: openai, base_url: "${upstream.url}", credential: none, models: [m] }
  anthropic: { provider: anthropic, base_url: "${upstream.url}", credential: none, models: [m] }
tools:
  desk:
    tools:
      read_mail: { effect: read, egress: false }
      look_up: { effect: read, egress: false, trust: internal }
      send_mail: { effect: write, egress: true }
roles: { helper: { read: ["desk.*"], write: [desk.send_mail] } }
agents: { default: { role: helper, models: ["*"], limits: { requests: 1000/s, actions: 10000/s, duplicates: { writes: 10000, reads: 10000 } } } }
${more}`,
    folder === undefined ? {} : { folder },
  );
  const post = (path: string, body: object, key = served.key): Promise<Response> =>
    fetch(`${served.url}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  return {
    served,
    upstream,
    async anthropic(messages, playing, beside = {}) {
      upstream.play(playing);
      const tools = TOOLS.map((name) => ({ name, input_schema: { type: "object" } }));
      const answer = await post("/v1/messages", { model: "anthropic/m", max_tokens: 100, messages, tools, ...beside });
      if (!answer.ok) return "refused";
      return gotFrom(await answer.text());
    },
    async openai(messages, playing, beside = {}) {
      upstream.play(playing);
      const tools = TOOLS.map((name) => ({ type: "function", function: { name, parameters: { type: "object", properties: {} } } }));
      const answer = await post("/v1/chat/completions", { model: "openai/m", messages, tools, ...beside });
      if (!answer.ok) return "refused";
      return gotFrom(await answer.text());
    },
    async responses(input, playing, beside = {}) {
      upstream.play(playing);
      const tools = TOOLS.map((name) => ({ type: "function", name, parameters: { type: "object", properties: {} } }));
      const answer = await post("/v1/responses", { model: "openai/m", input, tools, ...beside });
      if (!answer.ok) return "refused";
      // The answer repeats the tools of its request.
      return /"type":\s*"function_call"/.test(await answer.text()) ? "sends" : "does not";
    },
    decide: async (tool, args, beside = {}) =>
      (await (await post("/api/v1/decide", { action: { type: "tool.call", tool, args }, ...beside })).json()) as Awaited<ReturnType<Desk["decide"]>>,
    release: async (id, text) => void (await (await post("/api/v1/release", { id, text })).json()),
    async close() {
      await served.stop();
      await upstream.close();
    },
  };
}

/** Whole or streamed: a call stands there by its name, and what is said of one that does not, does not. */
const gotFrom = (text: string): Got => (/"name":\s*"send_mail"/.test(text) ? "sends" : "does not");

export const user = (content: unknown): Message => ({ role: "user", content });
/** The model calls a tool, and what that answers, in each dialect. */
export const inAnthropic = (tool: string, content: unknown): readonly Message[] => [
  { role: "assistant", content: [{ type: "tool_use", id: "call_1", name: tool, input: {} }] },
  { role: "user", content: [{ type: "tool_result", tool_use_id: "call_1", content }] },
];
export const inOpenai = (tool: string, content: unknown): readonly Message[] => [
  { role: "assistant", content: null, tool_calls: [{ id: "call_1", type: "function", function: { name: tool, arguments: "{}" } }] },
  { role: "tool", tool_call_id: "call_1", content },
];
export const inResponses = (tool: string, output: unknown): readonly Message[] => [
  { type: "function_call", call_id: "call_1", name: tool, arguments: "{}" },
  { type: "function_call_output", call_id: "call_1", output },
];
