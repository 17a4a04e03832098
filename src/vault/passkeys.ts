import { createHash } from "node:crypto";
import { HoldfastError } from "../core/errors.ts";
import { isObject, type Json } from "../core/json.ts";
import { withoutAbsent } from "../core/without-absent.ts";
import type { Documents } from "./documents.ts";

/** What is known of a person's passkey. Nothing of it is secret: with all of it nobody can sign. */
export interface Passkey {
  /** `pk_` and the start of the SHA-256 of the credential's id: names it in records and receipts. */
  readonly id: string;
  /** Whose it is: a name of the configuration, or the operator. */
  readonly person: string;
  /** What the person calls it. */
  readonly name: string;
  /** The id by which its authenticator knows it, base64url. */
  readonly credential: string;
  /** COSE, base64url. */
  readonly publicKey: string;
  /** How often it has signed, as far as its authenticator counts at all. */
  readonly counter: number;
  /** The host at which it was made, and nowhere else can be used. */
  readonly host: string;
  /** How browsers reach it. */
  readonly transports: readonly string[];
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly used?: number;
}

export interface Passkeys {
  of(person: string): Promise<readonly Passkey[]>;
  /** Durable when it resolves. Rejects with `denied` what is there already, one too many, and an `onlyFirst` that is another one by now. */
  add(passkey: Omit<Passkey, "id">, onlyFirst?: "only-first"): Promise<Passkey>;
  /** Undefined where the person has none of this id; the same for `remove`. */
  rename(person: string, id: string, name: string): Promise<Passkey | undefined>;
  remove(person: string, id: string): Promise<Passkey | undefined>;
  /**
   * Shows one of the person's passkeys to `verify`, which answers with its counter now, or rejects. INVARIANT: a counter that does not go
   * forward is refused, and the new one is durable before this resolves: a copy of a key is found out by the first of the two that is late.
   */
  use(person: string, credential: string, at: number, verify: (passkey: Passkey) => Promise<number>): Promise<Passkey>;
}

const COLLECTION = "passkeys";
const MOST_EACH = 20;

export const passkeyId = (credential: string): string => `pk_${createHash("sha256").update(Buffer.from(credential, "base64url")).digest("hex").slice(0, 32)}`;

export function createPasskeys(documents: Documents): Passkeys {
  // One after the other: two assertions with one counter must not both be the first.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const done = turn.then(act, act);
    turn = done.catch(() => {});
    return done;
  };
  const all = async (): Promise<readonly Passkey[]> => {
    try {
      return (await documents.list(COLLECTION)).map(({ key, value }) => parse(key, value));
    } catch (cause) {
      if (cause instanceof HoldfastError) throw cause;
      throw new HoldfastError("unavailable", "the store of passkeys does not answer", { cause });
    }
  };
  const of = async (person: string): Promise<readonly Passkey[]> => (await all()).filter((one) => one.person === person).sort((a, b) => a.created - b.created);
  const put = async (passkey: Passkey): Promise<Passkey> => {
    await documents.put(COLLECTION, passkey.id, { ...passkey, transports: [...passkey.transports] });
    return passkey;
  };
  const one = async (person: string, id: string): Promise<Passkey | undefined> => (await of(person)).find((each) => each.id === id);

  return {
    of,
    add: (given, onlyFirst) =>
      inTurn(async () => {
        const id = passkeyId(given.credential);
        const known = await all();
        if (known.some((each) => each.id === id)) throw new HoldfastError("denied", "this passkey is registered already");
        const own = known.filter(({ person }) => person === given.person).length;
        if (onlyFirst !== undefined && own > 0) throw new HoldfastError("denied", "you have a passkey by now, and it has to sign another one: try again");
        if (own >= MOST_EACH) throw new HoldfastError("denied", `nobody may have more than ${MOST_EACH} passkeys: remove one first`);
        return put({ id, ...given });
      }),
    rename: (person, id, name) =>
      inTurn(async () => {
        const found = await one(person, id);
        return found === undefined ? undefined : put({ ...found, name });
      }),
    remove: (person, id) =>
      inTurn(async () => {
        const found = await one(person, id);
        if (found !== undefined) await documents.remove(COLLECTION, id);
        return found;
      }),
    use: (person, credential, at, verify) =>
      inTurn(async () => {
        const found = await one(person, passkeyId(credential));
        // Somebody else's key is no key of this person, whatever it signs.
        if (found === undefined || found.credential !== credential) throw new HoldfastError("forbidden", "this is no passkey of yours");
        const counter = await verify(found);
        // Many passkeys do not count; one that did has to go on.
        if (counter <= found.counter && (counter > 0 || found.counter > 0))
          throw new HoldfastError("forbidden", "this passkey has signed less often than before: it may be a copy. Remove it, and add another");
        return put({ ...found, counter, used: at });
      }),
  };
}

/** A document that cannot be read is no reason to believe that the person has none. */
function parse(key: string, value: Json): Passkey {
  if (isObject(value)) {
    const { id, person, name, credential, publicKey, counter, host, transports, created, used } = value;
    const texts = [id, person, name, credential, publicKey, host].every((text) => typeof text === "string");
    const numbers = typeof counter === "number" && typeof created === "number" && (used === undefined || typeof used === "number");
    if (texts && numbers && id === key && Array.isArray(transports) && id === passkeyId(credential as string))
      return withoutAbsent({ ...(value as unknown as Passkey), used }) as Passkey;
  }
  throw new HoldfastError("unavailable", "a passkey in the store cannot be read; the store was changed by something else");
}
