/** How a server shows the command line that it is the one whose files lie beside the store, before it is told anything. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { sendJson } from "../http/answer.ts";
import { PROBLEM, Refusal } from "../http/refusal.ts";
import type { Route } from "../http/routes.ts";
import type { Operators } from "./operator.ts";

export const PROOF_PATH = "/operator/proof";
/** Carries what the asker made up for this one time. */
export const CHALLENGE = "holdfast-challenge";

/**
 * Only who can read the token's file, or wrote it, can say this of a challenge. It gives nobody the token. ATTACK: who listens at the old port asks the
 * server at its new one; so the proof holds for the port at which it is given.
 */
export const serverProof = (token: string, challenge: string, port: number): string =>
  createHmac("sha256", token).update(`holdfast server\n${port}\n${challenge}`).digest("base64url");

export function isProof(given: unknown, token: string, challenge: string, port: number): boolean {
  const [said, right] = [Buffer.from(typeof given === "string" ? given : ""), Buffer.from(serverProof(token, challenge, port))];
  return said.length === right.length && timingSafeEqual(said, right);
}

/** At every address that is written down for the command line. */
export function proofRoute({ prove }: Pick<Operators, "prove">): Route {
  return {
    method: "GET",
    path: PROOF_PATH,
    wording: PROBLEM,
    guarded: false,
    because: "shows that this is the server whose token lies beside the store, and nothing else",
    access: {
      needs: "none",
      async run({ request, response }) {
        const challenge = request.headers[CHALLENGE];
        if (typeof challenge !== "string" || !/^[\w-]{22,64}$/.test(challenge)) throw new Refusal(400, "bad-request", `\`${CHALLENGE}\` is missing`);
        sendJson(response, 200, { proof: prove(challenge, request.socket.localPort ?? 0) });
      },
    },
  };
}
