/** A person who runs Holdfast, as the console knows them. */
export interface Operator {
  readonly name: string;
  /** Who they are at the sign-in provider, where they came in through it. */
  readonly login?: string;
}

/**
 * What the console needs of whoever keeps sessions. Times are milliseconds since the epoch. Every method answers `undefined` for what
 * it does not know, has expired, or has been used: the console tells a visitor no difference. A rejection counts as "unavailable".
 */
export interface Sessions {
  /** Exchanges the token of a one-time login URL for a session. INVARIANT: of any number of calls with one token, at most one is answered. */
  redeem(token: string): Redeemed | undefined | Promise<Redeemed | undefined>;
  verify(cookie: string): Operator | undefined | Promise<Operator | undefined>;
  /** Ends a session at once; a cookie that is not known is no error. */
  revoke(cookie: string): void | Promise<void>;
}

/** A fresh session: the cookie's value (only URL-safe characters), and when it ends. */
export interface Redeemed {
  readonly cookie: string;
  readonly expires: number;
}
