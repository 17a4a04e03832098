import { PROBLEM } from "../http/refusal.ts";
import type { Route } from "../http/routes.ts";

/** This gateway as OAuth's resource server. */
export interface Resource {
  /** The authorization server that clients are sent to. */
  readonly issuer: string;
  /** The address of the MCP gateway as clients know it: what their tokens are made for. */
  readonly audience: string;
  readonly scopes: readonly string[];
}

const WELL_KNOWN = "/.well-known/oauth-protected-resource";

/** What a client without a good token is told (RFC 6750 and 9728). The values come from the configuration, and hold no quote. */
export function challengeOf({ audience, scopes }: Resource, error?: "insufficient_scope" | "invalid_token"): string {
  const { origin, pathname } = new URL(audience);
  const parts = [
    'realm="holdfast"',
    ...(error === undefined ? [] : [`error="${error}"`]),
    ...(scopes.length === 0 ? [] : [`scope="${scopes.join(" ")}"`]),
    `resource_metadata="${origin}${WELL_KNOWN}${pathname === "/" ? "" : pathname}"`,
  ];
  return `Bearer ${parts.join(", ")}`;
}

/** The metadata of the protected resource (RFC 9728), at the root and below the path of each MCP address: all of them are one resource. */
export function metadataRoutes({ issuer, audience, scopes }: Resource): readonly Route[] {
  const body = JSON.stringify({
    resource: audience,
    authorization_servers: [issuer],
    bearer_methods_supported: ["header"],
    ...(scopes.length === 0 ? {} : { scopes_supported: scopes }),
    resource_name: "Holdfast",
  });
  return [WELL_KNOWN, `${WELL_KNOWN}/*`].map((path) => ({
    method: "GET",
    path,
    wording: PROBLEM,
    guarded: false,
    because: "says where tokens are had, from the configuration",
    access: {
      needs: "none",
      async run({ id, response }) {
        response
          .writeHead(200, {
            "x-request-id": id,
            "content-type": "application/json",
            "content-length": Buffer.byteLength(body),
            "cache-control": "max-age=300",
            // Clients in a browser read it from their own origin (MCP, authorization).
            "access-control-allow-origin": "*",
            "x-content-type-options": "nosniff",
          })
          .end(body);
      },
    },
  }));
}
