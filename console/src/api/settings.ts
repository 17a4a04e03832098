import { call } from "./client.ts";
import { signed } from "./passkey.ts";
import { fields, items, number, text } from "./read.ts";

export interface People {
  readonly people: readonly {
    readonly name: string;
    readonly roles: readonly string[];
    readonly token: boolean;
    readonly login: boolean;
    readonly mail: boolean;
    readonly passkeys: number;
  }[];
  readonly roles: readonly { readonly role: string; readonly rules: readonly string[]; readonly holders: readonly string[] }[];
}

export async function getPeople(): Promise<People> {
  const it = fields(await call("GET", "/api/v1/people"));
  return {
    people: items(it["people"]).map((one) => {
      const { name, roles, token, login, mail, passkeys } = fields(one);
      return { name: text(name), roles: items(roles).map(text), token: token === true, login: login === true, mail: mail === true, passkeys: number(passkeys) };
    }),
    roles: items(it["roles"]).map((one) => {
      const { role, rules, holders } = fields(one);
      return { role: text(role), rules: items(rules).map(text), holders: items(holders).map(text) };
    }),
  };
}

export interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly created: string;
  readonly used: string;
}

const MODES = ["off", "registered", "required"] as const;

export interface Passkeys {
  readonly passkeys: readonly Passkey[];
  /** What is not known here is the strictest. */
  readonly mode: (typeof MODES)[number];
  /** Where one can be made now; empty where none can be. */
  readonly host: string;
  readonly fresh: boolean;
}

export const getPasskeys = async (): Promise<Passkeys> => readPasskeys(await call("GET", "/api/v1/passkeys"));

export async function renamePasskey(id: string, name: string): Promise<void> {
  await call("POST", `/api/v1/passkeys/${encodeURIComponent(id)}/rename`, { name });
}

export async function removePasskey(id: string): Promise<void> {
  await signed(`/api/v1/passkeys/${encodeURIComponent(id)}/remove`, {});
}

function readPasskeys(from: unknown): Passkeys {
  const it = fields(from);
  return {
    passkeys: items(it["passkeys"]).map((one) => {
      const { id, name, host, created_at, used_at } = fields(one);
      return { id: text(id), name: text(name), host: text(host), created: text(created_at), used: text(used_at) };
    }),
    mode: MODES.find((mode) => mode === it["step_up"]) ?? "required",
    host: text(it["host"]),
    fresh: it["fresh"] === true,
  };
}

export interface OwnSession {
  readonly id: string;
  readonly begun: string;
  readonly expires: string;
  readonly current: boolean;
}

export async function getSessions(): Promise<readonly OwnSession[]> {
  return items(await call("GET", "/api/v1/sessions")).map((one) => {
    const { id, begun_at, expires_at, current } = fields(one);
    return { id: text(id), begun: text(begun_at), expires: text(expires_at), current: current === true };
  });
}

/** One of one's own sessions, or all of them. */
export async function endSession(id?: string): Promise<void> {
  await call("POST", `/api/v1/sessions/${id === undefined ? "" : `${encodeURIComponent(id)}/`}end`, {});
}

export interface AgentKey {
  readonly id: string;
  readonly agent: string;
  readonly user: string;
  readonly models: readonly string[];
  readonly created: string;
  readonly expires: string;
  /** Empty where it was not since the start. */
  readonly used: string;
}

export async function getKeys(): Promise<readonly AgentKey[]> {
  return items(await call("GET", "/api/v1/keys")).map((one) => {
    const { id, agent, user, models, created_at, expires_at, used_at } = fields(one);
    return {
      id: text(id),
      agent: text(agent),
      user: text(user),
      models: items(models).map(text),
      created: text(created_at),
      expires: text(expires_at),
      used: text(used_at),
    };
  });
}

/** Makes a key for an agent. The key itself is in this answer and nowhere else. */
export async function mintKey(agent: string): Promise<string> {
  return text(fields(await signed("/api/v1/keys", { agent }))["key"]);
}

export async function revokeKey(id: string): Promise<void> {
  await call("POST", `/api/v1/keys/${encodeURIComponent(id)}/revoke`, {});
}

const KINDS = ["json", "text", "slack", "mail"] as const;

export interface Channel {
  readonly id: string;
  readonly kind: (typeof KINDS)[number] | "unknown";
  readonly host: string;
  readonly to: string;
  readonly signed: boolean;
}

export interface Channels {
  readonly channels: readonly Channel[];
  /** Seconds. */
  readonly digest: number;
  readonly quiet: { readonly from: string; readonly until: string; readonly days: readonly string[]; readonly zone: string } | undefined;
  readonly escalate: readonly { readonly after: number; readonly to: readonly string[] }[];
}

export async function getChannels(): Promise<Channels> {
  const it = fields(await call("GET", "/api/v1/channels"));
  const quiet = fields(it["quiet"]);
  return {
    channels: items(it["channels"]).map((one) => {
      const { id, kind, host, to, signed: isSigned } = fields(one);
      return { id: text(id), kind: KINDS.find((known) => known === kind) ?? "unknown", host: text(host), to: text(to), signed: isSigned === true };
    }),
    digest: number(it["digest"]),
    quiet:
      it["quiet"] === undefined
        ? undefined
        : { from: text(quiet["from"]), until: text(quiet["until"]), days: items(quiet["days"]).map(text), zone: text(quiet["zone"]) },
    escalate: items(it["escalate"]).map((one) => ({ after: number(fields(one)["after"]), to: items(fields(one)["to"]).map(text) })),
  };
}

export async function testChannel(id: string): Promise<void> {
  await call("POST", `/api/v1/channels/${encodeURIComponent(id)}/test`, {});
}
