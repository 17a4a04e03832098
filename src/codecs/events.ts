import type { JsonLimits } from "../core/json.ts";

/** One event of a stream holds a few words; a server that sends its whole answer as one still fits. */
export const EVENT_LIMITS: JsonLimits = { bytes: 4 << 20, depth: 64, nodes: 20_000, keys: 2_000, string: 4 << 20 };
