/** `holdfast/client/openai-agents`: the function tools of the OpenAI Agents SDK (`@openai/agents` 0.20), guarded. It knows their form and imports nothing of it. */
import { isObject, parseJsonText, writeJson } from "../core/json.ts";
import type { Holdfast } from "./connect.ts";
import { GuardFault } from "./faults.ts";
import type { Content, GuardOptions } from "./guard.ts";

export interface AgentsOptions {
  /** In front of each tool's name: `crm` makes `read_mail` the tool `crm.read_mail` of roles and rules. */
  readonly server?: string;
  /** Tools that only read: no note is kept of their calls. */
  readonly reading?: readonly string[];
  /** Told when a person is asked. */
  readonly waiting?: GuardOptions["waiting"];
}

/**
 * Both ends of an agent: the model, so that it is known what it had read when it called a tool, and the tools. A refusal reaches the model as
 * what the tool answered; what the tool's own `errorFunction` says of an error is its answer, and is filtered.
 */
export interface GuardedAgent {
  /** The same model, watched. Without it, what was read counts as read from anybody. */
  model<Model extends object>(model: Model): Model;
  /** The same tools, guarded. One that is no function runs in another place and is refused. */
  tools<Tools extends readonly object[]>(tools: Tools): Tools;
}

/** What is used of what the framework hands around. Everything else is handed through as it is. */
interface FunctionTool {
  readonly name: string;
  readonly invoke: (run: unknown, input: string, details?: Details) => Promise<unknown>;
}
interface Details {
  readonly toolCall?: { readonly callId?: string };
  readonly signal?: AbortSignal;
}
interface ModelRequest {
  readonly systemInstructions?: string;
  readonly input: unknown;
  readonly previousResponseId?: string;
  readonly conversationId?: string;
}
interface Item {
  readonly [member: string]: unknown;
}
interface Model {
  getResponse(request: ModelRequest): Promise<{ readonly output: readonly Item[] }>;
  getStreamedResponse(request: ModelRequest): AsyncIterable<{ readonly type: string; readonly response?: { readonly output: readonly Item[] } }>;
}

/** Something was read of which nothing is known. */
const UNKNOWN: Content = { text: "", source: "document" };
/** Calls that a model made and that were not invoked yet: the oldest give way, and then count as read from anybody. */
const MOST_CALLS = 1_000;

export function guardAgent(holdfast: Holdfast, { server, reading = [], waiting }: AgentsOptions = {}): GuardedAgent {
  const calls = new Map<string, readonly Content[]>();
  const full = (short: unknown): string => (server === undefined ? String(short) : `${server}.${short}`);

  function remember(request: ModelRequest, output: readonly Item[]): void {
    const content = readBy(request, full);
    for (const { type, callId } of output) {
      if (type !== "function_call" || typeof callId !== "string") continue;
      // An id that two models gave at once says nothing of either.
      calls.set(callId, calls.has(callId) ? [UNKNOWN] : content);
      const [oldest] = calls.keys();
      if (calls.size > MOST_CALLS && oldest !== undefined) calls.delete(oldest);
    }
  }

  function contentOf(callId: string | undefined): readonly Content[] {
    const content = calls.get(callId ?? "") ?? [UNKNOWN];
    calls.delete(callId ?? "");
    return content;
  }

  const watched = (model: Model): Model => ({
    async getResponse(request) {
      const response = await model.getResponse(request);
      remember(request, response.output);
      return response;
    },
    async *getStreamedResponse(request) {
      for await (const event of model.getStreamedResponse(request)) {
        if (event.type === "response_done") remember(request, event.response?.output ?? []);
        yield event;
      }
    },
  });

  const guarded = (tool: FunctionTool): FunctionTool => ({
    ...tool,
    async invoke(run, input, details) {
      const parsed = parseJsonText(input === "" ? "{}" : input);
      const content = contentOf(details?.toolCall?.callId);
      if (!parsed.ok || !isObject(parsed.value)) return "not performed: the arguments are not a JSON object";
      const about: GuardOptions = {
        repeatable: reading.includes(tool.name),
        ...(details?.signal === undefined ? {} : { signal: details.signal }),
        ...(waiting === undefined ? {} : { waiting }),
      };
      try {
        const action = { type: "tool.call", tool: full(tool.name), args: parsed.value };
        return await holdfast.guard({ action, content }, ({ args }) => tool.invoke(run, writeJson(args), details), about);
      } catch (fault) {
        if (fault instanceof GuardFault) return fault.message;
        throw fault;
      }
    },
  });

  return {
    model: (model) => {
      const own = watched(model as unknown as Model);
      return new Proxy(model, {
        get(target, name) {
          if (name === "getResponse" || name === "getStreamedResponse") return own[name];
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    },
    tools: (tools) =>
      tools.map((tool) => {
        if (isFunctionTool(tool)) return guarded(tool);
        throw new TypeError("a tool that is no function runs in another place, where this cannot guard it");
      }) as unknown as typeof tools,
  };
}

const isFunctionTool = (tool: object): tool is FunctionTool => "invoke" in tool && typeof tool.invoke === "function" && "name" in tool;

/** What the model had read when it answered. Where the provider keeps the conversation, the rest of it is not to be seen. */
function readBy({ systemInstructions, input, previousResponseId, conversationId }: ModelRequest, full: (name: unknown) => string): readonly Content[] {
  const kept = previousResponseId !== undefined || conversationId !== undefined ? [UNKNOWN] : [];
  const told = systemInstructions === undefined ? [] : [{ text: systemInstructions, source: "system" }];
  if (typeof input === "string") return [...kept, ...told, { text: input, source: "user" }];
  return [...kept, ...told, ...(Array.isArray(input) ? (input as readonly Item[]).flatMap((item) => readIn(item, full)) : [UNKNOWN])];
}

function readIn({ type, role, content, name, arguments: given, output }: Item, full: (name: unknown) => string): readonly Content[] {
  if (type === "function_call") {
    const parsed = parseJsonText(String(given ?? ""));
    return [{ ...(parsed.ok ? { value: parsed.value } : { text: String(given ?? "") }), source: `model:${full(name)}` }];
  }
  if (type === "function_call_result") return textsOf(output, `tool:${full(name)}`);
  if (type === undefined || type === "message") return textsOf(content, SOURCES.get(role) ?? "document");
  return [UNKNOWN];
}

const SOURCES: ReadonlyMap<unknown, string> = new Map([
  ["system", "system"],
  ["user", "user"],
  ["assistant", "model"],
]);

/** What has no text (a picture, a file) still counts as something that was read. */
function textsOf(value: unknown, source: string): readonly Content[] {
  if (typeof value === "string") return [{ text: value, source }];
  const parts = (Array.isArray(value) ? value : [value]) as readonly ({ readonly text?: unknown } | undefined)[];
  return parts.map((part) => (typeof part?.text === "string" ? { text: part.text, source } : UNKNOWN));
}
