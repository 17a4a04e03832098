import { createHash } from "node:crypto";
import type { AuditLog } from "../../audit/log.ts";
import { HoldfastError } from "../../core/errors.ts";
import type { Clock } from "../../core/layers.ts";
import type { Caller, Deed, PasskeyCalls, StepUp, StepUpMode } from "../../surfaces/api/index.ts";
import { Refusal } from "../../surfaces/http/refusal.ts";
import type { Names } from "../../surfaces/http/sanity.ts";
import { type Challenges, createChallenges } from "../../vault/challenges.ts";
import type { Documents } from "../../vault/documents.ts";
import { createPasskeys, type Passkey, type Passkeys } from "../../vault/passkeys.ts";
import { ALGORITHMS, challengeIn, type Site, type Webauthn } from "../../vault/webauthn.ts";

export interface PasskeyParts {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly webauthn: Webauthn;
  readonly audit: Pick<AuditLog, "system">;
  readonly mode: () => StepUpMode;
  /** Told when a passkey was refused: a person mistypes nothing there, so several are somebody who tries. */
  readonly refused: (person: string) => Promise<void>;
  /** What the server goes by. */
  readonly names: () => Names;
}

/** Without a passkey, one's own are added and removed only so long after the login: a session that was taken over later adds none. */
export const FRESH_MS = 10 * 60_000;

type Present = Caller & Required<Pick<Caller, "session">>;

/** Passkeys of people: how they are made and removed, and how one signs what is about to be done. */
export function passkeysOf({ documents, clock, random, webauthn, audit, mode, refused, names }: PasskeyParts): {
  readonly stepUp: StepUp;
  readonly calls: PasskeyCalls;
  readonly count: (person: string) => Promise<number>;
} {
  const passkeys = createPasskeys(documents);
  const challenges = createChallenges({ clock, random });
  const at = (host: string): Site => {
    const site = siteOf(names(), host);
    if (site === undefined) throw new Refusal(409, "denied", NO_SITE);
    return site;
  };
  const isFresh = ({ session }: Present): boolean => session.age < FRESH_MS;
  const needFresh = (caller: Present): void => {
    if (caller.passkey === undefined && !isFresh(caller)) throw new Refusal(403, "forbidden", STALE);
  };
  return {
    count: async (person) => (await passkeys.of(person)).length,
    stepUp: stepUpOf({ passkeys, challenges, clock, webauthn, audit, mode, refused, at }),
    calls: {
      async list(caller) {
        const host = siteOf(names(), caller.host)?.host;
        return {
          passkeys: (await passkeys.of(caller.name)).map(shown),
          step_up: mode(),
          ...(host === undefined ? {} : { host }),
          fresh: isFresh(caller),
        };
      },
      async create(caller) {
        const { host } = at(caller.host);
        return {
          challenge: challenges.issue(making(caller, host)).challenge,
          host,
          // Not the name itself: authenticators keep it, and sync it elsewhere.
          user: { id: createHash("sha256").update(`holdfast.dev/user/v1\n${caller.name}`).digest("base64url"), name: caller.name },
          algorithms: [...ALGORITHMS],
          exclude: (await usableAt(passkeys, caller.name, host)).map(descriptor),
        };
      },
      async add(caller, { name, ...made }) {
        needFresh(caller);
        const site = at(caller.host);
        const challenge = challengeIn(made.clientData) ?? "";
        if (challenges.redeem(challenge, making(caller, site.host)) !== "good")
          throw new Refusal(403, "forbidden", "this was not asked for here, or more than a minute ago: add the passkey again");
        const key = await webauthn.verifyMade(made, challenge, site);
        const { credential, transports } = made;
        // INVARIANT: what no passkey has signed is the first, also where two are made at once.
        const onlyFirst = caller.passkey === undefined && mode() !== "off" ? "only-first" : undefined;
        const added = { ...key, credential, transports, person: caller.name, name, host: site.host, created: clock.now() };
        const { id } = await passkeys.add(added, onlyFirst);
        // Recorded after: a passkey that nobody could add must not stand in the log; one that is not recorded is taken back.
        await audit.system("passkey-added", { by: caller.name, passkey: id, host: site.host }).catch(async (error: unknown) => {
          await passkeys.remove(caller.name, id);
          throw error;
        });
      },
      rename: async (caller, id, name) => (await passkeys.rename(caller.name, id, name)) !== undefined,
      async remove(caller, id) {
        needFresh(caller);
        if (!(await passkeys.of(caller.name)).some((one) => one.id === id)) return false;
        // What cannot be recorded does not happen: least of all that less is asked of a person.
        await audit.system("passkey-removed", { by: caller.name, passkey: id });
        return (await passkeys.remove(caller.name, id)) !== undefined;
      },
    },
  };
}

interface StepUpParts extends Pick<PasskeyParts, "clock" | "webauthn" | "audit" | "mode" | "refused"> {
  readonly passkeys: Passkeys;
  readonly challenges: Challenges;
  readonly at: (host: string) => Site;
}

function stepUpOf({ passkeys, challenges, clock, webauthn, audit, mode, refused, at }: StepUpParts): StepUp {
  const of = (deed: Deed, { name, session }: Present) => ({ ...deed, session: session.id, person: name });
  return {
    mode,
    has: async (person) => (await passkeys.of(person)).length > 0,
    async ask(deed, caller) {
      const all = await passkeys.of(caller.name);
      const { host } = at(caller.host);
      const usable = all.filter((one) => one.host === host);
      if (usable.length === 0)
        throw new Refusal(409, "denied", `your passkeys belong to ${[...new Set(all.map((one) => `\`${one.host}\``))].join(" and ")}: open the console there`);
      const { challenge, expires } = challenges.issue(of(deed, caller));
      return { challenge, host, credentials: usable.map(descriptor), expires_at: iso(expires) };
    },
    async check(deed, caller, given) {
      const facts = { by: caller.name, path: deed.path };
      try {
        const site = at(caller.host);
        const challenge = challengeIn(given.clientData) ?? "";
        const redeemed = challenges.redeem(challenge, of(deed, caller));
        if (redeemed !== "good") throw new HoldfastError("forbidden", WHY[redeemed]);
        const used = await passkeys.use(caller.name, given.credential, clock.now(), async (passkey) => {
          if (passkey.host !== site.host) throw new HoldfastError("forbidden", "this passkey belongs to another host");
          return webauthn.verifyShown(given, challenge, site, passkey);
        });
        // INVARIANT: that it was signed is in the log before it is carried out.
        await audit.system("step-up", { ...facts, passkey: used.id, body: deed.sha256 });
        return used.id;
      } catch (error) {
        if (error instanceof HoldfastError && error.code === "forbidden") {
          await audit.system("step-up-refused", { ...facts, why: error.message });
          await refused(caller.name);
          throw new Refusal(403, "forbidden", error.message);
        }
        throw error;
      }
    },
  };
}

/** A passkey that is made belongs to no request: what is signed says so. */
const making = ({ name, session }: Present, host: string) => ({ method: "MAKE", path: host, sha256: "", session: session.id, person: name });

const usableAt = async (passkeys: Passkeys, person: string, host: string): Promise<readonly Passkey[]> =>
  (await passkeys.of(person)).filter((one) => one.host === host);
const descriptor = ({ credential, transports }: Passkey) => ({ id: credential, transports: [...transports] });
const shown = ({ id, name, host, created, used }: Passkey) => ({
  id,
  name,
  host,
  created_at: iso(created),
  ...(used === undefined ? {} : { used_at: iso(used) }),
});

/**
 * Where passkeys can be made and used under this `Host`. INVARIANT: host and origins are names that the server goes by; the request only
 * chooses among them. Browsers want a name and TLS, or `localhost`.
 */
export function siteOf({ hosts, origins }: Names, host: string): Site | undefined {
  const name = host.replace(/:\d{1,5}$/, "").toLowerCase();
  if (!hosts.includes(name) || /^\[|^[\d.]+$/.test(name)) return undefined;
  const own = origins.filter((origin) => {
    const url = URL.canParse(origin) ? new URL(origin) : undefined;
    return url?.hostname === name && (url.protocol === "https:" || name === "localhost");
  });
  return own.length === 0 ? undefined : { host: name, origins: own };
}

const iso = (time: number): string => new Date(time).toISOString();
const WHY = {
  unknown: "this challenge was not given, or has been used: ask for another one",
  late: "this challenge is more than a minute old: ask for another one",
  other: "the passkey has signed another request than this one: ask for another challenge",
} as const;
const NO_SITE = "passkeys need a name: open the console at `localhost`, or over https under a name of `server.hosts`";
const STALE = "your login is more than ten minutes old: log in anew, and do this then";
