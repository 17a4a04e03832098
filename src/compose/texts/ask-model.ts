import type { Propose } from "../../codecs/codec.ts";
import { anthropicMessages, openaiChat } from "../../codecs/index.ts";
import { didYouMean, type Problem } from "../../config/fault.ts";
import type { Config } from "../../config/index.ts";
import type { AskModel } from "../../core/ask-model.ts";
import { HoldfastError } from "../../core/errors.ts";
import type { Part } from "../../core/layers.ts";
import type { Upstream } from "../../surfaces/llm-gateway/upstream.ts";

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
    if (upstream === undefined) throw new HoldfastError("configuration", "the upstream of the model is not configured");
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
        throw new HoldfastError("upstream-invalid", "the model answered something else than a line");
      said += part.text;
    });
    return said;
  };
}

const refuse: Propose = () => {
  throw new HoldfastError("upstream-invalid", "the model called a tool");
};

/** Where no upstream can be reached. */
export const noModel = (): AskModel => async () => Promise.reject(new Error("no model can be asked here"));

/** What is wrong with the models that a configuration has asked. */
export function checkAskedModels({ output: { judge }, flow: { delegation }, models, deadlines }: Config): readonly Problem[] {
  const asked = [
    ...(judge === undefined ? [] : [{ path: ["output", "judge", "model"], model: judge.model }]),
    ...(delegation === undefined ? [] : [{ path: ["flow", "delegation", "model"], model: delegation.model }]),
  ];
  const unknown = asked.flatMap(({ path, model }): readonly Problem[] => {
    const upstream = model.slice(0, model.indexOf("/"));
    if (Object.hasOwn(models, upstream)) return [];
    const hint = didYouMean(upstream, Object.keys(models));
    return [{ path, message: `there is no upstream \`${upstream}\` in \`models\``, ...(hint === undefined ? {} : { hint }) }];
  });
  // INVARIANT: the layer is late, and so denies, before the model is: then `failing` would say nothing.
  if (delegation === undefined || delegation.deadline < deadlines.decide) return unknown;
  return [
    ...unknown,
    { path: ["flow", "delegation", "deadline"], message: "it must be shorter than `deadlines.decide`, within which the whole layer answers" },
  ];
}
