import { readMessage, versionIn, writeMessage } from "../../codecs/mcp/index.ts";
import { parseJsonText, writeJson } from "../../core/json.ts";
import { requestId } from "../http/trace.ts";
import type { Client } from "./client.ts";
import type { McpGateway } from "./gateway.ts";
import { fault } from "./refusals.ts";
import type { Session } from "./sessions.ts";
import { oneServer, type Visit } from "./target.ts";
import type { McpUpstream } from "./upstream.ts";

/** A client that started us as if we were the server it wants: it writes lines, and reads lines. */
export interface StdioConversation {
  /** One line of the client. Answers come when they come; nothing here throws. */
  line(text: string): void;
  /** Resolves when everything that was asked is answered. */
  settled(): Promise<void>;
}

export function stdioConversation(
  gateway: McpGateway,
  upstream: McpUpstream,
  session: Session,
  write: (line: string) => void | Promise<void>,
  signal: AbortSignal,
): StdioConversation {
  const client: Client = {
    begin: () => {},
    send: (message) => (message === undefined ? undefined : write(writeJson(writeMessage(message)))),
  };
  const target = oneServer(gateway, upstream);
  const running = new Set<Promise<void>>();

  const take = async (text: string): Promise<void> => {
    const parsed = parseJsonText(text, gateway.limits.json);
    const message = parsed.ok ? readMessage(parsed.value) : undefined;
    if (message === undefined || !("kind" in message)) {
      const why = parsed.ok ? "it is not a message of MCP" : parsed.fault;
      return void (await client.send(fault(null, parsed.ok ? -32600 : -32700, `the line cannot be read: ${why}`), {}));
    }
    const version = "params" in message ? versionIn(message.params) : undefined;
    const visit: Visit = {
      session,
      client,
      signal,
      id: requestId(),
      open: session.open,
      sending: version === undefined ? {} : { version },
    };
    if (message.kind !== "request") return void (await target.tell(visit, message));
    const last = await target.ask(visit, message, undefined);
    if (last !== undefined) await client.send(last, {});
  };

  return {
    line(text) {
      const one = take(text).catch((error: unknown) =>
        gateway.log.error({ error: error instanceof Error ? error.name : typeof error }, "a line could not be handled"),
      );
      running.add(one);
      void one.finally(() => running.delete(one));
    },
    settled: async () => void (await Promise.all(running)),
  };
}
