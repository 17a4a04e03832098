import { createHash, timingSafeEqual } from "node:crypto";
import { LOCAL_OPERATOR } from "../../core/local-operator.ts";
import { type Operator, operatorOf, type Sessions, sessionCookie } from "../console/index.ts";
import { sendJson } from "../http/answer.ts";
import { PROBLEM, Refusal } from "../http/refusal.ts";
import type { Route } from "../http/routes.ts";
import type { ApiParts } from "./parts.ts";
import type { CallerSession } from "./route.ts";
import { serverProof } from "./server-proof.ts";

/** Beside the store, mode 0600, written anew at every start: lets the command line of the same user act as an operator. */
export const TOKEN_FILE = "operator.token";
/** Beside it: where the server that wrote it listens, for the command line. */
export const ADDRESS_FILE = "server.json";

/** On the admin address only. */
export const LOGIN_PATH = "/operator/login";

/** `random` gives bytes from the operating system's generator. */
export const newOperatorToken = (random: (bytes: number) => Uint8Array): string => `hfo_${Buffer.from(random(32)).toString("base64url")}`;

/** Who the bearer of an operator's token is: the local one's lies beside the store, a person's own is in the configuration. */
export interface Operators {
  /** The operator behind an `authorization` header. */
  by(authorization: string | null): Operator | undefined;
  /** False for whoever is nobody any more: the name is gone, or belongs to another account at the sign-in provider. */
  knows(operator: Operator): boolean;
  /** Shows whoever can read the local token that its server answers. */
  prove(challenge: string, port: number): string;
}

interface Known {
  readonly name: string;
  readonly token?: string;
  readonly login?: string;
}

export function operatorsOf(token: string, people: () => Iterable<Known>): Operators {
  return {
    by(authorization) {
      const shown = /^Bearer +(\S{32,512}) *$/i.exec(authorization ?? "")?.[1];
      if (shown === undefined) return undefined;
      // Compared by hash, so that the time it takes tells nothing, whatever the length. Each is compared, so that neither does who it was.
      const given = digest(shown);
      let found: Operator | undefined;
      for (const person of [{ name: LOCAL_OPERATOR, token }, ...people()])
        if (person.token !== undefined && timingSafeEqual(given, digest(person.token))) found ??= { name: person.name };
      return found;
    },
    knows: ({ name, login }) =>
      name === LOCAL_OPERATOR || [...people()].some((person) => person.name === name && (login === undefined || person.login === login)),
    prove: (challenge, port) => serverProof(token, challenge, port),
  };
}

/** The same sessions, as far as the configuration that is in force still knows whose they are. */
export function knownSessions<Kept extends Sessions>(sessions: Kept, operators: Operators): Kept {
  return {
    ...sessions,
    async verify(cookie: string) {
      const operator = await sessions.verify(cookie);
      return operator === undefined || !operators.knows(operator) ? undefined : operator;
    },
  };
}

/** Who is an operator: whoever has a session at the console, or shows an operator's token. */
export function operatorAccess(
  sessions: Sessions & { session(cookie: string): CallerSession | undefined },
  operators: Pick<Operators, "by">,
): ApiParts["operator"] {
  return async (headers) => {
    const shown = operators.by(headers.get("authorization"));
    if (shown !== undefined) return { operator: shown, by: "token" };
    const operator = await operatorOf(sessions, headers.get("cookie") ?? undefined);
    const session = sessions.session(sessionCookie(headers.get("cookie") ?? undefined) ?? "");
    return operator === undefined || session === undefined ? undefined : { operator, by: "cookie", session };
  };
}

/** The admin address's route that makes a login URL; `mint` gives a whole one-time URL for the one who asks. */
export function loginRoute(operators: Operators, mint: (operator: Operator) => string): Route {
  return {
    method: "POST",
    path: LOGIN_PATH,
    wording: PROBLEM,
    guarded: false,
    because: "makes a login URL for whoever shows an operator's token, on the admin address",
    access: {
      needs: "none",
      async run({ request, response }) {
        const operator = operators.by(request.headers.authorization ?? null);
        if (operator === undefined) throw new Refusal(401, "unauthenticated", "an operator's token is needed");
        sendJson(response, 200, { url: mint(operator) });
      },
    },
  };
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
