/**
 * The session cookie. `__Host-` pins it to this origin (no Domain, Path=/, Secure), so neither a sibling host nor plain HTTP can plant
 * one. Browsers that take no Secure cookie over http://127.0.0.1 (Safari) are noticed by a probe and get the plain name.
 */
export const HOST_COOKIE = "__Host-holdfast";
export const PLAIN_COOKIE = "holdfast";
const PROBE = "__Host-holdfast-probe";
/** A sign-in under way. It has to come along when the provider sends the browser back, which `Strict` would not let it. */
const ATTEMPT = "-sign-in";

/** The session cookie's value in a `Cookie` header, the pinned name first. */
export function sessionCookie(header: string | undefined): string | undefined {
  const cookies = parse(header);
  return cookies.get(HOST_COOKIE) ?? cookies.get(PLAIN_COOKIE);
}

/** A header that shows, on the next request, whether this browser keeps `__Host-` cookies here. */
export const probeCookie = (): string => `${PROBE}=1; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=600`;

/** True if this browser has shown that it keeps `__Host-` cookies here. `header` is the request's `Cookie`. */
export const keepsPinned = (header: string | undefined): boolean => parse(header).has(PROBE);

/** The `Set-Cookie` headers that begin a session, `seconds` long. */
export function beginCookies(pinned: boolean, value: string, seconds: number): readonly string[] {
  const life = `HttpOnly; SameSite=Strict; Path=/; Max-Age=${Math.max(0, Math.floor(seconds))}`;
  return pinned ? [`${HOST_COOKIE}=${value}; Secure; ${life}`, gone(PROBE, true)] : [`${PLAIN_COOKIE}=${value}; ${life}`];
}

/** The `Set-Cookie` headers that end it. */
export const endCookies = (): readonly string[] => [gone(HOST_COOKIE, true), gone(PLAIN_COOKIE, false)];

/** The `Set-Cookie` headers that keep a sign-in under way. Over TLS every browser takes the pinned name, and nothing else counts. */
export function beginAttempt(header: string | undefined, value: string, seconds: number, tls: boolean): readonly string[] {
  const life = `HttpOnly; SameSite=Lax; Path=/; Max-Age=${seconds}`;
  return tls || keepsPinned(header) ? [`${HOST_COOKIE}${ATTEMPT}=${value}; Secure; ${life}`] : [`${PLAIN_COOKIE}${ATTEMPT}=${value}; ${life}`];
}

/** The sign-in under way in a `Cookie` header, and whether its name is the pinned one. */
export function attemptCookie(header: string | undefined, tls: boolean): { readonly value: string; readonly pinned: boolean } | undefined {
  const cookies = parse(header);
  const [pinned, plain] = [cookies.get(`${HOST_COOKIE}${ATTEMPT}`), cookies.get(`${PLAIN_COOKIE}${ATTEMPT}`)];
  if (pinned !== undefined) return { value: pinned, pinned: true };
  return plain === undefined || tls ? undefined : { value: plain, pinned: false };
}

/** The `Set-Cookie` headers that end it. */
export const endAttempt = (): readonly string[] => [gone(`${HOST_COOKIE}${ATTEMPT}`, true), gone(`${PLAIN_COOKIE}${ATTEMPT}`, false)];

function gone(name: string, secure: boolean): string {
  return `${name}=; Path=/; ${secure ? "Secure; " : ""}HttpOnly; SameSite=Strict; Max-Age=0`;
}

function parse(header: string | undefined): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (header ?? "").split(";")) {
    const equals = pair.indexOf("=");
    if (equals < 0) continue;
    const name = pair.slice(0, equals).trim();
    // The first of two equal names wins: browsers send the more specific path first, and ours is the only one with `Path=/`.
    if (!cookies.has(name)) cookies.set(name, pair.slice(equals + 1).trim());
  }
  return cookies;
}
