import type { Message } from "../../codecs/mcp/index.ts";
import type { Client } from "./client.ts";

/** A client that is ourselves: keeps the answer, and hears nothing else. */
export function collected(): { readonly client: Client; readonly answer: () => Message | undefined } {
  let kept: Message | undefined;
  return {
    client: {
      begin: () => {},
      send(message) {
        if (message?.kind === "result" || message?.kind === "error") kept = message;
      },
    },
    answer: () => kept,
  };
}
