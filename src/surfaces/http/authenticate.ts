import type { IncomingHttpHeaders } from "node:http";
import type { HoldfastError } from "../../core/errors.ts";
import type { Principal } from "../../core/request.ts";
import { Refusal } from "./refusal.ts";

/** What the server needs of whoever keeps the keys. */
export interface KeyCheck {
  /** What a client is told that shows nothing, as `WWW-Authenticate` has it. */
  readonly challenge?: string;
  /** And one that shows what is no good: it may have a newer one. */
  readonly rejection?: string;
  /** The key behind a text, or undefined for what is none. A throw counts as "cannot be known now". */
  verify(text: string): VerifiedKey | undefined | Promise<VerifiedKey | undefined>;
  /**
   * Calls `end` once when the key stops being good, with why where that is another reason than revocation or time; returns how to stop
   * watching. `chain` is what was shown to say on whose behalf it acts: theirs must go on being good as well.
   */
  watch(id: string, end: (why?: HoldfastError) => void, chain?: string): () => void;
}

export interface VerifiedKey {
  readonly id: string;
  readonly agent: string;
  readonly user?: string;
}

// Longer than any key, and than most access tokens; what is longer is cut, and opens nothing.
const MOST_KEY = 8_192;

/** The key that a request shows: `Authorization: Bearer`, or `x-api-key` as Anthropic's clients send it. Never read from a URL. */
export function shownKey(headers: IncomingHttpHeaders, challenge = CHALLENGE): string {
  const unknown = (message: string): Refusal => refused(message, challenge);
  // An empty header shows nothing.
  const authorization = headers.authorization === "" ? undefined : headers.authorization;
  const bearer = authorization === undefined ? undefined : /^Bearer +([^\s,]+) *$/i.exec(authorization.slice(0, MOST_KEY))?.[1];
  const named = headers["x-api-key"];
  if (authorization !== undefined && bearer === undefined) throw unknown("the `Authorization` header must be `Bearer hf_…`");
  // Two different keys are two identities: which one counts must not depend on who reads first.
  if (bearer !== undefined && named !== undefined && bearer !== named) throw unknown("`Authorization` and `x-api-key` show two different keys");
  const key = bearer ?? named;
  if (typeof key !== "string" || key === "") throw unknown("a Holdfast key is missing: send `Authorization: Bearer hf_…` or `x-api-key: hf_…`");
  return key;
}

/** Who a request comes from. Identity is what the key says; nothing in the request can add to it. */
export function authenticate(headers: IncomingHttpHeaders, keys: KeyCheck): Principal | Promise<Principal> {
  const { challenge = CHALLENGE, rejection = challenge } = keys;
  const verified = keys.verify(shownKey(headers, challenge));
  return verified instanceof Promise ? verified.then((key) => principal(key, rejection)) : principal(verified, rejection);
}

function principal(key: VerifiedKey | undefined, challenge: string): Principal {
  if (key === undefined) throw refused("the key is not one that Holdfast knows, or it has expired or been revoked", challenge);
  return { agent: key.agent, capability: key.id, ...(key.user === undefined ? {} : { user: key.user }) };
}

const CHALLENGE = 'Bearer realm="holdfast"';
const refused = (message: string, challenge: string): Refusal => new Refusal(401, "unauthenticated", message, { "www-authenticate": challenge });
