import type { Propose } from "../codecs/codec.ts";
import { anthropicMessages, openaiChat } from "../codecs/index.ts";
import { HoldfastError } from "../core/errors.ts";
import type { Part } from "../core/layers.ts";
import type { AskModel } from "../output/index.ts";
import type { Upstream } from "../surfaces/llm-gateway/upstream.ts";

/** More of an answer than this is none: what was asked for is a line. */
const LONGEST = 4_000;
const MOST_TOKENS = 200;

/**
 * Puts a question to a model at one of the configured upstreams, in the dialect that it speaks. It is a call of our own and no agent's: nothing but the
 * text of the answer is read of it, and what else the answer holds (a call, a refusal) makes it none.
 */
export function askModel(model: string, upstreams: readonly Upstream[]): AskModel {
  const slash = model.indexOf("/");
  const upstream = upstreams.find(({ id }) => id === model.slice(0, slash));
  return async ({ system, text }, signal) => {
    if (upstream === undefined) throw new HoldfastError("configuration", "the upstream of the model that judges is not configured");
    const codec = upstream.speaks.includes("openai-chat") ? openaiChat : anthropicMessages;
    const user = { role: "user", content: text };
    const body =
      codec === openaiChat
        ? { model, messages: [{ role: "system", content: system }, user], max_tokens: MOST_TOKENS, temperature: 0 }
        : { model, system, messages: [user], max_tokens: MOST_TOKENS, temperature: 0 };
    const asked = codec.readRequest(body);
    if ("fault" in asked) throw new HoldfastError("internal", "our own question cannot be read");
    const answer = await upstream.ask({ codec, asked, model: model.slice(slash + 1), propose: refuse, headers: {} }, signal);
    let said = "";
    await answer.pump((part: Part) => {
      signal.throwIfAborted();
      if (part.type !== "text") return;
      if (!part.channel.startsWith("text/") || said.length + part.text.length > LONGEST)
        throw new HoldfastError("upstream-invalid", "the model that judges answered something else than a line");
      said += part.text;
    });
    return said;
  };
}

const refuse: Propose = () => {
  throw new HoldfastError("upstream-invalid", "the model that judges called a tool");
};
