import { type Id, isModern, type Message, progressTokenIn, readMessage, relatedIn, versionIn, writeMessage } from "../../codecs/mcp/index.ts";
import { HoldfastError } from "../../core/errors.ts";
import { isObject, type JsonObject, parseJsonText, writeJson } from "../../core/json.ts";
import { type Inbox, inbox } from "./inbox.ts";
import type { Exchanged, Link, McpUpstream, Sending } from "./upstream.ts";

/** A program's standard input and output, line by line (`src/runner`). */
export interface Pipe {
  send(line: string): Promise<void>;
  end(now?: boolean): Promise<void>;
}
export interface PipeTaker {
  line(text: string): void | Promise<void>;
  said(text: string): void;
  ended(why: string): void;
}
export type StartProgram = (take: PipeTaker) => Promise<Pipe>;

export interface StdioMcpOptions {
  readonly id: string;
  /** Starts the server's program. Each conversation has a process of its own, so that nothing of one can reach another; `session` tells them apart. */
  readonly start: (take: PipeTaker, session: string) => Promise<Pipe>;
  /** What the program writes to its standard error, for whoever looks after it. */
  readonly said?: (text: string) => void;
  /** As in Arrived. */
  readonly inPieces?: boolean;
}

/** An MCP server that is a program, spoken to over its standard input and output. */
export function stdioMcpUpstream({ id, start, said = () => {}, inPieces = false }: StdioMcpOptions): McpUpstream {
  const running = new Map<string, Promise<Conversation>>();
  const ended = new WeakSet<Link>();
  let closed = false;

  const conversation = (link: Link, mayStart: boolean): Promise<Conversation> => {
    const known = running.get(link.key);
    if (known !== undefined) return known;
    // What was decided while its conversation ended must not start a process that nobody would end any more.
    if (closed || ended.has(link)) return Promise.reject(new HoldfastError("cancelled", `the conversation with tool server \`${id}\` is over`));
    // A new process knows nothing of a session that the old one had: the client has to begin anew.
    if (!mayStart) return Promise.reject(new HoldfastError("not-found", `tool server \`${id}\` was started anew; begin again with \`initialize\``));
    const made = converse(
      id,
      (take) => start(take, link.key),
      said,
      () => running.delete(link.key),
    );
    running.set(link.key, made);
    made.catch(() => running.delete(link.key));
    return made;
  };

  return {
    id,
    async send(message, sending, signal) {
      const stateless =
        message.kind === "request" && (message.method === "initialize" || message.method === "server/discover" || isModern(versionIn(message.params)));
      const read: Sending["read"] = inPieces ? (arrived) => sending.read({ ...arrived, inPieces }) : sending.read;
      return (await conversation(sending.link, stateless)).send(message, { ...sending, read }, signal);
    },
    async listen(sending, _after, signal) {
      return (await conversation(sending.link, false)).listen(sending, signal);
    },
    async end(link, now) {
      ended.add(link);
      const one = running.get(link.key);
      running.delete(link.key);
      await one?.then(
        (found) => found.end(now),
        () => {},
      );
    },
    async close() {
      closed = true;
      await Promise.all([...running.values()].map((one) => one.then((found) => found.end()).catch(() => {})));
    },
  };
}

interface Conversation {
  send(message: Message, sending: Sending, signal: AbortSignal): Promise<Exchanged>;
  listen(sending: Sending, signal: AbortSignal): Exchanged;
  end(now?: boolean): Promise<void>;
}

interface Waiting {
  readonly inbox: Inbox;
  /** The client's own id and progress token: two clients of one process may choose the same. */
  readonly id: Id;
  readonly token: Id | undefined;
  /** The task whose answer is waited for: what is asked within it belongs here. */
  readonly task: string | undefined;
}

async function converse(server: string, start: StartProgram, said: (text: string) => void, gone: () => void): Promise<Conversation> {
  const waiting = new Map<number, Waiting>();
  let listener: Inbox | undefined;
  let next = 1;
  let over: HoldfastError | undefined;

  const stop = (why: string): void => {
    over ??= new HoldfastError("upstream-unreachable", `tool server \`${server}\` ended: ${why}`);
    for (const { inbox: one } of waiting.values()) one.fail(over);
    listener?.fail(over);
    waiting.clear();
    gone();
  };
  const pipe = await start({
    line(text) {
      if (text.trim() === "") return;
      const parsed = parseJsonText(text);
      const message = parsed.ok ? readMessage(parsed.value) : undefined;
      if (message !== undefined && "kind" in message) return take(message);
      // Programs that print to their standard output by mistake are common, and what they print is no message. What should have been one
      // is an answer that somebody waits for: whose, nobody can tell.
      if (!text.trimStart().startsWith("{")) return;
      const broken = new HoldfastError("upstream-invalid", `a message of tool server \`${server}\` cannot be read`);
      for (const { inbox: one } of [...waiting.values()]) one.fail(broken);
    },
    said,
    ended: stop,
  });

  const newest = (): Inbox | undefined => [...waiting.values()].at(-1)?.inbox;

  const take = (message: Message): void => {
    if (message.kind === "notification") notice(message);
    else if (message.kind === "request") question(message);
    else if (typeof message.id === "number") {
      const found = waiting.get(message.id);
      waiting.delete(message.id);
      found?.inbox.push({ ...message, id: found.id });
      found?.inbox.end();
    }
  };

  const question = (message: Message & { kind: "request" }): void => {
    const task = relatedIn(message.params);
    const within = task === undefined ? undefined : [...waiting.values()].find((one) => one.task === task)?.inbox;
    const one = within ?? newest() ?? listener;
    if (one !== undefined) one.push(message);
    else {
      // Nobody is there to be asked; a server that waited for an answer would wait for ever.
      const none: Message = { kind: "error", id: message.id, error: { code: -32603, message: "no client is listening" } };
      void pipe.send(writeJson(writeMessage(none))).catch(() => {});
    }
  };

  const notice = (message: Message & { kind: "notification" }): void => {
    const { method, params } = message;
    const { progressToken: token, _meta: meta } = params;
    const subscription = isObject(meta) ? meta[SUBSCRIPTION] : undefined;
    const found = [method === "notifications/progress" ? token : undefined, subscription].map((id) => (typeof id === "number" ? waiting.get(id) : undefined));
    const [progressing, subscribed] = found;
    if (method === "notifications/progress") {
      if (progressing?.token !== undefined) progressing.inbox.push({ ...message, params: { ...params, progressToken: progressing.token } });
    } else if (subscribed !== undefined)
      subscribed.inbox.push({ ...message, params: { ...params, _meta: { ...(meta as JsonObject), [SUBSCRIPTION]: subscribed.id } } });
    else (method === "notifications/message" ? (newest() ?? listener) : (listener ?? newest()))?.push(message);
  };

  const request = async (message: Message & { kind: "request" }, { read }: Sending, signal: AbortSignal): Promise<Exchanged> => {
    const ours = next++;
    const token = progressTokenIn(message.params);
    const mine = inbox(read, () => waiting.delete(ours));
    const { taskId } = message.params;
    waiting.set(ours, {
      inbox: mine,
      id: message.id,
      token,
      task: message.method === "tasks/result" && typeof taskId === "string" ? taskId : undefined,
    });
    const params = token === undefined ? message.params : { ...message.params, _meta: { ...(message.params["_meta"] as JsonObject), progressToken: ours } };
    const cancel = (): void => {
      if (!waiting.delete(ours)) return;
      mine.fail(signal.reason);
      const cancelled: Message = {
        kind: "notification",
        method: "notifications/cancelled",
        params: { requestId: ours, reason: "nobody waits for it any more" },
      };
      if (message.method !== "initialize") void pipe.send(writeJson(writeMessage(cancelled))).catch(() => {});
    };
    signal.addEventListener("abort", cancel, { once: true });
    await pipe.send(writeJson(writeMessage({ ...message, id: ours, params })));
    return {
      status: 200,
      form: "either",
      facts: () => ({}),
      pump: async (write) => {
        await mine.pump(write).finally(() => {
          signal.removeEventListener("abort", cancel);
          // Nobody hears the rest where what came was not let through.
          cancel();
        });
      },
    };
  };

  return {
    async send(message, sending, signal) {
      if (over !== undefined) throw over;
      signal.throwIfAborted();
      if (message.kind === "request") return request(message, sending, signal);
      await pipe.send(writeJson(writeMessage(message.kind === "notification" && message.method === "notifications/cancelled" ? cancelling(message) : message)));
      return { status: 202, form: "nothing", pump: () => {}, facts: () => ({}) };
    },
    listen({ read }, signal) {
      const mine = inbox(read, () => {
        if (listener === mine) listener = undefined;
      });
      listener?.end();
      listener = mine;
      signal.addEventListener("abort", () => mine.fail(signal.reason), { once: true });
      return { status: 200, form: "stream", pump: mine.pump, facts: () => ({}) };
    },
    async end(now) {
      stop("the conversation is over");
      await pipe.end(now);
    },
  };

  /** The client does not want an answer any more: the server is told under the name it knows, and nobody waits for it. */
  function cancelling(message: Message & { kind: "notification" }): Message {
    const found = [...waiting].find(([, one]) => one.id === message.params["requestId"]);
    if (found === undefined) return message;
    const [ours, { inbox: one }] = found;
    one.fail(new HoldfastError("cancelled", "the client cancelled the request"));
    return { ...message, params: { ...message.params, requestId: ours } };
  }
}

const SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId";
