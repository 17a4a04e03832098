import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { HoldfastError } from "../core/errors.ts";
import type { Clock } from "../core/layers.ts";
import type { Passkey } from "./passkeys.ts";
import type { Answered, Asked, Question } from "./webauthn-thread.ts";

/** Where passkeys are made and shown: from configuration, never from a request. */
export interface Site {
  /** The relying party: the host. */
  readonly host: string;
  /** Whole origins of the console's pages there. */
  readonly origins: readonly string[];
}

/** What a browser brings of a new passkey; all of it base64url. */
export interface Made {
  readonly credential: string;
  readonly clientData: string;
  readonly attestation: string;
  readonly transports: readonly string[];
}

/** What a browser brings of one that has signed. */
export interface Shown {
  readonly credential: string;
  readonly clientData: string;
  readonly authenticatorData: string;
  readonly signature: string;
}

/** In this order: Ed25519, P-256 with SHA-256, RSA with SHA-256. */
export const ALGORITHMS: readonly number[] = [-8, -7, -257];

/** The challenge that a browser says it had signed; undefined for what is no client data. */
export function challengeIn(clientData: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(clientData, "base64url").toString("utf8"));
    const challenge = typeof parsed === "object" && parsed !== null && "challenge" in parsed ? parsed.challenge : undefined;
    return typeof challenge === "string" ? challenge : undefined;
  } catch {
    return undefined;
  }
}

/** Checks what browsers bring. Rejects with `forbidden` what was not signed as it should have been, with `unavailable` what cannot be known. */
export interface Webauthn {
  verifyMade(made: Made, challenge: string, site: Site): Promise<Pick<Passkey, "publicKey" | "counter">>;
  /** Gives the counter that was signed. */
  verifyShown(shown: Shown, challenge: string, site: Site, passkey: Pick<Passkey, "publicKey">): Promise<number>;
  shut(): Promise<void>;
}

const PATIENCE_MS = 10_000;

/**
 * In a thread of its own, which begins with the first question: the library that reads attestations takes an eighth of a second to load, and
 * parses certificates that somebody else has written.
 */
export function createWebauthn({ timer }: Pick<Clock, "timer">): Webauthn {
  const waiting = new Map<number, PromiseWithResolvers<Answered>>();
  let thread: Worker | undefined;
  let last = 0;

  function end(): void {
    void thread?.terminate();
    thread = undefined;
    for (const { reject } of waiting.values()) reject(new HoldfastError("unavailable", "passkeys cannot be checked now"));
    waiting.clear();
  }

  function begin(): Worker {
    const made = new Worker(new URL(`./webauthn-thread${extname(import.meta.url)}`, import.meta.url), { env: {} });
    made.on("message", (answer: Answered) => {
      waiting.get(answer.id)?.resolve(answer);
      waiting.delete(answer.id);
      if (waiting.size === 0) made.unref();
    });
    made.on("error", () => thread === made && end());
    made.on("exit", () => thread === made && end());
    return made;
  }

  async function ask(question: Question): Promise<Answered & { readonly counter: number }> {
    thread ??= begin();
    const answer = Promise.withResolvers<Answered>();
    const id = ++last;
    waiting.set(id, answer);
    thread.ref();
    thread.postMessage({ id, question } satisfies Asked);
    // One that hangs is ended, with whatever else it was asked; the next question begins another.
    const cancel = timer(PATIENCE_MS, end);
    const { counter, ...facts } = await answer.promise.finally(cancel);
    if (counter === undefined) throw new HoldfastError("forbidden", "what the passkey signed is not what it was asked for");
    return { ...facts, counter };
  }

  return {
    async verifyMade(made, challenge, site) {
      const { counter, publicKey = "" } = await ask({ kind: "made", made, challenge, site });
      return { counter, publicKey };
    },
    verifyShown: async (shown, challenge, site, { publicKey }) => (await ask({ kind: "shown", shown, challenge, site, publicKey })).counter,
    shut: async () => end(),
  };
}
