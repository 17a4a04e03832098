import { call } from "./client.ts";
import { signed } from "./passkey.ts";
import { type Fields, fields, items, number, text } from "./read.ts";

export const PHASES = ["shadow", "supervised", "spot-checked", "exception-based"] as const;
export type Phase = (typeof PHASES)[number] | "unknown";
export const CRITERIA = ["stay", "quiet", "calls", "errors", "decisions", "agreement"] as const;

export interface Criterion {
  readonly id: (typeof CRITERIA)[number] | "unknown";
  readonly value: number;
  readonly wanted: number;
  readonly met: boolean;
}

export interface Pause {
  readonly by: string;
  readonly reason: string;
  readonly since: string;
}

const SCOPES = ["agent", "tool", "key", "user", "session"] as const;

export interface Budget {
  readonly id: string;
  readonly scope: (typeof SCOPES)[number] | "unknown";
  /** Which tool, key, user or session; empty for the agent itself. */
  readonly of: string;
  readonly used: number;
  readonly limit: number;
  readonly unit: string;
  /** Seconds. */
  readonly window: number;
  readonly frees: string;
}

/** Where an agent stands, by itself or with one tool. */
export interface Standing {
  readonly phase: Phase;
  readonly since: string;
  readonly criteria: readonly Criterion[];
  readonly proposed: Phase | undefined;
  readonly incident: { readonly at: string; readonly cause: string } | undefined;
}

export interface Agent extends Standing {
  readonly name: string;
  readonly paused: Pause | undefined;
  /** Somebody gave it a phase, so that an incident moves it. */
  readonly graduated: boolean;
  /** Tools with which it has a phase of its own. */
  readonly tools: readonly (Standing & { readonly tool: string })[];
  readonly role: string;
  readonly models: readonly string[];
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly deny: readonly string[];
  readonly budgets: readonly Budget[];
}

export interface Move {
  readonly at: string;
  /** Empty where the agent itself was moved. */
  readonly tool: string;
  readonly from: Phase;
  readonly to: Phase;
  readonly by: string;
  readonly reason: string;
  readonly forced: boolean;
}

export interface Agents {
  /** All agents at once. */
  readonly all: Pause | undefined;
  readonly agents: readonly Agent[];
}

const ADDRESS = "/api/v1/agents";
/** What stands for all agents. */
export const ALL = "*";

export async function getAgents(): Promise<Agents> {
  return readAgents(await call("GET", ADDRESS));
}

export async function getAgent(name: string): Promise<Agent & { readonly history: readonly Move[] }> {
  const it = fields(await call("GET", `${ADDRESS}/${encodeURIComponent(name)}`));
  return { ...readAgent(it), history: items(it["history"]).map(readMove) };
}

export type Act = "pause" | "resume" | "promote" | "demote";

/** Does it, with the reason for the record. */
export async function act(
  name: string,
  what: Act,
  body: { readonly reason: string; readonly tool?: string; readonly to?: string; readonly force?: boolean },
): Promise<void> {
  const path = `${ADDRESS}/${encodeURIComponent(name)}/${what}`;
  // Stopping waits for no passkey.
  await (what === "pause" || what === "demote" ? call("POST", path, body) : signed(path, body));
}

export function readAgents(from: unknown): Agents {
  const it = fields(from);
  return { all: readPause(it["all"]), agents: items(it["agents"]).map((one) => readAgent(fields(one))) };
}

function readStanding(it: Fields): Standing {
  const incident = fields(it["incident"]);
  return {
    phase: phase(it["phase"]),
    since: text(it["since"]),
    criteria: items(it["criteria"]).map((one) => {
      const { id, value, wanted, met } = fields(one);
      return { id: CRITERIA.find((known) => known === id) ?? "unknown", value: number(value), wanted: number(wanted), met: met === true };
    }),
    proposed: it["proposed"] === undefined ? undefined : phase(it["proposed"]),
    incident: it["incident"] === undefined ? undefined : { at: text(incident["at"]), cause: text(incident["cause"]) },
  };
}

function readAgent(it: Fields): Agent {
  return {
    ...readStanding(it),
    name: text(it["agent"]),
    paused: readPause(it["paused"]),
    graduated: it["graduated"] === true,
    tools: items(it["tools"]).map((one) => ({ ...readStanding(fields(one)), tool: text(fields(one)["tool"]) })),
    role: text(it["role"]),
    ...lists(it),
    budgets: items(it["budgets"]).map((one) => {
      const { id, scope, of, used, limit, unit, window, frees_at } = fields(one);
      return {
        id: text(id),
        scope: SCOPES.find((known) => known === scope) ?? "unknown",
        of: text(of),
        used: number(used),
        limit: number(limit),
        unit: text(unit),
        window: number(window),
        frees: text(frees_at),
      };
    }),
  };
}

function lists(it: Fields): Pick<Agent, "models" | "read" | "write" | "deny"> {
  const list = (name: string): readonly string[] => items(it[name]).map(text);
  return { models: list("models"), read: list("read"), write: list("write"), deny: list("deny") };
}

function readPause(from: unknown): Pause | undefined {
  if (from === undefined || from === null) return undefined;
  const { by, reason, since } = fields(from);
  return { by: text(by), reason: text(reason), since: text(since) };
}

function readMove(from: unknown): Move {
  const { at, tool, from: before, to, by, reason, forced } = fields(from);
  return { at: text(at), tool: text(tool), from: phase(before), to: phase(to), by: text(by), reason: text(reason), forced: forced === true };
}

const phase = (from: unknown): Phase => PHASES.find((known) => known === from) ?? "unknown";
