import { hash as digest } from "node:crypto";
import { errors, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyResult, jwtVerify } from "jose";
import { HoldfastError } from "../core/errors.ts";
import type { Clock } from "../core/layers.ts";

/** What an access token stands for. Never the token itself. */
export interface Access {
  /** `oauth_…`: the same for every token of one client and one user, so that what is counted for it goes on when the token is renewed. */
  readonly id: string;
  readonly agent: string;
  readonly user?: string;
}

export interface AccessTokenOptions {
  readonly issuer: string;
  /** What tokens must be made for (RFC 8707): one that is for anybody else opens nothing here. */
  readonly audience: string;
  /** Every one of them must be in a token. */
  readonly scopes: readonly string[];
  /** Which agent a client of the authorization server is. Others have no access. */
  readonly agents: { readonly [client: string]: string };
  /** The issuer's public keys. */
  readonly keys: JWTVerifyGetKey;
  readonly clock: Clock;
}

/** A token that is good, and not for this: which scopes it would have to have, or that its client is no agent here. */
export type Insufficient = { readonly insufficient: "scope" | "client" };

export interface AccessTokens {
  /** Undefined for what is no good token. Rejects with `unavailable` where the issuer's keys cannot be had. */
  verify(token: string): Promise<Access | Insufficient | undefined>;
  /** Calls `end` once when the last token that was shown for this id has expired; returns how to stop watching. */
  watch(id: string, end: () => void): () => void;
}

/** Signatures that need no shared secret. `none` and HMAC are no signatures of an issuer. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];
/** RFC 9068 has `at+jwt`; most issuers write `JWT` or nothing. What calls itself anything else (`logout+jwt`) is signed for another purpose. */
const TYPES: ReadonlySet<string | undefined> = new Set([undefined, "jwt", "at+jwt", "application/at+jwt"]);
/** Seconds by which two clocks may differ. */
const TOLERANCE = 5;
const LONGEST_CLAIM = 256;
/** A name is shown to people: it holds no line breaks, and nothing that is not seen or turns around what stands beside it. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/u;
/** How many identities are watched over; beyond, the first to expire goes. */
const MOST = 10_000;
/** The longest that a timer waits at once. */
const LOOK_MS = 60_000;

/**
 * Access tokens of an OAuth 2 authorization server: JWTs as RFC 9068 has them. They cannot be revoked here: how long one is good is the issuer's
 * to say, and what it opened ends then.
 */
export function accessTokens({ issuer, audience, scopes, agents, keys, clock }: AccessTokenOptions): AccessTokens {
  /** By id: when the last token expires, in milliseconds since the epoch. */
  const ends = new Map<string, number>();

  return {
    async verify(token) {
      const checked = await verified(token, () =>
        jwtVerify(token, keys, {
          issuer,
          audience,
          algorithms: ALGORITHMS,
          clockTolerance: TOLERANCE,
          currentDate: new Date(clock.now()),
          requiredClaims: ["exp", "sub"],
        }),
      );
      const payload = checked?.payload;
      const who = payload === undefined ? undefined : identityIn(payload);
      if (payload === undefined || who === undefined || !TYPES.has(checked?.protectedHeader.typ?.toLowerCase())) return undefined;
      // ATTACK: a token that is good only with a proof of its holder's key (DPoP, mTLS) is shown by whoever stole it. No proof is checked here.
      if (payload["cnf"] !== undefined) return undefined;
      const granted = scopesIn(payload);
      if (!scopes.every((scope) => granted.has(scope))) return { insufficient: "scope" };
      const agent = Object.hasOwn(agents, who.client) ? agents[who.client] : undefined;
      if (agent === undefined) return { insufficient: "client" };
      const id = `oauth_${digest("sha256", JSON.stringify([issuer, who.client, who.subject]), "hex").slice(0, 16)}`;
      if (!ends.has(id) && ends.size >= MOST) ends.delete([...ends].reduce((first, one) => (one[1] < first[1] ? one : first))[0]);
      ends.set(id, Math.max(ends.get(id) ?? 0, (payload.exp ?? 0) * 1000));
      // A client that speaks for itself has no user.
      return { id, agent, ...(who.subject === who.client ? {} : { user: who.subject }) };
    },
    watch(id, end) {
      let stop = (): void => {};
      const look = (): void => {
        const left = (ends.get(id) ?? 0) + TOLERANCE * 1000 - clock.now();
        if (left <= 0) end();
        else stop = clock.timer(Math.min(left, LOOK_MS), look);
      };
      look();
      return () => stop();
    },
  };
}

/** What a token says, or undefined where it is not one to be believed. */
async function verified(token: string, verify: () => Promise<JWTVerifyResult>): Promise<JWTVerifyResult | undefined> {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return undefined;
  try {
    return await verify();
  } catch (error) {
    // A set of keys in which none fits is an answer; one that cannot be had is none.
    if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout) && !(error instanceof errors.JWKSInvalid)) {
      if (error.code !== "ERR_JOSE_GENERIC") return undefined;
    }
    throw new HoldfastError("unavailable", "the keys of the authorization server cannot be had");
  }
}

function identityIn({ sub, client_id, azp }: JWTPayload): { readonly subject: string; readonly client: string } | undefined {
  const client = client_id ?? azp;
  const plain = (text: unknown): text is string => typeof text === "string" && text !== "" && text.length <= LONGEST_CLAIM && !UNSEEN.test(text);
  return plain(sub) && plain(client) ? { subject: sub, client } : undefined;
}

/** RFC 9068 has one text, some issuers a list. */
function scopesIn({ scope, scp }: JWTPayload): ReadonlySet<unknown> {
  const given = scope ?? scp;
  return new Set(typeof given === "string" ? given.split(" ") : Array.isArray(given) ? given : []);
}
