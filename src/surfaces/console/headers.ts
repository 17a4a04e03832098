/**
 * What every answer of the console carries. The console shows text that attackers wrote, so the browser is told to run nothing but our
 * own files, to send nothing anywhere else, and to refuse every string that would become markup (Trusted Types with no policy at all).
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** The playground's: nothing that is typed there can leave, because nothing can be asked for. */
export const LAB_POLICY = CONTENT_SECURITY_POLICY.replace("connect-src 'self'", "connect-src 'none'")
  .replace("img-src 'self' data:", "img-src 'none'")
  .replace("form-action 'self'", "form-action 'none'");

export const SECURITY_HEADERS: { readonly [name: string]: string } = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-frame-options": "DENY",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
};
