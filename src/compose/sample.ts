import { HoldfastError } from "../core/errors.ts";
import { type Json, parseJson, writeJson } from "../core/json.ts";
import type { Clock } from "../core/layers.ts";
import { practiceTask, runPracticeTask } from "../surfaces/llm-gateway/practice/index.ts";
import type { Keys } from "../vault/keys.ts";

const KEY_MS = 60_000;

/**
 * Runs a practice task as a client of our own gateway, over HTTP and with a key of its own that is revoked afterwards: what the console
 * shows is what any client would have met.
 */
export function sampler(options: {
  readonly keys: Keys;
  readonly clock: Clock;
  readonly url: () => string;
  readonly agent: () => { readonly agent: string; readonly model: string } | undefined;
}): (task: string) => Promise<Json> {
  return async (name) => {
    const task = practiceTask(name);
    if (task === undefined) throw new HoldfastError("bad-request", "there is no practice task of this name");
    const place = options.agent();
    if (place === undefined) throw new HoldfastError("bad-request", "no agent of this configuration may use a practice model");
    const { text: key, key: minted } = await options.keys.mint({ agent: place.agent, expires: options.clock.now() + KEY_MS });
    try {
      return await runPracticeTask(task, "en", place.model, async (body) => {
        const answer = await fetch(`${options.url()}/v1/chat/completions`, {
          method: "POST",
          headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
          body: writeJson(body),
        });
        const parsed = parseJson(new Uint8Array(await answer.arrayBuffer()));
        return { id: answer.headers.get("x-request-id") ?? "", body: parsed.ok ? parsed.value : null };
      });
    } finally {
      await options.keys.revoke(minted.id);
    }
  };
}
