import { type Message, writeMessage } from "../../codecs/mcp/index.ts";
import { writeJson } from "../../core/json.ts";
import { sendJson } from "../http/answer.ts";
import { clientStream } from "../http/client-stream.ts";
import type { Exchange } from "../http/routes.ts";
import type { Client } from "./client.ts";

export interface HttpClient extends Client {
  /** Ends the exchange: with a last message, or with nothing more to say. */
  end(last: Message | undefined, status?: number): void;
}

/**
 * A client over Streamable HTTP. One answer is JSON, several are server-sent events, in the form that the server chose. `headers` is
 * asked when the head is written: the session's name is known only then.
 */
export function httpClient(exchange: Exchange, headers: () => { readonly [name: string]: string }): HttpClient {
  const { response } = exchange;
  let form: Parameters<Client["begin"]>[0] = "whole";
  let status = 200;
  let stream: ReturnType<typeof clientStream> | undefined;
  let answered = false;
  const streaming = () => (stream ??= clientStream(exchange, headers));
  const isAnswer = (message: Message | undefined): boolean => message?.kind === "result" || message?.kind === "error";

  return {
    begin(of, upstream) {
      form = of;
      if (of === "whole") status = upstream;
      // The client learns at once that it is being listened to, not only when something happens.
      if (of === "stream") void streaming().write(":\n\n");
    },
    send(message, event) {
      if (message !== undefined && stream === undefined && isAnswer(message) && form !== "stream") {
        answered = true;
        return sendJson(response, status, writeMessage(message), headers());
      }
      if (message === undefined && event.id === undefined && event.retry === undefined) return;
      return streaming().write(eventOf(message, event));
    },
    end(last, fault = 200) {
      if (stream !== undefined) stream.end(last === undefined ? "" : eventOf(last, {}));
      else if (answered) return;
      else if (last !== undefined) sendJson(response, fault, writeMessage(last), headers());
      else if (!response.headersSent) response.writeHead(202, { "content-length": 0, ...headers() }).end();
    },
  };
}

function eventOf(message: Message | undefined, { id, retry }: Parameters<Client["send"]>[1]): string {
  const data = message === undefined ? "" : writeJson(writeMessage(message));
  return `${id === undefined ? "" : `id: ${id}\n`}${retry === undefined ? "" : `retry: ${retry}\n`}${message === undefined ? "" : "event: message\n"}data: ${data}\n\n`;
}
