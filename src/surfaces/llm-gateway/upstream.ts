import type { Asked, Codec, Propose } from "../../codecs/codec.ts";
import type { Marking } from "../../codecs/marking.ts";
import type { Answer } from "../../core/layers.ts";

/** One call, ready to be performed. */
export interface Call {
  readonly codec: Codec;
  readonly asked: Asked;
  /** The upstream's own name of the model. */
  readonly model: string;
  readonly propose: Propose;
  /** What is put into the request on its way. */
  readonly marking?: Marking;
  /** Headers of the client that mean something to the upstream; the upstream decides which of them it sends on. */
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly traceparent?: string;
  /** What the agent that answers shows with what it does for this. Absent where no agent answers. */
  readonly chain?: string;
}

/** A place where models are. What it throws is a HoldfastError. */
export interface Upstream {
  /** Its name in the configuration, and the first part of `provider/model`. */
  readonly id: string;
  /** The dialects it speaks. */
  readonly speaks: readonly Codec["id"][];
  /** Performs one call. Resolves when an answer has begun; its parts are read as they come. Never tries twice. */
  ask(call: Call, signal: AbortSignal): Promise<Answer>;
  /** Counts the tokens of a call, where the upstream offers that. */
  count?(call: Call, signal: AbortSignal): Promise<number>;
  /** The names of its models, as configuration or the upstream itself says. */
  models(signal: AbortSignal): Promise<readonly string[]>;
  /** Frees its connections. */
  close(): Promise<void>;
}
