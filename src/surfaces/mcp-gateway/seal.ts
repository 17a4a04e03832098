import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import type { Asking } from "../../codecs/mcp/index.ts";
import { canonicalJson, type JsonObject } from "../../core/json.ts";
import type { Clock } from "../../core/layers.ts";
import type { Principal } from "../../core/request.ts";

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
const [IV, TAG] = [12, 16];

/** The key lives as long as the process: after a restart the client asks anew. */
export function createSeal(clock: Pick<Clock, "now">, key = randomBytes(32)): Seal {
  return {
    close(state, principal, server, asked) {
      const iv = randomBytes(IV);
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(bound(principal, server, asked));
      const text = Buffer.concat([cipher.update(JSON.stringify([clock.now() + TTL_MS, state]), "utf8"), cipher.final()]);
      return MARK + Buffer.concat([iv, cipher.getAuthTag(), text]).toString("base64url");
    },
    open(sealed, principal, server, asked) {
      const bytes = Buffer.from(sealed.slice(MARK.length), "base64url");
      if (!sealed.startsWith(MARK) || bytes.length < IV + TAG) return undefined;
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV), { authTagLength: TAG })
        .setAAD(bound(principal, server, asked))
        .setAuthTag(bytes.subarray(IV, IV + TAG));
      try {
        const text = Buffer.concat([decipher.update(bytes.subarray(IV + TAG)), decipher.final()]).toString("utf8");
        const [until, state] = JSON.parse(text) as [number, string];
        return clock.now() <= until ? state : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/** What it is good for. The answers that come with it are what the call waits for, so they are not part of it, nor is the next state. */
function bound({ agent, capability = "" }: Principal, server: string, { method, params }: Asking): Buffer {
  const { requestState: _state, inputResponses: _responses, _meta, ...call } = params as JsonObject;
  return createHash("sha256")
    .update(canonicalJson([agent, capability, server, method, call]))
    .digest();
}
