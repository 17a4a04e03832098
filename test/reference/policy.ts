/**
 * What a policy means, as simply as it can be said: every grant and every rule is looked at for every request, conditions are evaluated
 * by the CEL library itself. Slow and obvious; the real one is tested against it. Limits and information flow are not part of it.
 */
import { Environment } from "@marcbachmann/cel-js";

export interface ReferencePolicy {
  readonly roles: {
    readonly [name: string]: {
      readonly extends?: string;
      readonly read: readonly string[];
      readonly write: readonly string[];
      readonly deny: readonly string[];
    };
  };
  readonly agents: { readonly [name: string]: { readonly role: string; readonly models: readonly string[] } };
  readonly rules: readonly { readonly id: string; readonly when: string; readonly then: "ask" | "deny" | "permit"; readonly mode: "monitor" | "enforce" }[];
  /** What each tool does. */
  readonly effects: { readonly [tool: string]: "read" | "write" };
}

export interface ReferenceRequest {
  readonly agent: string;
  readonly tool?: string;
  readonly model?: string;
  readonly args: { readonly [name: string]: unknown };
}

export type Effect = "permit" | "ask" | "deny";

/** The effect, and the ids of the rules that hold (or could not be evaluated). */
export function decide(policy: ReferencePolicy, request: ReferenceRequest): { readonly effect: Effect; readonly rules: readonly string[] } {
  const agent = Object.hasOwn(policy.agents, request.agent) ? policy.agents[request.agent] : undefined;
  if (agent === undefined) return { effect: "deny", rules: [] };
  const held = policy.rules.flatMap((rule) => {
    const answer = evaluate(rule.when, request);
    const applies = answer === "error" ? rule.then !== "permit" : answer;
    return applies ? [rule] : [];
  });
  const enforced = held.filter(({ mode }) => mode === "enforce").map(({ then }) => then);
  const rules = held.map(({ id }) => id);
  const [granted, blocked] =
    request.model === undefined
      ? grantedTool(policy, agent.role, request.tool ?? "")
      : [agent.models.some((pattern) => matches(pattern, request.model ?? "", "/")), false];
  if (blocked || enforced.includes("deny")) return { effect: "deny", rules };
  if (!granted && !enforced.includes("permit")) return { effect: "deny", rules };
  return { effect: enforced.includes("ask") ? "ask" : "permit", rules };
}

function grantedTool(policy: ReferencePolicy, name: string, tool: string): readonly [granted: boolean, blocked: boolean] {
  const role = policy.roles[name];
  if (role === undefined) return [false, true];
  const [inherited, blockedAbove] = role.extends === undefined ? [false, false] : grantedTool(policy, role.extends, tool);
  // The names of these scenarios speak of no change, so a role in use that lists one to be read has said what it does.
  const effect = policy.effects[tool] ?? (Object.values(policy.agents).some(({ role }) => readsByName(policy, role, tool)) ? "read" : "write");
  const list = effect === "write" ? role.write : [...role.read, ...role.write];
  return [inherited || list.some((pattern) => matches(pattern, tool, ".")), blockedAbove || role.deny.some((pattern) => matches(pattern, tool, "."))];
}

function readsByName(policy: ReferencePolicy, name: string, tool: string): boolean {
  const role = policy.roles[name];
  return role !== undefined && (role.read.includes(tool) || (role.extends !== undefined && readsByName(policy, role.extends, tool)));
}

function matches(pattern: string, name: string, separator: string): boolean {
  if (pattern === "*") return true;
  const [server, rest] = pattern.split(separator);
  return rest === "*" ? name.split(separator)[0] === server && name.includes(separator) : pattern === name;
}

function evaluate(when: string, { tool = "", model, args }: ReferenceRequest): boolean | "error" {
  const action = { type: model === undefined ? "tool.call" : "model.call", tool, server: tool.includes(".") ? tool.split(".")[0] : "" };
  try {
    const value: unknown = new Environment({ unlistedVariablesAreDyn: true }).evaluate(when, { action, args });
    return typeof value === "boolean" ? value : "error";
  } catch {
    return "error";
  }
}
