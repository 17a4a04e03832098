import type { Decision } from "../core/decision.ts";
import { deny, permit } from "../core/decision.ts";
import { type Label, UNTRUSTED } from "../core/label.ts";
import type { Request } from "../core/request.ts";
import type { ToolFacts } from "./defaults.ts";
import { hostFor, targetOf } from "./egress.ts";
import type { Described } from "./flow/judge.ts";
import { blocks, grants, grantsModel, isModelId, isToolName, OTHER_ACTIONS, serverOf } from "./names.ts";
import type { HostConfig } from "./policy-config.ts";
import type { Role } from "./roles/resolve.ts";
import type { Rule, RuleIndex } from "./rules.ts";
import type { Sequence } from "./sequence.ts";
import { resultLabel, type Tools } from "./tools.ts";

/** All that an agent's policy says about one kind of action on one thing before the request itself is looked at. */
export interface Subject {
  /** The tool's id as rules see it, or "". */
  readonly tool: string;
  readonly server: string;
  readonly facts: Pick<ToolFacts, "effect" | "egress"> | undefined;
  /** The same with the tool's definition and what configuration says of its arguments, for the controls that look at those. */
  readonly described: (Described & { readonly id: string }) | undefined;
  /** The label of what comes back, where configuration or the lack of it says so; undefined for models and lists. */
  readonly result: Label | undefined;
  /** What the role says. A permit that no rule, bound or control tightens is the answer. */
  readonly base: Decision;
  /** A denial that no rule may lift: a block, or something that cannot be decided about. */
  readonly blocked: boolean;
  readonly bounds: readonly Rule[];
  readonly rules: readonly Rule[];
  /** The rules that look back and that this may arm or disarm. */
  readonly moves: readonly Sequence[];
}

export interface Agent {
  readonly name: string;
  readonly role: Role;
  readonly models: readonly string[];
  readonly bounds: readonly Rule[];
  readonly egress: readonly HostConfig[];
}

/** The tool or model that an action is about. */
export function nameOf({ action, resource }: Request): string {
  if (action.type === "net.connect") return targetOf(action);
  if (action.type === "model.call") return resource?.type === "model" ? resource.id : "";
  return action.tool !== undefined && NAMED.has(action.type) ? action.tool : "";
}

/** Tools, and what MCP servers have beside them (`crm.resources`). */
const NAMED: ReadonlySet<Request["action"]["type"]> = new Set(["tool.call", "resource.read", "client.sample", "client.elicit"]);

type Type = Request["action"]["type"];
type Unruled = Omit<Subject, "described" | "rules" | "moves">;

/** The subject of a request. It depends on the agent, the kind of action, and the name of the tool or model only, so it can be kept. */
export function subjectOf(agent: Agent, tools: Tools, index: RuleIndex, type: Type, name: string): Subject {
  const subject = unruled(agent, tools, type, name);
  const { tool, server, facts } = subject;
  const described = facts === undefined ? undefined : { ...facts, id: tool, definition: tools.definition(tool), manifest: tools.manifest(tool) };
  return { ...subject, described, rules: index.about(type, tool, server), moves: index.movedBy(type, tool, server) };
}

function unruled(agent: Agent, tools: Tools, type: Type, name: string): Unruled {
  const plain = (base: Decision, blocked = false): Unruled => ({ tool: "", server: "", facts: undefined, result: undefined, base, blocked, bounds: [] });
  switch (type) {
    case "model.call": {
      if (!isModelId(name)) return plain(UNNAMEABLE, true);
      const pattern = agent.models.find((one) => grantsModel(one, name));
      return plain(
        pattern === undefined
          ? modelDenied(agent)
          : permit({ id: `agents/${agent.name}/models`, text: `agent \`${agent.name}\` may call models \`${pattern}\`` }),
      );
    }
    case "model.list":
      return plain(
        agent.models.length === 0
          ? modelDenied(agent)
          : permit({ id: `agents/${agent.name}/models`, text: "the list shows the models that the agent may call" }),
      );
    case "tool.list":
      return plain(permit({ id: `agents/${agent.name}/role`, text: "the list shows the tools that the agent may call" }));
    case "tool.call": {
      if (!isToolName(name)) return plain(UNNAMEABLE, true);
      const id = tools.id(name);
      const facts = tools.facts(id);
      return granted(agent, id, tools.meanings(name), serverOf(id), facts, resultLabel(id, facts, tools.manifest(id)));
    }
    case "net.connect": {
      const role = granted(agent, type, [type], "", OTHER_ACTIONS.get(type)!, UNTRUSTED);
      const listed = hostFor(agent.egress, name);
      if (role.blocked || listed === undefined) return { ...role, tool: "" };
      // What the list names is granted by it; a role that grants connections as such says nothing about where to.
      const text = `agent \`${agent.name}\` may reach \`${listed.host}\``;
      return { ...role, tool: "", base: permit({ id: `agents/${agent.name}/egress`, text }) };
    }
    default: {
      const facts = OTHER_ACTIONS.get(type);
      if (facts === undefined) return plain(UNKNOWN_ACTION, true);
      if (name === "") return { ...granted(agent, type, [type], "", facts, UNTRUSTED), tool: "" };
      // What an MCP server has beside its tools: granted with the server, or as a kind of action for all servers.
      if (!isToolName(name)) return plain(UNNAMEABLE, true);
      const of = serverOf(name);
      const result = resultLabel(name, tools.facts(name), tools.manifest(name));
      const server = granted(agent, name, [name, type], of, facts, result);
      const kind = granted(agent, type, [type], of, facts, result);
      return { ...(server.base.effect === "permit" || server.blocked ? server : kind.base.effect === "permit" ? kind : server), tool: "" };
    }
  }
}

function granted(agent: Agent, id: string, meanings: readonly string[], server: string, facts: Pick<ToolFacts, "effect" | "egress">, result: Label): Unruled {
  const { role } = agent;
  const rest = { tool: id, server, facts, result, bounds: facts.effect === "write" ? agent.bounds : [] };
  // What is blocked stays blocked in whichever form a client writes it.
  const block = role.deny.find(({ pattern }) => meanings.some((meaning) => blocks(pattern, meaning)));
  if (block !== undefined)
    return { ...rest, base: deny({ id: `roles/${block.role}`, text: `role \`${block.role}\` blocks \`${block.pattern}\`` }), blocked: true };
  const list = facts.effect === "write" ? role.write : [...role.read, ...role.write];
  const grant = list.find(({ pattern }) => grants(pattern, id));
  if (grant !== undefined) {
    const text = `role \`${grant.role}\` grants \`${grant.pattern}\` to ${facts.effect}`;
    return { ...rest, base: permit({ id: `roles/${grant.role}`, text }), blocked: false };
  }
  const reading = role.read.find(({ pattern }) => grants(pattern, id));
  const text =
    reading === undefined
      ? "nothing permits this action"
      : `the action counts as writing, and role \`${reading.role}\` grants \`${reading.pattern}\` only to read`;
  return { ...rest, base: deny({ id: "default-deny", text }), blocked: false };
}

const modelDenied = ({ name }: Agent): Decision => deny({ id: "default-deny", text: `the model is not among those of agent \`${name}\`` });
const UNNAMEABLE = deny({ id: "default-deny", text: "the name is missing or holds characters that names do not have" });
const UNKNOWN_ACTION = deny({ id: "default-deny", text: "the kind of action is unknown" });
