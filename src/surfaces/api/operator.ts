import { createHash, timingSafeEqual } from "node:crypto";
import { type Operator, operatorOf, type Sessions } from "../console/index.ts";
import { sendJson } from "../http/answer.ts";
import { PROBLEM, Refusal } from "../http/refusal.ts";
import type { Route } from "../http/routes.ts";
import type { ApiParts } from "./parts.ts";

/** Beside the store, mode 0600, written anew at every start: lets the command line of the same user act as an operator. */
export const TOKEN_FILE = "operator.token";
/** Beside it: where the server that wrote it listens, for the command line. */
export const ADDRESS_FILE = "server.json";
const TOKEN = /^hfo_[A-Za-z0-9_-]{43}$/;

/** On the admin address only. */
export const LOGIN_PATH = "/operator/login";

/** `random` gives bytes from the operating system's generator. */
export const newOperatorToken = (random: (bytes: number) => Uint8Array): string => `hfo_${Buffer.from(random(32)).toString("base64url")}`;

/** Who is an operator: whoever has a session at the console, or shows the token that lies beside the store. */
export function operatorAccess(sessions: Sessions, token: string): ApiParts["operator"] {
  const local: Operator = { name: "operator" };
  return async (headers) => {
    if (matches(token, headers.get("authorization"))) return { operator: local, by: "token" };
    const operator = await operatorOf(sessions, headers.get("cookie") ?? undefined);
    return operator === undefined ? undefined : { operator, by: "cookie" };
  };
}

/** The admin address's route that makes a login URL; `mint` gives a whole one-time URL. */
export function loginRoute(token: string, mint: () => string): Route {
  return {
    method: "POST",
    path: LOGIN_PATH,
    wording: PROBLEM,
    guarded: false,
    because: "makes a login URL for whoever can read the token beside the store, on the admin address",
    access: {
      needs: "none",
      async run({ request, response }) {
        if (!matches(token, request.headers.authorization ?? null)) throw new Refusal(401, "unauthenticated", "the operator's token is needed");
        sendJson(response, 200, { url: mint() });
      },
    },
  };
}

// Compared by hash, so that the time it takes tells nothing, whatever the length.
function matches(token: string, authorization: string | null): boolean {
  const shown = /^Bearer +(hfo_\S{1,64}) *$/i.exec(authorization ?? "")?.[1];
  if (shown === undefined || !TOKEN.test(shown)) return false;
  return timingSafeEqual(digest(shown), digest(token));
}
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
