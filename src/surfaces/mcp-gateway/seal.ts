import { createHash } from "node:crypto";
import type { Asking } from "../../codecs/mcp/index.ts";
import { canonicalJson, type JsonObject } from "../../core/json.ts";
import type { Clock } from "../../core/layers.ts";
import type { Principal } from "../../core/request.ts";
import { createSealing } from "../sealing.ts";

/**
 * A server's `requestState` (2026-07-28) on its way through a client that may be hostile: encrypted, and bound to who got it, for what,
 * and for how long. So it cannot be read, changed, kept for later, or used by another key, at another server, or for another call.
 */
export interface Seal {
  close(state: string, principal: Principal, server: string, asked: Asking): string;
  /** The server's own state; undefined where this is not one that was given to this caller for this request. */
  open(sealed: string, principal: Principal, server: string, asked: Asking): string | undefined;
}

const MARK = "hf1.";
const TTL_MS = 60 * 60_000;

/** The key lives as long as the process: after a restart the client asks anew. */
export function createSeal(clock: Pick<Clock, "now">, key?: Uint8Array): Seal {
  const sealing = createSealing(clock, TTL_MS, key);
  return {
    close: (state, principal, server, asked) => MARK + sealing.close(state, bound(principal, server, asked)),
    open: (sealed, principal, server, asked) =>
      sealed.startsWith(MARK) ? sealing.open(sealed.slice(MARK.length), bound(principal, server, asked)) : undefined,
  };
}

/** What it is good for. The answers that come with it are what the call waits for, so they are not part of it, nor is the next state. */
function bound({ agent, capability = "" }: Principal, server: string, { method, params }: Asking): Buffer {
  const { requestState: _state, inputResponses: _responses, _meta, ...call } = params as JsonObject;
  return createHash("sha256")
    .update(canonicalJson([agent, capability, server, method, call]))
    .digest();
}
