import type { Content } from "../../core/content.ts";
import type { Json } from "../../core/json.ts";
import { memoise } from "../../core/memoise.ts";
import { PER_DOLLAR } from "../../core/money.ts";
import type { Facts } from "../../core/outcome.ts";
import type { Request } from "../../core/request.ts";
import type { ModelPolicyConfig, PriceConfig } from "../policy-config.ts";
import { weightOf } from "../weight.ts";
import type { Unit } from "./ledger.ts";

/** What a request takes of a budget before it is performed, or why nobody can say. */
export type Measured = { readonly amount: number; readonly used?: ((facts: Facts) => number | undefined) | undefined } | "unpriced" | "unbounded";

/** Names of models come from outside, so only so many are kept. */
const MOST_MODELS = 1_000;

const NOTHING: Measured = { amount: 0 };
const ONE: Measured = { amount: 1 };
/** Looking at what there is costs nothing upstream and changes nothing. */
export const LISTS: ReadonlySet<Request["action"]["type"]> = new Set(["model.list", "tool.list"]);
/** Of a dollar for a million tokens, one token costs so many parts. */
const PER_MILLION = PER_DOLLAR / 1e6;
/** The built-in practice models are free, and short. */
const PRACTICE = { max_output: 4_096, price: { input: 0, output: 0 } };

/** How much of each unit a request takes at most, and how what it took is read off its answer. */
export function measuring(models: { readonly [name: string]: ModelPolicyConfig }): (request: Request, unit: Unit) => Measured {
  const tariff = memoise(MOST_MODELS, (id: string) => tariffOf(models, id));
  return (request, unit) => {
    const { action, demand, content } = request;
    if (LISTS.has(action.type)) return NOTHING;
    switch (unit) {
      case "actions":
        return ONE;
      case "bytes":
        return { amount: demand?.bytes ?? (action.type === "model.call" ? textBytes(content) : jsonBytes(action.args ?? {})) };
      case "payments":
        return action.args === undefined ? NOTHING : { amount: Number(weightOf(request, undefined).money) };
      case "tokens":
      case "usd":
        return action.type === "model.call" ? measureModel(request, unit, tariff(request.resource?.id ?? "")) : NOTHING;
    }
  };
}

/** What of a model is the same for all its calls. */
interface Tariff {
  /** What was read from a provider's cache, and written to it, Anthropic counts beside the input, all others within it. */
  readonly beside: boolean;
  readonly max_output: number | undefined;
  readonly price: Required<Pick<PriceConfig, "input" | "output" | "cached" | "cache_write">> | undefined;
}

function tariffOf(models: { readonly [name: string]: ModelPolicyConfig }, id: string): Tariff {
  const slash = Math.max(0, id.indexOf("/"));
  const provider = id.slice(0, slash);
  const model = Object.hasOwn(models, provider) ? models[provider] : undefined;
  const price = priceOf(model, id.slice(slash + 1));
  const beside = model?.provider === "anthropic";
  return {
    beside,
    max_output: price?.max_output ?? model?.max_output ?? (model?.provider === "practice" ? PRACTICE.max_output : undefined),
    price: price && { cached: price.input, cache_write: beside ? 2 * price.input : price.input, ...price },
  };
}

function measureModel({ demand, content }: Request, unit: "tokens" | "usd", { beside, max_output, price }: Tariff): Measured {
  // Who decides elsewhere what is sent tells us the content, and nothing of how long the answer may be.
  const input = demand === undefined ? textBytes(content) : demand.input;
  const output = demand?.output ?? max_output;
  if (unit === "usd" && price === undefined) return "unpriced";
  if (input === undefined || typeof output !== "number") return "unbounded";
  if (unit === "tokens" || price === undefined) {
    return {
      amount: input + output,
      used: (facts) => {
        const use = usageOf(facts);
        return use && use.input + use.output + (beside ? use.cached + use.written : 0);
      },
    };
  }
  const parts = (dollars: number): number => Math.ceil(dollars * PER_MILLION);
  return {
    amount: parts(input * Math.max(price.input, price.cached, price.cache_write) + output * price.output),
    used: (facts) => {
      const use = usageOf(facts);
      if (use === undefined) return undefined;
      const fresh = beside ? use.input : Math.max(0, use.input - use.cached);
      return parts(fresh * price.input + use.cached * price.cached + (beside ? use.written * price.cache_write : 0) + use.output * price.output);
    },
  };
}

/** The price of a model, by its own name or by `*`. Undefined where nobody wrote one. */
export function priceOf(model: ModelPolicyConfig | undefined, name: string): PriceConfig | undefined {
  const { prices = {} } = model ?? {};
  const own = Object.hasOwn(prices, name) ? prices[name] : Object.hasOwn(prices, "*") ? prices["*"] : undefined;
  return own ?? (model?.provider === "practice" ? PRACTICE.price : undefined);
}

/** What the upstream says was used; undefined where it does not say all of it, or what no count can be. */
function usageOf(facts: Facts): { readonly input: number; readonly output: number; readonly cached: number; readonly written: number } | undefined {
  const { input_tokens: input, output_tokens: output, cached_tokens: cached = 0, cache_write_tokens: written = 0 } = facts;
  return isCount(input) && isCount(output) && isCount(cached) && isCount(written) ? { input, output, cached, written } : undefined;
}
const isCount = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

function textBytes(content: readonly Content[]): number {
  let bytes = 0;
  for (const item of content) bytes += item.text === undefined ? jsonBytes(item.value) : Buffer.byteLength(item.text);
  return bytes;
}

const jsonBytes = (value: Json | { readonly [name: string]: Json }): number => Buffer.byteLength(JSON.stringify(value));
