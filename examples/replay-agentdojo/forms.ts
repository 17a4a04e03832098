import type { Row } from "./convert.ts";

export interface Tool {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema?: unknown;
}

export type Event =
  | { readonly type: "tool.call"; readonly tool: string; readonly args: object }
  | { readonly type: "tool.result"; readonly tool: string; readonly text: string }
  | { readonly type: "user"; readonly text: string }
  | { readonly type: "model"; readonly text: string };

/** One line for `holdfast replay`. `calls` says whose calls stand at the end: replay lets it in and does not read it. */
export interface Run {
  readonly id: string;
  readonly user: string;
  readonly tools: readonly Tool[];
  readonly events: readonly Event[];
  readonly calls: "user" | "attacker" | "model";
  /** Index of the first call that is the attacker's; absent where none is. */
  readonly attacker_from?: number;
}

type Tools = ReadonlyMap<string, readonly Tool[]>;
export const INJECAGENT = "injecagent";

/** A tool's description, or undefined for a row that is something else. */
export function toolOf(row: Row): { readonly suite: string; readonly tool: Tool } | undefined {
  const { tool, parameters } = row;
  if (typeof tool !== "string" || typeof parameters !== "object" || parameters === null) return undefined;
  const described = text(row["description"] ?? row["summary"]);
  const inputSchema = Array.isArray(parameters) ? schemaOf(parameters) : parameters;
  return {
    suite: "toolkit" in row ? INJECAGENT : text(row["suite"]),
    tool: { name: tool, description: described, inputSchema },
  };
}

/** The user's correct calls with the injected results in place; and, a second run, the attacker's calls after the user's last one. */
export function agentDojo(row: Row, tools: Tools): readonly Run[] {
  const steps = list(row["steps"]).map(fields);
  const mine = steps.flatMap((step): Event[] => [
    call(step),
    { type: "tool.result", tool: text(step["function"]), text: text(step["output"] ?? step["error"]) },
  ]);
  const theirs = list(row["attacker_calls"]).map((one) => call(fields(one)));
  const suite = text(row["suite"]);
  const common = { user: text(row["user_prompt"]), tools: tools.get(suite) ?? [] };
  const id = [row["benchmark"], row["version"], suite, row["user_task"], row["injection_task"], row["attack"]].map(text).join("/");
  return [
    { id: `${id}/user`, ...common, events: mine, calls: "user" },
    { id: `${id}/attacker`, ...common, events: [...mine, ...theirs], calls: "attacker", attacker_from: steps.length },
  ];
}

/** What a real model did under attack, as it was recorded. */
export function agentDynRun(row: Row, tools: Tools): readonly Run[] {
  const messages = list(row["messages"]).map(fields);
  const first = messages.findIndex(({ role }) => role === "user");
  if (first < 0) return [];
  const events = messages.slice(first + 1).flatMap((message): Event[] => {
    const said = text(message["content"]);
    switch (message["role"]) {
      case "user":
        return [{ type: "user", text: said }];
      case "tool":
        return [{ type: "tool.result", tool: text(message["function"]), text: said || text(message["error"]) }];
      case "assistant":
        return [...(said === "" ? [] : [{ type: "model" as const, text: said }]), ...list(message["tool_calls"]).map((one) => call(fields(one)))];
      default:
        return [];
    }
  });
  const suite = text(row["suite"]);
  const id = [row["pipeline"], suite, row["user_task"], row["injection_task"], row["attack"]].map(text).join("/");
  return [{ id, user: text(messages[first]?.["content"]), tools: tools.get(suite) ?? [], events, calls: "model" }];
}

/** The user's call, the injected answer, then the attacker's tools (the benchmark records no arguments for them). */
export function injecAgent(row: Row, tools: Tools): readonly Run[] {
  const known = tools.get(INJECAGENT) ?? [];
  return (["base", "enhanced"] as const).flatMap((setting): Run[] => {
    const tool = text(row["user_tool"]);
    const mine: Event[] = [
      { type: "tool.call", tool, args: pythonDict(text(row["user_tool_params"])) },
      { type: "tool.result", tool, text: text(row[`tool_response_${setting}`]) },
    ];
    const attackers = list(row["attacker_tools"]).map(text);
    const theirs = attackers.map((name): Event => ({ type: "tool.call", tool: name, args: {} }));
    const id = [INJECAGENT, text(row["id"]), setting].join("/");
    const common = { user: text(row["user_instruction"]), tools: known.filter(({ name }) => name === tool || attackers.includes(name)) };
    return [
      { id: `${id}/user`, ...common, events: mine, calls: "user" },
      { id: `${id}/attacker`, ...common, events: [...mine, ...theirs], calls: "attacker", attacker_from: 1 },
    ];
  });
}

/** `{'id': 'B08', 'n': [1, True]}` as Python prints it. What is not that becomes one argument `value` with the text as it was. */
export function pythonDict(written: string): object {
  const words: { readonly [word: string]: string } = { True: "true", False: "false", None: "null" };
  const json = written.replace(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|\b(?:True|False|None)\b/g, (word, single?: string, double?: string) => {
    return words[word] ?? JSON.stringify((single ?? double ?? "").replace(/\\(.)/g, "$1"));
  });
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // Not a dictionary of plain values.
  }
  return { value: written };
}

function schemaOf(parameters: readonly unknown[]): object {
  const named = parameters.map(fields);
  return {
    type: "object",
    properties: Object.fromEntries(named.map(({ name, type, description }) => [text(name), { type: text(type), description: text(description) }])),
    required: named.filter(({ required }) => required === true).map(({ name }) => text(name)),
  };
}

function call(step: Row): Event {
  return { type: "tool.call", tool: text(step["function"]), args: fields(step["args"]) };
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const fields = (value: unknown): Row => (typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {});
const text = (value: unknown): string => (typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value));
