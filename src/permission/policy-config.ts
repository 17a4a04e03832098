import type { Chat } from "../core/decision.ts";
import type { Category, Integrity, Label } from "../core/label.ts";
import type { Unit } from "./budget/ledger.ts";

/** What the policy is compiled from: the part of a configuration that this layer reads. `src/config` produces values of this shape. */
export interface PolicyConfig {
  readonly models: { readonly [name: string]: ModelPolicyConfig };
  readonly tools: { readonly [server: string]: ServerConfig };
  readonly roles: { readonly [name: string]: RoleConfig };
  readonly agents: { readonly [name: string]: AgentPolicyConfig };
  readonly rules: readonly RuleConfig[];
  /** Those who answer questions. */
  readonly people?: { readonly [name: string]: { readonly roles: readonly string[] } };
  readonly oversight?: {
    readonly escalate: readonly { readonly to: readonly string[] }[];
    readonly quiet?: { readonly through: readonly string[] };
    readonly policy_editors?: readonly string[];
  };
  readonly flow: {
    readonly intent?: Mode | "off";
    readonly declared?: Mode | "off";
    readonly mode: Mode;
    readonly bits?: number;
    readonly rule_of_two?: Mode | "off";
    readonly attempts?: AttemptsConfig;
    readonly session?: number;
  };
  readonly timezone: string;
}

export type Mode = "monitor" | "enforce";

/** From which sum of scores on a session needs a person. */
export interface AttemptsConfig {
  readonly mode: Mode | "off";
  readonly score: number;
}

export interface FactsConfig {
  readonly effect?: "read" | "write";
  readonly egress?: boolean;
  readonly trust?: Integrity;
  readonly categories?: readonly Category[];
  readonly readers?: Label["readers"];
}

/** Where an argument must come from: the integrity of its source, or `delegated`: from what the user pointed at. */
export type Need = Integrity | "delegated";

/** A value that can say only so little that it may be released from an untrusted source. */
export interface Declassified {
  readonly as: "boolean" | "number" | "date" | readonly string[];
}

/** A field that only some may read. */
export interface Restricted {
  readonly trust?: Integrity;
  readonly readers: Label["readers"];
}

export interface ToolConfig extends FactsConfig {
  /** Its results are passed on without being read. */
  readonly handles?: boolean;
  readonly args?: {
    readonly [name: string]: { readonly needs?: Need; readonly hosts?: readonly string[]; readonly readers?: string; readonly sink?: unknown };
  };
  readonly paths?: { readonly [path: string]: Integrity | Declassified | Restricted };
  /** By address or `@domain`: how far what this sender wrote may be trusted. */
  readonly senders?: { readonly [sender: string]: Integrity };
  /** How it is undone: `server.tool`, or a request of another kind. */
  readonly undo?: { readonly call?: string; readonly http?: unknown };
  /** How what it would change is counted before: by another tool, or by itself as a dry run. */
  readonly records?: { readonly call?: string; readonly dry_run?: unknown; readonly timeout: number };
  /** It is a command, run here. */
  readonly command?: unknown;
}

export interface ServerConfig {
  /** The agent that the server is. */
  readonly agent?: string;
  /** How it is reached, where it is reached from here. */
  readonly stdio?: unknown;
  readonly http?: unknown;
  readonly default: FactsConfig;
  readonly tools: { readonly [tool: string]: ToolConfig };
  readonly sandbox?: { readonly allow_hosts?: readonly HostConfig[] };
}

export interface RoleConfig {
  readonly extends?: string;
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly deny: readonly string[];
}

/** What of an upstream budgets need. */
export interface ModelPolicyConfig {
  /** The agent that answers. */
  readonly agent?: string;
  readonly provider?: string;
  readonly prices?: { readonly [model: string]: PriceConfig };
  /** Tokens. */
  readonly max_output?: number;
}

/** Dollars for a million tokens; `max_output` in tokens. */
export interface PriceConfig {
  readonly input: number;
  readonly output: number;
  readonly cached?: number;
  readonly cache_write?: number;
  readonly max_output?: number;
}

/** `count` things in `ms` milliseconds; `text` as a person wrote it. */
export interface RateConfig {
  readonly count: number;
  readonly ms: number;
  readonly text: string;
}

/** `bytes` in `ms` milliseconds. */
export interface VolumeConfig {
  readonly bytes: number;
  readonly ms: number;
  readonly text: string;
}

/** A host that may be reached through the egress proxy: which ports, by which methods (none: all), and where its name may lead. */
export interface HostConfig {
  readonly host: string;
  readonly ports: readonly number[];
  readonly methods?: readonly string[];
  /** Ranges that are not public and allowed all the same. */
  readonly addresses: readonly string[];
  readonly tls: boolean;
}

/** How often the same may be done; `within` is how long it must be quiet, in milliseconds, before it begins anew. */
export interface DuplicatesConfig {
  readonly writes: number;
  readonly reads: number;
  readonly within: number;
}

/** After how many failures in a row nothing passes, and for how many milliseconds. */
export interface BreakerConfig {
  readonly failures: number;
  readonly pause: number;
}

/** How agents may call agents: how deep, how many from one place, how many of one beginning, and whether in a circle. */
export interface CallsConfig {
  readonly depth: number;
  readonly fan_out: RateConfig;
  readonly descendants: RateConfig;
  readonly cycles: boolean;
}

/** What one of several callers, or one tool, may have of what an agent may. */
export interface ShareConfig {
  readonly requests?: RateConfig;
  readonly actions?: RateConfig;
  readonly external?: RateConfig;
  /** `usd` in billionths of a dollar. */
  readonly budget?: { readonly [unit in Unit]?: RateConfig };
}

export type Degraded = "refuse" | "read-only" | "cached";

/** What goes on where something does not work. `recorded`: how old an answer may be that stands in for a call, in milliseconds. */
export interface DegradeConfig {
  readonly downstream: Degraded;
  readonly breaker: Degraded;
  readonly budget: Degraded;
  readonly store: Degraded;
  readonly recorded: number;
}

export interface AgentPolicyConfig {
  readonly degrade?: DegradeConfig;
  readonly role: string;
  readonly models: readonly string[];
  readonly egress?: readonly HostConfig[];
  readonly limits: Omit<ShareConfig, "requests"> & {
    readonly requests: RateConfig;
    readonly requests_per_user?: RateConfig;
    readonly requests_per_agent?: RateConfig;
    readonly connections?: RateConfig;
    readonly traffic?: VolumeConfig;
    readonly duplicates?: DuplicatesConfig;
    readonly breaker?: BreakerConfig;
    readonly agents?: CallsConfig;
    readonly key?: ShareConfig;
    readonly user?: ShareConfig;
    readonly session?: ShareConfig;
    readonly tool?: { readonly [tool: string]: ShareConfig };
  };
}

export interface RuleConfig {
  readonly id: string;
  readonly when: string;
  readonly after?: string;
  readonly until?: string;
  readonly then: "ask" | "deny" | "permit";
  readonly mode: Mode;
  /** Roles of people. */
  readonly approvers?: readonly string[];
  /** How many different people. */
  readonly approvals?: number;
  /** Where the question may be answered beside the console. */
  readonly in_chat?: readonly Chat[];
  /** Milliseconds. */
  readonly expires?: number;
}

export interface PolicyTestConfig {
  readonly agent: string;
  readonly call?: string;
  readonly model?: string;
  readonly args?: { readonly [name: string]: unknown };
  readonly user?: string;
  readonly context?: Integrity;
  readonly time?: string;
  /** What a dry run would count. */
  readonly records?: number;
  /** What was done in the same session before. */
  readonly before?: readonly Omit<PolicyTestConfig, "agent" | "expect" | "before">[];
  readonly expect: "permit" | "ask" | "deny";
}

/** Something wrong with the configuration; `path` leads to it, `offset` into its text. The one who read the file knows the line. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint?: string;
  readonly offset?: number;
  readonly at?: "key";
}
