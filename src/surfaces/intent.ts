/** How callers declare what they are about to do: in a header on every HTTP surface, in `_meta` over MCP, in `context` of the decision API. */
import { z } from "zod";
import type { Intent } from "../core/intent.ts";
import { isObject, type Json, type JsonObject, parseJsonText } from "../core/json.ts";
import { Refusal } from "./http/refusal.ts";

export const INTENT_HEADER = "x-holdfast-intent";
const INTENT_META = "holdfast/intent";

const listed = z.array(z.string().min(1).max(256)).min(1).max(100).exactOptional();

/** Strict: a misspelt field would be a declaration that holds nobody to anything. */
export const wireIntent = z
  .strictObject({
    tools: listed.describe("tools as rules name them (`crm.find_customer`, `crm.*`), or other kinds of action (`net.connect`)"),
    effect: z.enum(["read", "write"]).exactOptional().describe("`read`: nothing is to be changed, and nothing to leave"),
    targets: listed.describe("whom or what is to be reached: an address, a host, an id, or all that end alike (`*@example.com`)"),
  })
  .refine((declared) => Object.keys(declared).length > 0, { message: "declares nothing", params: { ours: true } })
  .meta({ id: "Intent", description: "what the caller declares that it is about to do; what is done and was not declared needs a person" });

const LIMITS = { bytes: 8_192, depth: 4, nodes: 300, keys: 8, string: 1_024 };

/** The declaration in the header, if there is one. INVARIANT: one that cannot be read refuses the request: dropped, it would let everything pass. */
export function intentsIn(value: string | string[] | null | undefined): readonly Intent[] {
  if (value === undefined || value === null) return [];
  const parsed = typeof value === "string" ? parseJsonText(value, LIMITS) : undefined;
  const read = wireIntent.safeParse(parsed?.ok === true ? parsed.value : undefined);
  if (!read.success) throw new Refusal(400, "bad-request", `\`${INTENT_HEADER}\` is no declaration of an intent`);
  return [read.data];
}

/** The parameters of an MCP message without the declaration in their `_meta`, which is no business of the server, and that; undefined where it cannot be read. */
export function splitIntent(params: JsonObject): { readonly params: JsonObject; readonly intents: readonly Intent[] } | undefined {
  const { _meta: meta, ...rest } = params;
  if (!isObject(meta) || !Object.hasOwn(meta, INTENT_META)) return { params, intents: [] };
  const { [INTENT_META]: declared, ...others } = meta as { readonly [name: string]: Json };
  const read = wireIntent.safeParse(declared);
  if (!read.success) return undefined;
  return { params: Object.keys(others).length === 0 ? rest : { ...rest, _meta: others }, intents: [read.data] };
}
