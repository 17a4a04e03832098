/** `holdfast/client/ai-sdk`: the tools of the Vercel AI SDK (`ai`, version 7), guarded. It knows their form and imports nothing of it. */
import type { Holdfast } from "./connect.ts";
import type { Content, GuardOptions } from "./guard.ts";
import { copyOfObject } from "./json.ts";

export interface AiSdkOptions {
  /** In front of each tool's name: `crm` makes `read_mail` the tool `crm.read_mail` of roles and rules. */
  readonly server?: string;
  /** Tools that only read: no note is kept of their calls. */
  readonly reading?: readonly string[];
  /** Told when a person is asked. */
  readonly waiting?: GuardOptions["waiting"];
}

/** What is used of a tool, of what it is called with, and of a message. Everything else is handed through as it is. */
interface Executable {
  readonly execute: (input: unknown, about: About) => unknown;
}
interface About {
  readonly abortSignal?: AbortSignal | undefined;
  readonly messages: readonly Message[];
}
interface Message {
  readonly role: string;
  readonly content: unknown;
}

/**
 * The same tools, for `generateText`, `streamText` and agents: each call is decided with what the model had read before it, waits where a
 * person is asked, and its result passes the filter before the model sees it. A refusal reaches the model as the error of that tool. A tool that
 * answers in parts answers once, with the last of them.
 */
export function guardTools<Tools extends { readonly [name: string]: object }>(holdfast: Holdfast, tools: Tools, options: AiSdkOptions = {}): Tools {
  return Object.fromEntries(Object.entries(tools).map(([name, tool]) => [name, guarded(holdfast, name, tool, options)])) as Tools;
}

function guarded(holdfast: Holdfast, name: string, tool: object, { server, reading = [], waiting }: AiSdkOptions): object {
  // A tool that the provider or the client executes would run unseen.
  if (!isExecutable(tool)) throw new TypeError(`the tool \`${name}\` has no \`execute\`: it runs in another place, where this cannot guard it`);
  const full = (short: string): string => (server === undefined ? short : `${server}.${short}`);
  return {
    ...tool,
    execute: (input: unknown, about: About) =>
      holdfast.guard(
        {
          action: { type: "tool.call", tool: full(name), args: copyOfObject(input, name) },
          content: about.messages.flatMap((message) => readIn(message, full)),
        },
        async ({ args }) => last(await tool.execute(args, about)),
        {
          repeatable: reading.includes(name),
          ...(about.abortSignal === undefined ? {} : { signal: about.abortSignal }),
          ...(waiting === undefined ? {} : { waiting }),
        },
      ),
  };
}

const isExecutable = (tool: object): tool is Executable => "execute" in tool && typeof tool.execute === "function";

/** A tool may yield what it has so far; the last is its result. */
async function last(result: unknown): Promise<unknown> {
  if (typeof result !== "object" || result === null || !(Symbol.asyncIterator in result)) return result;
  let latest: unknown;
  for await (const part of result as AsyncIterable<unknown>) latest = part;
  return latest;
}

/** Whose words the parts of a message are. What has no text (a picture, a file) still counts as something that was read. */
function readIn({ role, content }: Message, full: (name: string) => string): readonly Content[] {
  if (typeof content === "string") return [{ text: content, source: sourceOf(role) }];
  if (!Array.isArray(content)) return [{ text: "", source: "document" }];
  return (content as readonly { readonly [member: string]: unknown }[]).flatMap((part): readonly Content[] => {
    const { type, text, toolName, input, output } = part;
    if (type === "tool-call" && typeof toolName === "string") return [{ value: input ?? null, source: `model:${full(toolName)}` }];
    if (type === "tool-result" && typeof toolName === "string") return answered(output, `tool:${full(toolName)}`);
    if ((type === "text" || type === "reasoning") && typeof text === "string") return [{ text, source: sourceOf(role) }];
    return [{ text: "", source: "document" }];
  });
}

function answered(output: unknown, source: string): readonly Content[] {
  const { type, value } = (output ?? {}) as { readonly type?: unknown; readonly value?: unknown };
  if (typeof value === "string") return [{ text: value, source }];
  if (type !== "content" || !Array.isArray(value)) return [{ value: value ?? null, source }];
  return (value as readonly { readonly text?: unknown }[]).map(({ text }) => ({ text: typeof text === "string" ? text : "", source }));
}

/** A role that nobody knows speaks for nobody. */
const sourceOf = (role: string): string => (role === "system" || role === "user" ? role : role === "assistant" ? "model" : "document");
