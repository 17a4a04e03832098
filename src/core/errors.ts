/** The closed list of what can go wrong. A surface maps each to its own words; a code never changes its meaning. */
export const ERROR_CODES = [
  "bad-request", // what the client sent is not what the interface says
  "too-large", // over a limit on bytes, depth, nodes or length
  "unauthenticated", // no credential, or one we do not know
  "forbidden", // known, but this may not be done with it
  "not-found",
  "rate-limited", // over a rate or a budget
  "denied", // policy said no
  "configuration", // holdfast.yaml is wrong
  "unavailable", // we cannot guarantee what we promise now, so nothing happens (audit, store, deadline)
  "upstream-unreachable", // no connection, or it broke
  "upstream-timeout",
  "upstream-invalid", // it answered something that is not its protocol
  "cancelled", // the client went away, the credential was revoked, we are shutting down
  "internal", // our own bug
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** For the broken world. An expected refusal is a value (`Decision`, `Outcome`), not one of these. The message holds no secret and no foreign text. */
export class HoldfastError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "HoldfastError";
    this.code = code;
  }
}

/** The code of anything thrown: what is not ours is our bug. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof HoldfastError ? error.code : "internal";
}
