import { createRemoteJWKSet } from "jose";
import type { Config } from "../../config/index.ts";
import type { Clock } from "../../core/layers.ts";
import type { Switch } from "../../oversight/switch.ts";
import type { KeyCheck } from "../../surfaces/http/authenticate.ts";
import { Refusal } from "../../surfaces/http/refusal.ts";
import { challengeOf, metadataRoutes, type Resource } from "../../surfaces/mcp-gateway/resource.ts";
import { accessTokens } from "../../vault/access-tokens.ts";
import type { Key, Keys } from "../../vault/keys.ts";
import { type Above, pausing } from "../agents/kill-switch.ts";

const PATIENCE_MS = 5_000;

/** Who may come in at the MCP addresses beside those who have a key, and where clients read how. */
export interface TokenDoor {
  readonly keys: KeyCheck;
  readonly routes: ReturnType<typeof metadataRoutes>;
}

export function tokenDoor(oauth: NonNullable<Config["server"]["oauth"]>, keys: Keys, held: Switch, above: Above, clock: Clock): TokenDoor {
  const { issuer, audience, scopes, agents, jwks } = oauth;
  const tokens = accessTokens({ issuer, audience, scopes, agents, clock, keys: createRemoteJWKSet(new URL(jwks), { timeoutDuration: PATIENCE_MS }) });
  const resource: Resource = { issuer, audience, scopes };
  const all: Keys = {
    ...keys,
    verify: (text) => (text.startsWith("hf_") ? keys.verify(text) : tokens.verify(text).then((access) => opened(access, resource))),
    watch: (id, end) => (id.startsWith("oauth_") ? tokens.watch(id, end) : keys.watch(id, end)),
  };
  return {
    keys: { ...pausing(all, held, above), challenge: challengeOf(resource), rejection: challengeOf(resource, "invalid_token") },
    routes: metadataRoutes(resource),
  };
}

function opened(access: Awaited<ReturnType<ReturnType<typeof accessTokens>["verify"]>>, resource: Resource): Key | undefined {
  if (access === undefined) return undefined;
  if (!("insufficient" in access)) return { ...access, created: 0 };
  if (access.insufficient === "client") throw new Refusal(403, "forbidden", "the client of this access token is no agent here");
  const challenge = challengeOf(resource, "insufficient_scope");
  throw new Refusal(403, "forbidden", "the access token lacks a scope that is needed here", { "www-authenticate": challenge });
}
