import type { AuditLog } from "../../audit/log.ts";
import type { Problem } from "../../config/fault.ts";
import type { Config } from "../../config/index.ts";
import type { Clock } from "../../core/layers.ts";
import { signInRoutes } from "../../surfaces/console/index.ts";
import { isLoopback, namesFor, parseListen } from "../../surfaces/http/bind.ts";
import type { Log } from "../../surfaces/http/observe.ts";
import type { Route } from "../../surfaces/http/routes.ts";
import type { Sessions } from "../../vault/sessions.ts";
import { signInProvider } from "../../vault/sign-in.ts";

type SignIn = NonNullable<Config["server"]["sign_in"]>;

export interface SignInParts {
  /** That is in force. */
  readonly people: () => Config["people"];
  readonly sessions: Sessions;
  readonly audit: Pick<AuditLog, "system">;
  readonly clock: Clock;
  readonly log: Log;
  /** Where Holdfast listens. */
  readonly url: () => string;
}

/** What people call the provider. */
export const providerName = ({ name, issuer }: SignIn): string => name ?? new URL(issuer).host;

/** The routes by which people come in through the provider. What speaks OpenID Connect is loaded with the first of them. */
export function signInDoor(signIn: SignIn, { people, sessions, audit, clock, log, url }: SignInParts): readonly Route[] {
  const { issuer, client, secret, scopes, claim, origin, session } = signIn;
  return signInRoutes({
    provider: signInProvider({ issuer, client, scopes, claim, clock, ...(secret === undefined ? {} : { secret: secret.reveal() }) }),
    origin: origin === undefined ? url : () => origin,
    async enter(shown) {
      const wanted = folded(claim, shown);
      const found = Object.entries(people()).find(([, { login }]) => login !== undefined && folded(claim, login) === wanted);
      // INVARIANT: nobody is in before the log says so.
      if (found === undefined) return void (await audit.system("sign-in-refused", { why: "unknown" }));
      const [name, { login }] = found;
      await audit.system("signed-in", { person: name });
      return sessions.begin(login === undefined ? { name } : { name, login }, session);
    },
    clock,
    log,
  });
}

/** Mail providers take an address in any case, and tell it in either. Beyond ASCII nothing is folded: look-alikes are others. */
const folded = (claim: SignIn["claim"], login: string): string => (claim === "email" && /^[\x21-\x7e]+$/.test(login) ? login.toLowerCase() : login);

const ADDRESS = /^[^@\s]+@[^@\s]+$/;

/** Logins that say two people, or nobody, and addresses to which no browser comes. */
export function checkSignIn({ server, people }: Config): readonly Problem[] {
  const { sign_in: signIn } = server;
  if (signIn === undefined) return [];
  return [...checkLogins(signIn, people), ...checkOrigin(signIn, server)];
}

function checkLogins({ claim }: SignIn, people: Config["people"]): readonly Problem[] {
  const owners = new Map<string, string>();
  return Object.entries(people).flatMap(([name, { login }]): readonly Problem[] => {
    if (login === undefined) return [];
    const path = ["people", name, "login"];
    const owner = owners.get(folded(claim, login));
    owners.set(folded(claim, login), name);
    if (owner !== undefined) return [{ path, message: `\`${owner}\` has the same \`login\`; each person has their own` }];
    if (claim === "email" && !ADDRESS.test(login))
      return [
        { path, message: "expected an e-mail address: `server.sign_in.claim` is `email`", hint: "or set `claim: sub` where accounts are named otherwise" },
      ];
    return [];
  });
}

function checkOrigin({ origin }: SignIn, { listen, hosts, origins }: Config["server"]): readonly Problem[] {
  const where = parseListen(listen);
  if (origin === undefined)
    return isLoopback(where.host)
      ? []
      : [
          {
            path: ["server", "sign_in"],
            at: "key",
            message: "say `origin`: the address at which people's browsers reach the console, such as `https://holdfast.example.com`",
          },
        ];
  const { hostname } = new URL(origin);
  const names = namesFor(where, hosts)(where.port);
  const path = ["server", "sign_in", "origin"];
  if (!names.hosts.includes(hostname)) return [{ path, message: `requests for \`${hostname}\` would be refused`, hint: `add it to \`server.hosts\`` }];
  if (isLoopback(hostname) || [...names.origins, ...origins].includes(origin)) return [];
  return [{ path, message: "pages of this address could not call Holdfast", hint: `add \`${origin}\` to \`server.origins\`` }];
}
