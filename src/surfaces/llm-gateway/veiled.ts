import type { Marking } from "../../codecs/marking.ts";
import { rewriteBody, rewriteValue } from "../../codecs/rewrite.ts";
import { HoldfastError } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Deliver, Released } from "../../core/layers.ts";
import type { Request } from "../../core/request.ts";
import type { Veil, Veils } from "../../core/veil.ts";
import type { Call } from "./upstream.ts";

/** The call as the provider may see it. What was not inspected has no veil, and is not sent. */
export function veiled(call: Call, veils: Veils | undefined, request: Request): Call {
  if (veils === undefined) return call;
  const veil = veils.of(request);
  if (veil === undefined) throw new HoldfastError("internal", "a request without stand-ins must not reach a provider");
  return {
    ...call,
    asked: { ...call.asked, forward: (model, marking) => rewriteBody(call.asked.forward(model, marking && hidden(marking, veil)), veil.hide) },
  };
}

/** What is marked is hidden before: behind a mark, or in a code, nobody finds a value again. */
function hidden(marking: Marking, { hide }: Veil): Marking {
  const { result } = marking;
  return result === undefined ? marking : { ...marking, result: (text, source) => result(hide(text), source) };
}

/** The arguments of a proposed call with the values in place of their stand-ins. Only for a tool that is known to stay in the house. */
export function unveiledArguments(args: JsonObject, veil: Veil | undefined): JsonObject {
  return veil === undefined ? args : (rewriteValue(args, (text) => veil.show(text)) as JsonObject);
}

/**
 * Hands the values to whoever gave them, in place of their stand-ins, wherever these are cut. It stands behind the output filter: that, and the log
 * with it, sees stand-ins only. Thinking stays as it is: the provider signed it. In a text that has to be JSON a value is written as its strings are: an
 * address of two lines would break it.
 */
export function unveiling(deliver: Deliver, veil: () => Veil | undefined, isJson: boolean): Deliver {
  const held = new Map<string, string>();
  const text = (channel: string, more: string, done: boolean, over: Veil): string => {
    const all = (held.get(channel) ?? "") + more;
    const open = done ? all.length : over.open(all);
    held.set(channel, all.slice(open));
    return over.show(all.slice(0, open), isJson ? inString : undefined);
  };
  return (part) => {
    const over = veil();
    if (over === undefined || !("channel" in part) || part.channel.startsWith("thinking/")) return deliver(part);
    const { channel } = part;
    switch (part.type) {
      case "text": {
        const shown = text(channel, part.text, false, over);
        return shown === "" ? undefined : deliver({ type: "text", channel, text: shown });
      }
      case "end": {
        const rest = text(channel, "", true, over);
        const before = rest === "" ? undefined : deliver({ type: "text", channel, text: rest });
        return before === undefined ? deliver(part) : before.then(() => deliver(part));
      }
      case "value":
        return deliver({ ...part, value: rewriteValue(part.value, (text) => over.show(text)) } satisfies Released);
      case "calls":
        return deliver(part);
    }
  };
}

/** What a JSON string holds between its quotes. */
const inString = (value: string): string => JSON.stringify(value).slice(1, -1);
