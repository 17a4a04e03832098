import type { JsonObject } from "../core/json.ts";
import type { Content, GuardOptions, Perform, Request } from "./guard.ts";
import { type AsJson, copyOfObject } from "./json.ts";

export interface ToolOptions<Args extends readonly unknown[]> {
  /** `server.tool`, as roles and rules name it. */
  readonly name: string;
  /** `read`: calling it twice is as good as once, so no note of it is kept. What it is permitted to do is for the configuration to say. */
  readonly effect?: "read" | "write";
  /** The names of the function's parameters, in order. Without them it takes one object, whose members are the arguments. */
  readonly parameters?: readonly string[];
  /** What the agent has read by now. */
  readonly content?: (...args: Args) => readonly Content[];
  /** Told when a person is asked. */
  readonly waiting?: GuardOptions["waiting"];
}

export type Tool<Args extends readonly unknown[], Result> = (...args: Args) => Promise<AsJson<Result>>;

/** The same function, guarded. */
export function toolOf<Args extends readonly unknown[], Result>(
  guard: <T>(request: Request, perform: Perform<T>, options: GuardOptions) => Promise<AsJson<T>>,
  { name, effect, parameters, content, waiting }: ToolOptions<Args>,
  run: (...args: Args) => Result | Promise<Result>,
): Tool<Args, Result> {
  const options: GuardOptions = {
    repeatable: effect === "read",
    ...(waiting === undefined ? {} : { waiting }),
    ...(parameters === undefined ? {} : { unfit: (args) => unfit(name, parameters, args) }),
  };
  return async (...given) => {
    const args = parameters === undefined ? oneObject(name, given) : named(name, parameters, given);
    const request: Request = { action: { type: "tool.call", tool: name, args }, ...(content === undefined ? {} : { content: content(...given) }) };
    const perform: Perform<Result> = ({ args: decided }) => {
      const own = parameters === undefined ? [decided] : parameters.map((key) => decided[key]);
      return run(...(own as unknown as Args)); // of the types that the function was given, unless an approver wrote others
    };
    return guard(request, perform, options);
  };
}

// INVARIANT: every argument is decided about. What has no name here would reach the function unseen.
function oneObject(name: string, given: readonly unknown[]): JsonObject {
  if (given.length > 1) throw new TypeError(`\`${name}\` was given ${given.length} arguments: name its \`parameters\`, or give it one object`);
  return copyOfObject(given[0] ?? {}, name);
}

function named(name: string, parameters: readonly string[], given: readonly unknown[]): JsonObject {
  if (given.length > parameters.length) throw new TypeError(`\`${name}\` was given ${given.length} arguments, and ${parameters.length} have a name`);
  return copyOfObject(Object.fromEntries(given.map((value, index) => [parameters[index], value])), name);
}

/** What an approver wrote is what is done, so it has to fit the function. */
function unfit(name: string, parameters: readonly string[], args: JsonObject): string | undefined {
  const unknown = Object.keys(args).filter((key) => !parameters.includes(key));
  return unknown.length === 0 ? undefined : `\`${name}\` has no parameter ${unknown.map((key) => `\`${key}\``).join(", ")}`;
}
