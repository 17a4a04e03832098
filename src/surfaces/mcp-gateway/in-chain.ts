import type { Asking } from "../../codecs/mcp/index.ts";
import { isObject } from "../../core/json.ts";

/** A server that is an agent and is no HTTP server finds in `_meta` what it shows with what it does for this call. */
export function inChain(message: Asking, chain: string): Asking {
  const { _meta: meta } = message.params;
  return { ...message, params: { ...message.params, _meta: { ...(isObject(meta) ? meta : {}), [CHAIN_META]: chain } } };
}

const CHAIN_META = "holdfast/chain";
