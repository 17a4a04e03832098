import type { Configuration, CustomFetchOptions } from "openid-client";
import type { Clock } from "../core/layers.ts";

/** The OpenID provider that people sign in at, and what Holdfast is there. */
export interface ProviderOptions {
  /** INVARIANT: over TLS, or on this machine. */
  readonly issuer: string;
  readonly client: string;
  /** Absent: a public client. */
  readonly secret?: string;
  readonly scopes: readonly string[];
  readonly claim: "email" | "sub";
  readonly clock: Clock;
}

/** What is remembered of an attempt until the browser comes back from the provider. */
export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Why nobody came in. `detail` is a word of ours or of the library's, never the provider's. */
export interface SignInFailed {
  readonly fault:
    | "unreachable" // the provider does not answer, or not in time
    | "invalid" // what it answers is not to be believed
    | "refused" // it did not let the person in
    | "over" // what came back was used before, or its time is over
    | "unverified" // it does not vouch for the address
    | "unavailable"; // too many at once
  readonly detail?: string;
}

/** OpenID Connect, authorization code with PKCE. Nothing rejects: what fails is a value. */
export interface Provider {
  /** Where the browser is sent. `redirect` is where it comes back to. */
  begin(redirect: string): Promise<{ readonly location: string; readonly attempt: Attempt } | SignInFailed>;
  /** Who it is, by `claim`. `answer` is the address with which the browser came back. */
  finish(answer: URL, attempt: Attempt): Promise<{ readonly login: string } | SignInFailed>;
}

/** Signatures that need no shared secret. `none` and HMAC are no signatures of a provider. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];
const KNOWN_MS = 10 * 60_000;
const LONGEST_LOGIN = 256;

/** What one sign-in may cost. */
export interface SignInLimits {
  /** Milliseconds for one answer of the provider. */
  readonly answer: number;
  /** Milliseconds for all that one step takes of it. */
  readonly all: number;
  /** Bytes of one answer. */
  readonly bytes: number;
  /** How many wait for a provider that is slow. */
  readonly atOnce: number;
}
export const SIGN_IN_LIMITS: SignInLimits = { answer: 5_000, all: 10_000, bytes: 256 * 1024, atOnce: 32 };

class Unreachable extends Error {}

export function signInProvider(options: ProviderOptions, limits = SIGN_IN_LIMITS): Provider {
  const { issuer, client, scopes, claim, clock } = options;
  let known: { readonly until: number; readonly found: Promise<Configuration> } | undefined;
  let atOnce = 0;

  /** What the provider says of itself, asked once for all who begin meanwhile. */
  function configuration(): Promise<Configuration> {
    if (known !== undefined && clock.monotonic() < known.until) return known.found;
    const found = discover(options);
    const mine = { until: clock.monotonic() + KNOWN_MS, found };
    known = mine;
    found.catch(() => {
      if (known === mine) known = undefined;
    });
    return found;
  }

  async function bounded<T>(work: () => Promise<T>): Promise<T | SignInFailed> {
    if (atOnce >= limits.atOnce) return { fault: "unavailable" };
    atOnce++;
    const working = work().finally(() => atOnce--);
    let cancel = (): void => {};
    const late = new Promise<never>((_resolve, reject) => {
      cancel = clock.timer(limits.all, () => reject(new Unreachable()));
    });
    try {
      return await Promise.race([working, late]);
    } catch (error) {
      return failed(error);
    } finally {
      cancel();
    }
  }

  return {
    begin: (redirect) =>
      bounded(async () => {
        const [oidc, config] = await Promise.all([import("openid-client"), configuration()]);
        const attempt = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
        const location = oidc.buildAuthorizationUrl(config, {
          redirect_uri: redirect,
          scope: scopes.join(" "),
          state: attempt.state,
          nonce: attempt.nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
          code_challenge_method: "S256",
        });
        return { location: location.href, attempt };
      }),
    finish: (answer, { state, nonce, verifier }) =>
      bounded(async (): Promise<{ readonly login: string } | SignInFailed> => {
        const [oidc, config] = await Promise.all([import("openid-client"), configuration()]);
        const tokens = await oidc.authorizationCodeGrant(config, answer, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        const said = tokens.claims();
        if (said === undefined) return { fault: "invalid" };
        if (claim === "sub") return named(said.sub);
        // OpenID Connect Core 5.4: with an access token, a provider may tell the claims of a scope at its userinfo endpoint only.
        const { email, email_verified } = said.email === undefined ? await oidc.fetchUserInfo(config, tokens.access_token, said.sub) : said;
        // An address that nobody verified is one that anybody can write into their account.
        return email_verified === true ? named(email) : { fault: "unverified" };
      }),
  };

  async function discover({ secret }: ProviderOptions): Promise<Configuration> {
    const oidc = await import("openid-client");
    const insecure = new URL(issuer).protocol === "http:" ? [oidc.allowInsecureRequests] : [];
    const found = await oidc.discovery(new URL(issuer), client, undefined, oidc.None(), {
      [oidc.customFetch]: ask,
      timeout: limits.answer / 1000,
      execute: insecure,
    });
    const { supportsPKCE: _, ...said } = found.serverMetadata();
    const algorithms = (said.id_token_signing_alg_values_supported ?? ["RS256"]).filter((name) => ALGORITHMS.includes(name));
    const endpoints = [said.authorization_endpoint, said.token_endpoint, said.jwks_uri];
    if (algorithms.length === 0 || !endpoints.every((url) => url !== undefined && isSafe(url))) throw new Error("the provider's metadata cannot be used");
    const methods = said.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    const shown = methods.includes("client_secret_basic") ? oidc.ClientSecretBasic : oidc.ClientSecretPost;
    const config = new oidc.Configuration(
      { ...said, id_token_signing_alg_values_supported: algorithms },
      client,
      undefined,
      secret === undefined ? oidc.None() : shown(secret),
    );
    config.timeout = limits.answer / 1000;
    config[oidc.customFetch] = ask;
    for (const allow of insecure) allow(config);
    // The signature counts as well, not only that the token came from the provider's address.
    oidc.enableNonRepudiationChecks(config);
    return config;
  }

  /** One question to the provider: no redirect is followed, and no more of the answer is read than has a use. */
  async function ask(url: string, { method, headers, body, signal }: CustomFetchOptions): Promise<Response> {
    if (!isSafe(url)) throw new Error("the provider names an address without TLS");
    let answer: Response;
    const chunks: Uint8Array[] = [];
    let length = 0;
    try {
      answer = await fetch(url, { method, headers, redirect: "manual", body: body as URLSearchParams | null, ...(signal === undefined ? {} : { signal }) });
      for await (const chunk of answer.body ?? []) {
        length += chunk.byteLength;
        if (length > limits.bytes) break;
        chunks.push(chunk);
      }
    } catch (cause) {
      throw new Unreachable("the provider cannot be reached", { cause });
    }
    if (length > limits.bytes) throw new Error("the provider's answer is too long");
    if (answer.status >= 500) throw new Unreachable("the provider is not well");
    return new Response(length === 0 ? null : Buffer.concat(chunks), { status: answer.status, headers: answer.headers });
  }

  function isSafe(text: string): boolean {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url?.protocol === "https:" || (url?.protocol === "http:" && url.origin === new URL(issuer).origin);
  }
}

function named(login: unknown): { readonly login: string } | SignInFailed {
  return typeof login === "string" && login !== "" && login.length <= LONGEST_LOGIN ? { login } : { fault: "invalid", detail: "claim" };
}

const MOST_CAUSES = 5;

/** What the library threw, as one of few things that a person can be told. */
function failed(error: unknown): SignInFailed {
  let cause: unknown = error;
  for (let depth = 0; depth < MOST_CAUSES && cause instanceof Error; depth++) {
    if (cause instanceof Unreachable || cause.name === "TimeoutError") return { fault: "unreachable" };
    if (cause.name === "AuthorizationResponseError") return { fault: "refused" };
    // RFC 6749, 5.2: the code is used up, too old, or was given to somebody else.
    if (cause.name === "ResponseBodyError" && Reflect.get(cause, "error") === "invalid_grant") return { fault: "over", detail: "invalid_grant" };
    cause = cause.cause;
  }
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  return { fault: "invalid", ...(typeof code === "string" && /^(?:OAUTH|ERR)_[A-Z0-9_]{1,60}$/.test(code) ? { detail: code } : {}) };
}
