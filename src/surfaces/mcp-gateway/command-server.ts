import {
  type Asking,
  isModern,
  type Message,
  progressTokenIn,
  readMessage,
  SESSION_VERSIONS,
  STATELESS_VERSION,
  versionIn,
  writeMessage,
} from "../../codecs/mcp/index.ts";
import { HoldfastError } from "../../core/errors.ts";
import { isObject, type Json, type JsonObject, parseJsonText, writeJson } from "../../core/json.ts";
import type { StartProgram } from "./stdio-upstream.ts";

/** A tool that is a command of the operator's. */
export interface CommandTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of all its arguments. */
  readonly inputSchema: JsonObject;
}

/** What a command came to, in the words that its agent gets. */
export interface CommandResult {
  readonly text: string;
  /** It did not do what it was called for. */
  readonly failed: boolean;
}

/** Runs one of the tools with these arguments. `wrote`, where somebody wants to know, is told of its output in pieces. Rejects where it could not be run. */
export type RunCommand = (tool: string, args: JsonObject, signal: AbortSignal, wrote: ((piece: string) => void) | undefined) => Promise<CommandResult>;

const [INVALID, NO_METHOD] = [-32602, -32601];

/**
 * An MCP server within this process, whose tools are commands: it speaks as a program would, so all that holds for a server's messages holds for
 * it. One conversation; what runs in it ends with it.
 */
export function commandServer(id: string, tools: readonly CommandTool[], run: RunCommand): StartProgram {
  return async (take) => {
    const running = new Map<Json, AbortController>();
    const calls = new Set<Promise<void>>();
    let over = false;

    const answer = async (asked: Asking): Promise<Message> => {
      const isStateless = isModern(versionIn(asked.params));
      const result = (value: JsonObject): Message => ({
        kind: "result",
        id: asked.id,
        result: isStateless ? { ...value, resultType: "complete", ...(asked.method === "tools/call" ? {} : { ttlMs: 0, cacheScope: "private" }) } : value,
      });
      const about = { capabilities: { tools: {} }, serverInfo: { name: id, version: "1" } };
      switch (asked.method) {
        case "initialize": {
          const { protocolVersion: wanted } = asked.params;
          return result({ protocolVersion: SESSION_VERSIONS.find((one) => one === wanted) ?? SESSION_VERSIONS[0], ...about });
        }
        case "server/discover":
          return result({ supportedVersions: [STATELESS_VERSION], ...about });
        case "ping":
          return result({});
        case "tools/list":
          return result({ tools: tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })) });
        case "tools/call": {
          const { name, arguments: given = {} } = asked.params;
          const tool = tools.find((one) => one.name === name);
          if (tool === undefined || !isObject(given)) return fault(asked, INVALID, tool === undefined ? "there is no such tool" : "arguments are an object");
          const ending = new AbortController();
          running.set(asked.id, ending);
          try {
            const { text, failed } = await run(tool.name, given, ending.signal, telling(asked, ending.signal));
            return result({ content: [{ type: "text", text }], isError: failed });
          } catch (error) {
            // Our own words only; a cause may hold paths of this machine.
            return result({ content: [{ type: "text", text: error instanceof HoldfastError ? error.message : "it could not be run" }], isError: true });
          } finally {
            running.delete(asked.id);
          }
        }
        default:
          return fault(asked, NO_METHOD, "this server has tools only");
      }
    };

    /** What it writes, as progress: for who gave a token to be told under, until it is cancelled. */
    const telling = ({ params: asked }: Asking, signal: AbortSignal): ((piece: string) => void) | undefined => {
      const token = progressTokenIn(asked);
      if (token === undefined) return undefined;
      let told = 0;
      return (message) => {
        const params = { progressToken: token, progress: ++told, message };
        if (!over && !signal.aborted) void take.line(writeJson(writeMessage({ kind: "notification", method: "notifications/progress", params })));
      };
    };

    const hear = async (message: Message): Promise<void> => {
      if (message.kind === "notification" && message.method === "notifications/cancelled") running.get(message.params["requestId"] ?? null)?.abort();
      if (message.kind !== "request") return;
      const given = await answer(message);
      if (!over) await take.line(writeJson(writeMessage(given)));
    };

    return {
      async send(line) {
        if (over) throw new HoldfastError("unavailable", "the conversation is over");
        const parsed = parseJsonText(line);
        const message = parsed.ok ? readMessage(parsed.value) : undefined;
        if (message === undefined || !("kind" in message)) throw new HoldfastError("internal", "a message to a command cannot be read");
        const call = hear(message).finally(() => calls.delete(call));
        calls.add(call);
      },
      async end() {
        if (over) return;
        over = true;
        for (const ending of running.values()) ending.abort();
        await Promise.allSettled(calls);
        take.ended("the conversation is over");
      },
    };
  };
}

const fault = ({ id }: Asking, code: number, message: string): Message => ({ kind: "error", id, error: { code, message } });
