import { createHash, timingSafeEqual } from "node:crypto";
import { HoldfastError } from "../core/errors.ts";
import type { Clock } from "../core/layers.ts";

/** What a challenge is good for: this one request, of this person, in this session. */
export interface Deed {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** SHA-256 of the body's bytes, in hex. */
  readonly sha256: string;
  readonly session: string;
  readonly person: string;
}

/**
 * What passkeys are asked to sign. A challenge is a hash over the deed and a fresh nonce, so the signature is over the deed; it is good
 * for a minute and once. In memory: a restart asks anew.
 */
export interface Challenges {
  issue(deed: Deed): { readonly challenge: string; readonly expires: number };
  /** Takes it back for this deed. INVARIANT: it is used up, whatever the answer. */
  redeem(challenge: string, deed: Deed): "good" | "unknown" | "late" | "other";
}

export const CHALLENGE_MS = 60_000;
const MOST = 2_000;
/** A session that asks for more loses its own oldest, and nobody else's. */
const MOST_EACH = 10;

interface Held {
  readonly nonce: Uint8Array;
  readonly session: string;
  /** Over when either clock says so. */
  readonly wall: number;
  readonly monotonic: number;
}

export function createChallenges({ clock, random }: { readonly clock: Clock; readonly random: (bytes: number) => Uint8Array }): Challenges {
  const open = new Map<string, Held>();
  const isOver = ({ wall, monotonic }: Held): boolean => clock.now() >= wall || clock.monotonic() >= monotonic;
  return {
    issue(deed) {
      for (const [challenge, held] of open) if (isOver(held)) open.delete(challenge);
      const own = [...open].filter(([, { session }]) => session === deed.session);
      for (const [challenge] of own.slice(0, Math.max(0, own.length + 1 - MOST_EACH))) open.delete(challenge);
      if (open.size >= MOST) throw new HoldfastError("unavailable", "too many passkeys are being asked for at once: try again in a minute");
      const nonce = random(32);
      const challenge = bind(deed, nonce).toString("base64url");
      open.set(challenge, { nonce, session: deed.session, wall: clock.now() + CHALLENGE_MS, monotonic: clock.monotonic() + CHALLENGE_MS });
      return { challenge, expires: clock.now() + CHALLENGE_MS };
    },
    redeem(challenge, deed) {
      const held = open.get(challenge);
      if (held === undefined) return "unknown";
      open.delete(challenge);
      if (isOver(held)) return "late";
      const expected = bind(deed, held.nonce);
      const given = Buffer.from(challenge, "base64url");
      return given.length === expected.length && timingSafeEqual(given, expected) ? "good" : "other";
    },
  };
}

/** Each part with its length before it: no two deeds are of the same bytes. */
function bind({ method, path, sha256, session, person }: Deed, nonce: Uint8Array): Buffer {
  const hash = createHash("sha256").update("holdfast.dev/step-up/v1\n");
  for (const part of [method, path, sha256, session, person]) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.update(nonce).digest();
}
