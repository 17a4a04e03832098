import { type Decision, join, NEUTRAL } from "../core/decision.ts";
import { memoise } from "../core/memoise.ts";
import { priceOf } from "./budget/measure.ts";
import { type Zone, zoneOf } from "./cel/scope.ts";
import type { ToolDefinition, ToolFacts } from "./defaults.ts";
import { notesOnEgress, notesOnHosts } from "./egress.ts";
import type { Configured } from "./flow/conversation.ts";
import { limitsOf } from "./limits.ts";
import { isModelId, RESERVED_SERVERS } from "./names.ts";
import { nearest } from "./nearest.ts";
import { unreachable, unsafeCounting, withoutCount } from "./own-calls.ts";
import { notesOnPeople } from "./people.ts";
import type { AgentPolicyConfig, AttemptsConfig, DegradeConfig, HostConfig, Mode, PolicyConfig, Problem } from "./policy-config.ts";
import { resolveRole } from "./roles/resolve.ts";
import { boundRule, compileRule, indexRules, type Rule } from "./rules.ts";
import { type Agent, type Subject, subjectOf } from "./subject.ts";
import { compileTools, NOTHING_PINNED, type Pinned, type Tools } from "./tools.ts";

/** A compiled policy: a value. It holds no counters and may be exchanged for another at any moment. */
export interface Policy {
  readonly agents: ReadonlyMap<string, AgentPolicy>;
  readonly tools: Tools;
  /** What their calls cost. */
  readonly models: PolicyConfig["models"];
  /** The agents that tool servers (`tools/<server>`) and upstreams of models (`models/<name>`) are. */
  readonly callees: ReadonlyMap<string, string>;
  /** `session`: milliseconds after which a session is over in which nothing was done. */
  readonly flow: {
    readonly mode: Mode;
    readonly ruleOfTwo: Mode | "off";
    readonly intent: Mode | "off";
    readonly declared: Mode | "off";
    readonly attempts: AttemptsConfig;
    readonly session: number;
  } & Configured;
  readonly zone: Zone;
  /** As the core's, and remembers: a policy's own decisions are few and join in the same ways again and again. */
  readonly join: (a: Decision, b: Decision) => Decision;
  /** The same policy where more is known of tools that nobody configured: what a client or server said of them. */
  readonly withDefinitions: (definitions: readonly ToolDefinition[]) => Policy;
}

export interface AgentPolicy {
  readonly name: string;
  readonly limits: AgentPolicyConfig["limits"];
  readonly egress: readonly HostConfig[];
  readonly degrade: DegradeConfig | undefined;
  /** Finds what the policy says of an action of this kind on the tool or model of this name. */
  readonly subject: (type: Parameters<typeof subjectOf>[3], name: string) => Subject;
}

export type Compiled =
  | { readonly ok: true; readonly policy: Policy /** What is allowed and perhaps not meant. */; readonly notes: readonly Problem[] }
  | { readonly ok: false; readonly faults: readonly Problem[] };

/** Compiles the whole policy or none of it: a policy with a hole in it would be another policy. */
export function compilePolicy(config: PolicyConfig, pinned: Pinned = NOTHING_PINNED): Compiled {
  const faults: Problem[] = [];
  const agents: Agent[] = [];
  for (const server of Object.keys(config.tools))
    if (RESERVED_SERVERS.has(server))
      faults.push({ path: ["tools", server], at: "key", message: `\`${server}\` is the name of a kind of action and cannot name a tool server` });
  for (const role of Object.keys(config.roles)) {
    const resolved = resolveRole(role, config.roles, ["roles", role]);
    if ("message" in resolved && !faults.some(({ path }) => path.join("\n") === resolved.path.join("\n"))) faults.push(resolved);
  }
  for (const [name, agent] of Object.entries(config.agents)) {
    const role = resolveRole(agent.role, config.roles, ["agents", name, "role"]);
    if ("message" in role) {
      if (role.path[0] === "agents") faults.push(role);
      continue;
    }
    const bounds = role.bounds.map((bound) => boundRule(bound.role, bound));
    faults.push(...unknownModels(name, agent, config));
    agents.push({ name, role, models: agent.models, bounds, egress: agent.egress ?? [] });
  }
  for (const { section, name, agent } of calleesIn(config))
    if (!Object.hasOwn(config.agents, agent))
      faults.push({
        path: [section, name, "agent"],
        message: `there is no agent \`${agent}\` under \`agents\``,
        ...nearest(agent, Object.keys(config.agents)),
      });
  const rules: Rule[] = [];
  const ids = new Set<string>();
  for (const [index, rule] of config.rules.entries()) {
    if (ids.has(rule.id)) faults.push({ path: ["rules", index, "id"], message: `there are two rules \`${rule.id}\`` });
    ids.add(rule.id);
    const compiled = compileRule(rule, index);
    if ("message" in compiled) faults.push(compiled);
    else rules.push(compiled);
  }
  faults.push(...unsafeCounting(config.tools));
  if (faults.length > 0) return { ok: false, faults };
  return { ok: true, policy: assemble(config, agents, rules, [], pinned), notes: notesOn(config, agents, rules) };
}

const DAY_MS = 24 * 60 * 60_000;

/** A subject is the same for every request like it, so it is worked out once; names come from outside, so only so many are kept. */
const MOST_SUBJECTS = 2_000;

function assemble(config: PolicyConfig, agents: readonly Agent[], rules: readonly Rule[], definitions: readonly ToolDefinition[], pinned: Pinned): Policy {
  const tools = compileTools(config.tools, readsOf(agents), definitions, pinned);
  const index = indexRules(rules);
  const compiled = agents.map((agent): [string, AgentPolicy] => {
    const kept = new Map<string, (name: string) => Subject>();
    let version = pinned.version;
    // Several controls ask about one request, one after the other.
    let last: { readonly type: string; readonly name: string; readonly subject: Subject } | undefined;
    const subject: AgentPolicy["subject"] = (type, name) => {
      if (version !== pinned.version) {
        kept.clear();
        [last, version] = [undefined, pinned.version];
      }
      if (last !== undefined && last.name === name && last.type === type) return last.subject;
      let named = kept.get(type);
      if (named === undefined) kept.set(type, (named = memoise(MOST_SUBJECTS, (one: string) => subjectOf(agent, tools, index, type, one))));
      last = { type, name, subject: named(name) };
      return last.subject;
    };
    const { limits, degrade } = config.agents[agent.name]!;
    return [agent.name, { name: agent.name, limits, degrade, egress: agent.egress, subject }];
  });
  return {
    agents: new Map(compiled),
    tools,
    models: config.models,
    callees: new Map(calleesIn(config).map(({ section, name, agent }) => [`${section}/${name}`, agent])),
    flow: {
      mode: config.flow.mode,
      ruleOfTwo: config.flow.rule_of_two ?? "monitor",
      intent: config.flow.intent ?? "off",
      declared: config.flow.declared ?? "enforce",
      attempts: config.flow.attempts ?? { mode: "monitor", score: 3 },
      session: config.flow.session ?? DAY_MS,
      bits: config.flow.bits ?? 0,
      manifest: (tool) => tools.manifest(tools.id(tool)),
    },
    zone: zoneOf(config.timezone),
    join: rememberingJoin(),
    withDefinitions: (more) => assemble(config, agents, rules, more, pinned),
  };
}

/** Whatever is an agent itself. */
function calleesIn({ tools, models }: PolicyConfig): readonly { readonly section: "tools" | "models"; readonly name: string; readonly agent: string }[] {
  return (["tools", "models"] as const).flatMap((section) =>
    Object.entries(section === "tools" ? tools : models).flatMap(([name, { agent }]) => (agent === undefined ? [] : [{ section, name, agent }])),
  );
}

/** The tools that a role in use lists by their whole name to be read. */
function readsOf(agents: readonly Agent[]): ReadonlySet<string> {
  return new Set(agents.flatMap(({ role }) => role.read.map(({ pattern }) => pattern)).filter((pattern) => !pattern.endsWith("*")));
}

/** Joins that are remembered. A caller chooses which rules hold together, so only so many combinations are kept. */
const MOST_JOINS = 10_000;

function rememberingJoin(): Policy["join"] {
  let kept = new Map<Decision, Map<Decision, Decision>>();
  let count = 0;
  return (a, b) => {
    if (b === NEUTRAL) return a;
    if (a === NEUTRAL) return b;
    const known = kept.get(a)?.get(b);
    if (known !== undefined) return known;
    if (++count > MOST_JOINS) [kept, count] = [new Map(), 0];
    const joined = join(a, b);
    const of = kept.get(a) ?? new Map<Decision, Decision>();
    kept.set(a, of.set(b, joined));
    return joined;
  };
}

function unknownModels(name: string, agent: AgentPolicyConfig, config: PolicyConfig): readonly Problem[] {
  const providers = Object.keys(config.models);
  return agent.models.flatMap((pattern, index) => {
    const provider = pattern.slice(0, Math.max(0, pattern.indexOf("/")));
    if (pattern === "*" || providers.includes(provider)) return [];
    const path = ["agents", name, "models", index];
    return provider === ""
      ? [{ path, message: `\`${pattern}\` names no upstream`, hint: "write `provider/model` or `provider/*`" }]
      : [{ path, message: `there is no upstream \`${provider}\` under \`models\``, ...nearest(provider, providers) }];
  });
}

function notesOn(config: PolicyConfig, agents: readonly Agent[], rules: readonly Rule[]): readonly Problem[] {
  const notes: Problem[] = [];
  const known = new Map(Object.entries(config.tools).flatMap(([server, { tools }]) => Object.keys(tools).map((tool) => [tool, `${server}.${tool}`] as const)));
  for (const { name, role } of agents)
    if (role.write.some(({ pattern }) => pattern === "*"))
      notes.push({ path: ["agents", name, "role"], message: `agent \`${name}\` may call every tool that is not blocked, also those that change something` });
  for (const { name, role, egress } of agents) notes.push(...notesOnEgress(name, role, egress));
  for (const [server, { sandbox }] of Object.entries(config.tools))
    notes.push(...notesOnHosts(`tool server \`${server}\``, ["tools", server, "sandbox", "allow_hosts"], sandbox?.allow_hosts ?? []));
  notes.push(...notesOnPeople(config), ...unpriced(config), ...unreachable(config.tools), ...withoutCount(config.tools, agents));
  for (const rule of rules) {
    const index = config.rules.findIndex(({ id }) => id === rule.id);
    for (const tool of rule.condition.only.tools ?? []) {
      const id = known.get(tool);
      if (id !== undefined)
        notes.push({ path: ["rules", index, "when"], message: `rule \`${rule.id}\` never holds: the tool \`${tool}\` is called \`${id}\` here` });
    }
  }
  return notes;
}

/** Models that an agent may call and, having a budget in money, cannot: nobody wrote what they cost. */
function unpriced({ agents, models }: PolicyConfig): readonly Problem[] {
  return Object.entries(agents).flatMap(([agent, { models: patterns, limits }]) => {
    const money = limitsOf(limits).budgets.find(({ unit }) => unit === "usd");
    if (money === undefined) return [];
    const without = patterns.flatMap((pattern) => {
      const [provider = ""] = pattern.split("/", 1);
      const name = pattern.slice(provider.length + 1);
      const asked = pattern === "*" ? Object.keys(models).map((one) => [one, "*"] as const) : [[provider, name] as const];
      // Where all models may be called and only some have a price, the others are refused: that can be meant.
      return asked
        .filter(([one, model]) => priceOf(models[one], model) === undefined && (model !== "*" || models[one]?.prices === undefined))
        .map(([one, model]) => `${one}/${model}`);
    });
    const path = ["agents", agent, "limits", ...money.id.split("/")];
    const named = [...new Set(without)].map((model) => `\`${model}\``).join(", ");
    return without.length === 0
      ? []
      : [
          {
            path,
            message: `agent \`${agent}\` has a budget in money, and ${named} has no price: such calls are refused`,
            hint: "write `prices` at the upstream",
          },
        ];
  });
}

/** True if the agent's role and model list let it call this model: what a list of models may show. */
export function mayUseModel(policy: Policy, agent: string, id: string): boolean {
  return isModelId(id) && policy.agents.get(agent)?.subject("model.call", id).base.effect === "permit";
}

/** True if the agent could be permitted to call this tool: by its role, or by a rule, whose condition only a request can answer. */
export function mayUseTool(policy: Policy, agent: string, tool: string, action: "tool.call" | "resource.read" = "tool.call"): boolean {
  const subject = policy.agents.get(agent)?.subject(action, tool);
  if (subject === undefined || subject.blocked) return false;
  return subject.base.effect === "permit" || subject.rules.some((rule) => rule.effect === "permit" && rule.enforced);
}

/** What is known of a tool, in whichever form its name is written. */
export function toolFacts(policy: Policy, tool: string): ToolFacts & { readonly id: string } {
  const id = policy.tools.id(tool);
  return { id, ...policy.tools.facts(id) };
}
