/** A real OpenID provider on loopback, with a login page of the test's own, whose answers a test may change before they leave. */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";

export const SECRET = "the-secret-of-holdfast-at-the-provider";
const LOGIN = "/login/";
/** Below it everything is answered once more. */
export const COPY = "/copy";
const ACCOUNTS: { readonly [name: string]: { readonly email?: string; readonly email_verified?: boolean } } = {
  anna: { email: "Anna@example.com", email_verified: true },
  ben: { email: "ben@example.com", email_verified: false },
  carl: { email: "carl@example.com", email_verified: true },
  dora: {},
};

/** What the provider would answer at a path, and what it answers instead. */
export type Change = (body: Record<string, unknown>) => unknown;

export interface TestProvider {
  readonly issuer: string;
  /** Signs as the provider does. */
  readonly key: CryptoKey;
  /** Changes what is answered at a path (`/token`), until it is called again. */
  change(path?: string, change?: Change): void;
  /** Answers at a path in place of the provider, until it is called again. */
  answer(path?: string, answer?: (response: ServerResponse) => void): void;
  /** Paths that were asked for. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** `redirect` is where Holdfast wants browsers sent back to. Claims are in the token with `inToken`, otherwise at userinfo, as the standard has it. */
export async function provider(redirect: string, { inToken = true, port = 0 } = {}): Promise<TestProvider> {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  let oidc: (request: IncomingMessage, response: ServerResponse) => unknown = () => undefined;
  let [changed, answered] = ["", ""];
  let change: Change = (body) => body;
  let answer = (_response: ServerResponse): void => {};
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    asked.push(path);
    if (path === answered) answer(response);
    else oidc(request, response);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = { redirect_uris: [redirect], grant_types: ["authorization_code"], response_types: ["code"], id_token_signed_response_alg: "ES256" };
  const real = new Provider(issuer, {
    clients: [
      { ...client, client_id: "holdfast", client_secret: SECRET, token_endpoint_auth_method: "client_secret_basic" },
      { ...client, client_id: "public", token_endpoint_auth_method: "none" },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: "one", alg: "ES256", use: "sig" }] },
    cookies: { keys: [randomBytes(16).toString("hex")] },
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    conformIdTokenClaims: !inToken,
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
    interactions: { url: (_asked: unknown, { uid }: { uid: string }) => `${LOGIN}${uid}` },
    findAccount: (_asked: unknown, name: string) => ({ accountId: name, claims: () => ({ sub: name, ...ACCOUNTS[name] }) }),
    // Everybody has agreed already: what is tested is not the provider.
    async loadExistingGrant({ oidc: { client, session } }: { oidc: { client: { clientId: string }; session: { accountId: string } } }) {
      const grant = new real.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid email");
      await grant.save();
      return grant;
    },
  });
  real.use(async (given, next) => {
    await next();
    if (given.path === changed) given.body = await change(given.body as Record<string, unknown>);
  });
  const standard = real.callback();
  oidc = (request, response) => {
    request.url = (request.url ?? "").replace(COPY, "");
    if (request.url?.startsWith(LOGIN) !== true) return standard(request, response);
    void (request.method === "POST" ? loggedIn(real, request, response) : response.writeHead(200, { "content-type": "text/html" }).end(PAGE));
  };
  return {
    issuer,
    key: privateKey,
    change(path = "", given = (body) => body) {
      [changed, change] = [path, given];
    },
    answer(path = "", given = () => {}) {
      [answered, answer] = [path, given];
    },
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const PAGE =
  '<!doctype html><html lang="en"><title>Provider</title><link rel="icon" href="data:,"><form method="post"><label>Name <input name="name" autofocus></label> <button>Continue</button></form></html>';

async function loggedIn(real: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  const name = new URLSearchParams(text).get("name") ?? "";
  await real.interactionFinished(request, response, name === "" ? { error: "access_denied" } : { login: { accountId: name } });
}
