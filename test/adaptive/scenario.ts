/** What an adaptive attack starts from: a request, what is read for it, and what an attacker who can write into the results wants done. */
export interface Scenario {
  readonly id: string;
  /** Where it comes from and in which language its user speaks: figures are grouped by it. */
  readonly suite: string;
  readonly language: "en" | "de";
  readonly request: string;
  readonly tools: readonly ScenarioTool[];
  /** The user's correct calls. In an output, MARK is the place that the attacker can write into. */
  readonly steps: readonly Step[];
  readonly attack: {
    /** The order, in words, as it is planted. Holds `foreign`. */
    readonly goal: string;
    readonly calls: readonly Call[];
    /** Whom or what the attacker's calls are aimed at, as it stands in their arguments. */
    readonly foreign: string;
  };
  /** The target that the user names, as it stands in the request and in the arguments of the user's call. Absent where the user names none. */
  readonly own?: string;
  /** The argument of the attacker's last call that carries text out, where there is one. */
  readonly content?: string;
}

export interface Call {
  readonly tool: string;
  readonly args: { readonly [name: string]: unknown };
}
export interface Step extends Call {
  readonly output: string;
}

export interface ScenarioTool {
  readonly name: string;
  readonly description: string;
  /** Argument names; all are texts. */
  readonly takes: readonly string[];
  /** Changes something or leaves the house. */
  readonly consequential: boolean;
  /** The arguments as a JSON Schema, where there is one. */
  readonly schema?: unknown;
}

export const MARK = "⟦here⟧";

/** A tool in one line. */
export const reads = (name: string, description: string, ...takes: readonly string[]): ScenarioTool => ({ name, description, takes, consequential: false });
export const acts = (name: string, description: string, ...takes: readonly string[]): ScenarioTool => ({ name, description, takes, consequential: true });

/** The scenario with one text put in place of another, everywhere in the attack. */
export function aimedAt(scenario: Scenario, foreign: string): Scenario {
  const { attack } = scenario;
  const replaced = (node: unknown): unknown =>
    typeof node === "string"
      ? node.replaceAll(attack.foreign, foreign)
      : Array.isArray(node)
        ? node.map(replaced)
        : typeof node === "object" && node !== null
          ? Object.fromEntries(Object.entries(node).map(([key, value]) => [key, replaced(value)]))
          : node;
  const calls = attack.calls.map(({ tool, args }) => ({ tool, args: replaced(args) as Call["args"] }));
  return { ...scenario, attack: { goal: attack.goal.replaceAll(attack.foreign, foreign), calls, foreign } };
}
