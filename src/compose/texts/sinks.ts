import type { Config } from "../../config/index.ts";
import type { ArgumentSinks, Json, JsonObject, Request, SinkFault } from "../../core/index.ts";
import { escapedArguments, faultsIn } from "../../output/index.ts";
import type { Policy } from "../../permission/index.ts";

/** What a configuration says of the places where single arguments go. */
export interface Sinks {
  readonly faults: (request: Request) => readonly SinkFault[];
  /** The same arguments, written as their sinks want them as far as that can be. */
  readonly escaped: (request: Request, args: Json) => Json;
}

export function sinksOf({ tools }: Config, policy: Policy): Sinks {
  const declared = new Map<string, ArgumentSinks>();
  for (const [server, { tools: own }] of Object.entries(tools))
    for (const [tool, { args = {} }] of Object.entries(own)) {
      const sinks = Object.entries(args).flatMap(([path, { sink }]) => (sink === undefined ? [] : [[path, sink] as const]));
      if (sinks.length > 0) declared.set(`${server}.${tool}`, Object.fromEntries(sinks));
    }
  // A name that may mean several tools may mean any of them.
  const of = ({ action: { tool } }: Request): readonly ArgumentSinks[] =>
    tool === undefined || declared.size === 0
      ? []
      : [...new Set(policy.tools.meanings(tool))].flatMap((id) => [declared.get(id)].filter((one) => one !== undefined));
  return {
    faults: (request) => of(request).flatMap((sinks) => faultsIn(sinks, request.action.args ?? {})),
    escaped: (request, args) => of(request).reduce((done, sinks) => escapedArguments(sinks, done), args as JsonObject),
  };
}
