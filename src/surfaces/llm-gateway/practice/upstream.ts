import { HoldfastError } from "../../../core/errors.ts";
import type { Answer, Clock, Part } from "../../../core/layers.ts";
import type { Call, Upstream } from "../upstream.ts";
import { practiceAnswer, practiceEvents } from "./answer.ts";

/** The models of a `practice` upstream. */
export const PRACTICE_MODELS: readonly string[] = ["assistant"];

/** The built-in upstream: needs no key and no network. `delay` is the pause between the events of a stream, in milliseconds. */
export function practiceUpstream({ id, clock, delay = 12 }: { readonly id: string; readonly clock: Clock; readonly delay?: number }): Upstream {
  return {
    id,
    speaks: ["openai-chat", "openai-responses", "anthropic-messages"],
    async ask(call, signal) {
      signal.throwIfAborted();
      if (!PRACTICE_MODELS.includes(call.model)) throw new HoldfastError("not-found", "the practice upstream has no such model");
      return call.asked.stream ? streamed(call, clock, delay, signal) : whole(call);
    },
    models: async () => PRACTICE_MODELS,
    close: async () => {},
  };
}

function whole({ codec, asked, model, propose, marking }: Call): Answer {
  const read = codec.readWhole(practiceAnswer(codec.id, asked.forward(model, marking)), asked, propose);
  if ("fault" in read) throw new HoldfastError("internal", "the practice model's answer cannot be read");
  return {
    async pump(write) {
      for (const part of read.parts) await write(part);
    },
    facts: () => read.facts,
  };
}

function streamed({ codec, asked, model, propose, marking }: Call, clock: Clock, delay: number, signal: AbortSignal): Answer {
  const reader = codec.readStream(asked, propose);
  const events = practiceEvents(codec.id, asked.forward(model, marking));
  return {
    async pump(write) {
      const all = async (parts: readonly Part[]): Promise<void> => {
        for (const part of parts) await write(part);
      };
      for (const { data, event } of events) {
        await all(reader.push(data, event));
        await pause(clock, delay, signal);
      }
      await all(reader.end());
    },
    facts: () => reader.facts(),
  };
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.timer(ms, () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
