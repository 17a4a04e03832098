import type { AuditLog } from "../audit/log.ts";
import type { Config } from "../config/index.ts";
import type { Clock } from "../core/layers.ts";
import { LOCAL_OPERATOR } from "../core/local-operator.ts";
import { withoutAbsent } from "../core/without-absent.ts";
import type { Channel } from "../oversight/index.ts";
import type { Settings } from "../surfaces/api/index.ts";
import type { Key, Keys } from "../vault/keys.ts";
import type { Session, Sessions } from "../vault/sessions.ts";
import { holders } from "./people/people.ts";

export interface SettingsParts {
  readonly config: () => Config;
  readonly sessions: Pick<Sessions, "of" | "end" | "endAll">;
  readonly keys: Pick<Keys, "list" | "mint" | "revoke" | "usedAt">;
  readonly passkeys: (person: string) => Promise<number>;
  readonly audit: Pick<AuditLog, "system">;
  readonly channels: () => readonly Channel[];
  readonly clock: Pick<Clock, "now">;
}

/** How Holdfast is set up, as the console shows it. What is in force stands in the configuration; nothing here changes it. */
export function settingsOf({ config, sessions, keys, passkeys, audit, channels, clock }: SettingsParts): Settings {
  const ended = (by: string, facts: { readonly session?: string }): Promise<void> => audit.system("sessions-ended", { by, ...facts });
  return {
    async people() {
      const { people, rules } = config();
      const named = Object.entries(people).map(async ([name, { roles, token, login, mail }]) => ({
        name,
        roles: [...roles],
        token: token !== undefined,
        login: login !== undefined,
        mail: mail !== undefined,
        passkeys: await passkeys(name),
      }));
      const operator = { name: LOCAL_OPERATOR, roles: [], token: true, login: false, mail: false, passkeys: await passkeys(LOCAL_OPERATOR) };
      const roles = new Map<string, string[]>();
      for (const person of Object.values(people)) for (const role of person.roles) roles.set(role, roles.get(role) ?? []);
      for (const { id, approvers = [] } of rules) for (const role of approvers) roles.set(role, [...(roles.get(role) ?? []), id]);
      return {
        people: [operator, ...(await Promise.all(named))],
        roles: [...roles].map(([role, ids]) => ({ role, rules: ids, holders: [...holders(config(), role)] })),
      };
    },
    sessions: (person, current) => sessions.of(person).map((one) => sessionForm(one, current)),
    async endSession(person, id) {
      const was = sessions.end(person, id);
      if (was) await ended(person, { session: id });
      return was;
    },
    async endSessions(person) {
      // First, and whatever becomes of the record: who asks for this fears that somebody else is in.
      sessions.endAll(person);
      await ended(person, {});
    },
    keys: async () => (await keys.list()).map((key) => keyForm(key, keys.usedAt(key.id))).sort((a, b) => (a.created_at < b.created_at ? 1 : -1)),
    async mint(agent, by) {
      // ATTACK: whoever answers what agents ask must not make themselves an agent's key, and approve what they ask with it.
      if (by !== LOCAL_OPERATOR) return { refused: "not-yours" };
      if (!Object.hasOwn(config().agents, agent)) return { refused: "no-agent" };
      const { text, key } = await keys.mint({ agent });
      // INVARIANT: no key is handed out that is not on record.
      await audit.system("key-minted", { key: key.id, agent, by });
      return { key: text, id: key.id, agent };
    },
    async revokeKey(id, by) {
      const known = (await keys.list()).find((key) => key.id === id);
      if (known === undefined || !(await keys.revoke(id))) return false;
      await audit.system("key-revoked", { key: id, agent: known.agent, by });
      return true;
    },
    channels() {
      const { oversight, timezone } = config();
      const { quiet, webhooks } = oversight;
      return {
        channels: channels().map((channel, at) => {
          const hook = webhooks[at];
          return withoutAbsent({
            id: idOf(at),
            kind: hook === undefined ? ("mail" as const) : hook.format,
            host: channel.host,
            to: hook === undefined ? channel.key.replace(/^mail /, "") : undefined,
            signed: hook?.secret !== undefined,
          });
        }),
        language: oversight.language,
        digest: oversight.digest / 1000,
        ...(quiet === undefined
          ? {}
          : {
              quiet: withoutAbsent({
                from: timeOf(quiet.from),
                until: timeOf(quiet.until),
                days: [...quiet.days],
                through: [...quiet.through],
                zone: timezone,
              }),
            }),
        escalate: oversight.escalate.map(({ after, to }) => ({ after: after / 1000, to: [...to] })),
      };
    },
    async test(id, by) {
      const channel = channels().find((_channel, at) => idOf(at) === id);
      if (channel === undefined) return undefined;
      const sent = await channel.send({ id: `test-${clock.now()}`, news: [], missed: 0, test: by }).catch(() => ({ is: "later" }) as const);
      return { sent: sent.is === "taken", ...("status" in sent && sent.status !== undefined ? { status: sent.status } : {}) };
    },
  };
}

const idOf = (at: number): string => `ch-${at + 1}`;
const iso = (time: number): string => new Date(time).toISOString();
const sessionForm = ({ id, begun, expires }: Session, current: string | undefined) => ({
  id,
  begun_at: iso(begun),
  expires_at: iso(expires),
  current: id === current,
});
const keyForm = ({ id, agent, user, models, created, expires }: Key, used: number | undefined) =>
  withoutAbsent({
    id,
    agent,
    user,
    models: models === undefined ? undefined : [...models],
    created_at: iso(created),
    expires_at: expires === undefined ? undefined : iso(expires),
    used_at: used === undefined ? undefined : iso(used),
  });

/** Minutes since midnight as a clock shows them. */
function timeOf(minutes: number | undefined): string | undefined {
  if (minutes === undefined) return undefined;
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
}
