import { createHash } from "node:crypto";
import type { Asked, Said } from "../../core/ask-model.ts";
import { type Narrowing, narrowingIn, questionAbout } from "./narrowing.ts";

/** What came of asking a model about a request. */
export type Reading = { readonly narrowing: Narrowing } | { readonly failed: string };

/** Has requests read by a model that is given nothing else. */
export interface RequestReader {
  /** What follows where it gives no answer: what the words alone say, or a person is asked. */
  readonly failing: "rules" | "ask";
  /** Undefined where the answer is at hand. What it returns does not reject. */
  ready(request: string, now: number): undefined | Promise<void>;
  /** The answer, if it is at hand. */
  reading(request: string, now: number): Reading | undefined;
}

const MOST = 2_000;
/** While it cannot be asked, calls must not wait for it one by one. */
const FAILED_FOR_MS = 30_000;

/** Answers are remembered by a digest: a request is behind every call that is made for it. */
export function requestReader(put: (asked: Asked) => Promise<Said>, failing: RequestReader["failing"]): RequestReader {
  const readings = new Map<string, { readonly reading: Reading; readonly until: number }>();
  const waiting = new Map<string, Promise<void>>();

  const at = (key: string, now: number): Reading | undefined => {
    const known = readings.get(key);
    return known === undefined || known.until <= now ? undefined : known.reading;
  };
  const ask = async (key: string, request: string, now: number): Promise<void> => {
    // INVARIANT: it does not reject. Nobody waits where the question is only begun, and what nobody waits for would end the process.
    const reading = await read(put, request).catch((): Reading => ({ failed: "could not be asked" }));
    readings.delete(key);
    for (const [oldest] of readings) {
      if (readings.size < MOST) break;
      readings.delete(oldest);
    }
    readings.set(key, { reading, until: "failed" in reading ? now + FAILED_FOR_MS : Number.POSITIVE_INFINITY });
    waiting.delete(key);
  };
  return {
    failing,
    reading: (request, now) => at(keyOf(request), now),
    ready(request, now) {
      const key = keyOf(request);
      if (at(key, now) !== undefined) return undefined;
      let wait = waiting.get(key);
      if (wait === undefined) waiting.set(key, (wait = ask(key, request, now)));
      return wait;
    },
  };
}

async function read(put: (asked: Asked) => Promise<Said>, request: string): Promise<Reading> {
  const asked = questionAbout(request);
  if (asked === undefined) return { failed: "is not given requests as long as this" };
  const said = await put(asked);
  if ("failed" in said) return said;
  const narrowing = narrowingIn(said.text);
  return narrowing === undefined ? { failed: "did not answer as it was asked to" } : { narrowing };
}

const keyOf = (request: string): string => createHash("sha256").update(request).digest("base64");
