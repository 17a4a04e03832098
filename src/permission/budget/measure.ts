import type { Content } from "../../core/content.ts";
import type { Json } from "../../core/json.ts";
import { PER_DOLLAR } from "../../core/money.ts";
import type { Facts } from "../../core/outcome.ts";
import type { Request } from "../../core/request.ts";
import type { ModelPolicyConfig, PriceConfig } from "../policy-config.ts";
import { weightOf } from "../weight.ts";
import type { Unit } from "./ledger.ts";

/** What a request takes of a budget before it is performed, or why nobody can say. */
export type Measured = { readonly amount: number; readonly used?: (facts: Facts) => number | undefined } | "unpriced" | "unbounded";

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
        return action.type === "model.call" ? measureModel(request, unit, models) : NOTHING;
    }
  };
}

function measureModel({ resource, demand, content }: Request, unit: "tokens" | "usd", models: { readonly [name: string]: ModelPolicyConfig }): Measured {
  const id = resource?.id ?? "";
  const slash = id.indexOf("/");
  const model = models[id.slice(0, Math.max(0, slash))];
  const price = priceOf(model, id.slice(slash + 1));
  // Who decides elsewhere what is sent tells us the content, and nothing of how long the answer may be.
  const { input, output = price?.max_output ?? model?.max_output ?? (model?.provider === "practice" ? PRACTICE.max_output : undefined) } = demand ?? {
    input: textBytes(content),
  };
  if (unit === "usd" && price === undefined) return "unpriced";
  if (input === undefined || typeof output !== "number") return "unbounded";
  // What was read from a provider's cache, and written to it, Anthropic counts beside the input, all others within it.
  const beside = model?.provider === "anthropic";
  if (unit === "tokens") {
    return {
      amount: input + output,
      used: (facts) => {
        const use = usageOf(facts);
        return use && use.input + use.output + (beside ? use.cached + use.written : 0);
      },
    };
  }
  const { input: read, output: write, cached = read, cache_write = beside ? 2 * read : read } = price as PriceConfig;
  const parts = (dollars: number): number => Math.ceil(dollars * PER_MILLION);
  return {
    amount: parts(input * Math.max(read, cached, cache_write) + output * write),
    used: (facts) => {
      const use = usageOf(facts);
      if (use === undefined) return undefined;
      const fresh = beside ? use.input : Math.max(0, use.input - use.cached);
      return parts(fresh * read + use.cached * cached + (beside ? use.written * cache_write : 0) + use.output * write);
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
  const [input, output, cached = 0, written = 0] = ["input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens"].map((name) => facts[name]);
  return isCount(input) && isCount(output) && isCount(cached) && isCount(written) ? { input, output, cached, written } : undefined;
}
const isCount = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

function textBytes(content: readonly Content[]): number {
  let bytes = 0;
  for (const item of content) bytes += item.text === undefined ? jsonBytes(item.value) : Buffer.byteLength(item.text);
  return bytes;
}

const jsonBytes = (value: Json | { readonly [name: string]: Json }): number => Buffer.byteLength(JSON.stringify(value));
