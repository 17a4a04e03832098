import { withoutAbsent } from "../core/without-absent.ts";
import type { ToolFacts } from "./defaults.ts";
import { hostText } from "./egress.ts";
import { OTHER_ACTIONS, serverOf } from "./names.ts";
import type { Policy } from "./policy.ts";
import type { PolicyConfig } from "./policy-config.ts";
import { resolveRole } from "./roles/resolve.ts";

/** Who may do what, for people: what `holdfast check` and the console show. */
export interface Described {
  readonly agents: readonly {
    readonly agent: string;
    readonly role: string;
    readonly models: readonly string[];
    readonly read: readonly string[];
    readonly write: readonly string[];
    readonly deny: readonly string[];
    /** Hosts with their ports. */
    readonly egress: readonly string[];
  }[];
  /** The tools that configuration lists or grants by name, and those that its servers were seen to have, with what was guessed of them. */
  readonly tools: readonly ({ readonly tool: string; readonly countedBy?: string } & ToolFacts)[];
  readonly rules: readonly {
    readonly id: string;
    readonly then: "ask" | "deny" | "permit";
    readonly mode: "monitor" | "enforce";
    readonly after?: string;
    readonly until?: string;
  }[];
}

const OTHER: ReadonlySet<string> = new Set(OTHER_ACTIONS.keys());

/** `seen`: tools that servers were seen to have; those of servers that are not configured are nobody's. */
export function describePolicy(config: PolicyConfig, policy: Policy, seen: readonly string[] = []): Described {
  const agents = Object.entries(config.agents).map(([agent, { role, models, egress = [] }]) => {
    const resolved = resolveRole(role, config.roles, []);
    const patterns = (list: "read" | "write" | "deny"): readonly string[] =>
      "message" in resolved ? [] : [...new Set(resolved[list].map(({ pattern }) => pattern))];
    return { agent, role, models, read: patterns("read"), write: patterns("write"), deny: patterns("deny"), egress: egress.map(hostText) };
  });
  const listed = Object.entries(config.tools).flatMap(([server, { tools }]) => Object.keys(tools).map((tool) => `${server}.${tool}`));
  const granted = agents.flatMap(({ read, write }) => [...read, ...write]).filter((pattern) => !pattern.endsWith("*") && !OTHER.has(pattern));
  const served = seen.filter((tool) => Object.hasOwn(config.tools, serverOf(tool)));
  const tools = [...new Set([...listed, ...granted, ...served])].map((tool) => ({
    tool,
    ...policy.tools.facts(tool),
    ...withoutAbsent({ countedBy: policy.tools.countedBy(tool) }),
  }));
  return {
    agents,
    tools,
    rules: config.rules.map(({ id, then, mode, after, until }) => ({
      id,
      then,
      mode,
      ...(after === undefined ? {} : { after }),
      ...(until === undefined ? {} : { until }),
    })),
  };
}
