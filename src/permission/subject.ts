import type { Decision } from "../core/decision.ts";
import { deny, permit } from "../core/decision.ts";
import type { Request } from "../core/request.ts";
import type { ToolFacts } from "./defaults.ts";
import { blocks, grants, grantsModel, isModelId, isToolName, OTHER_ACTIONS, serverOf } from "./names.ts";
import type { Role } from "./roles/resolve.ts";
import type { Rule, RuleIndex } from "./rules.ts";
import type { Tools } from "./tools.ts";

/** All that an agent's policy says about one kind of action on one thing before the request itself is looked at. */
export interface Subject {
  /** The tool's id as rules see it, or "". */
  readonly tool: string;
  readonly server: string;
  readonly facts: Pick<ToolFacts, "effect" | "egress"> | undefined;
  /** What the role says. A permit that no rule, bound or control tightens is the answer. */
  readonly base: Decision;
  /** A denial that no rule may lift: a block, or something that cannot be decided about. */
  readonly blocked: boolean;
  readonly bounds: readonly Rule[];
  readonly rules: readonly Rule[];
}

export interface Agent {
  readonly name: string;
  readonly role: Role;
  readonly models: readonly string[];
  readonly bounds: readonly Rule[];
}

/** The subject of a request. It depends on the agent, the kind of action, and the name of the tool or model only, so it can be kept. */
export function subjectOf(agent: Agent, tools: Tools, rules: RuleIndex, type: Request["action"]["type"], name: string): Subject {
  const plain = (base: Decision, blocked = false): Subject => ({
    tool: "",
    server: "",
    facts: undefined,
    base,
    blocked,
    bounds: [],
    rules: rules.about(type, "", ""),
  });
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
      return granted(agent, id, tools.meanings(name), serverOf(id), tools.facts(id), rules.about(type, id, serverOf(id)));
    }
    default: {
      const facts = OTHER_ACTIONS.get(type);
      if (facts === undefined) return plain(UNKNOWN_ACTION, true);
      if (name === "") return { ...granted(agent, type, [type], "", facts, rules.about(type, "", "")), tool: "" };
      // What an MCP server has beside its tools: granted with the server, or as a kind of action for all servers.
      if (!isToolName(name)) return plain(UNNAMEABLE, true);
      const of = serverOf(name);
      const server = granted(agent, name, [name, type], of, facts, rules.about(type, "", of));
      const kind = granted(agent, type, [type], of, facts, server.rules);
      return { ...(server.base.effect === "permit" || server.blocked ? server : kind.base.effect === "permit" ? kind : server), tool: "" };
    }
  }
}

function granted(
  agent: Agent,
  id: string,
  meanings: readonly string[],
  server: string,
  facts: Pick<ToolFacts, "effect" | "egress">,
  rules: readonly Rule[],
): Subject {
  const { role } = agent;
  const rest = { tool: id, server, facts, bounds: facts.effect === "write" ? agent.bounds : [], rules };
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
