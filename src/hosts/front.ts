import { isLegalName } from "./names.ts";

/** What stands before the old command: `run --server NAME [--config FILE] [--agent NAME] --`. */
export interface Front {
  readonly server: string;
  /** An absolute path. */
  readonly config?: string;
  readonly agent?: string;
}

export function frontArguments({ server, config, agent }: Front): readonly string[] {
  return [
    "run",
    "--server",
    server,
    ...(config === undefined ? [] : ["--config", config]),
    ...(agent === undefined ? [] : ["--agent", agent]),
    // Whatever follows is the old command's, also where it looks like an option.
    "--",
  ];
}

/** The front that these arguments begin with, and how many of them it is. Read by position, so that a value is never taken for an option. */
export function parseFront(args: readonly unknown[]): { readonly front: Front; readonly length: number } | undefined {
  const [verb, flag, server] = args;
  if (verb !== "run" || flag !== "--server" || typeof server !== "string" || !isLegalName(server)) return undefined;
  let at = 3;
  const value = (name: string): string | undefined => {
    const given = args[at + 1];
    if (args[at] !== name || typeof given !== "string") return undefined;
    at += 2;
    return given;
  };
  const config = value("--config");
  const agent = value("--agent");
  if (args[at] !== "--" || typeof args[at + 1] !== "string") return undefined;
  return { front: { server, ...(config === undefined ? {} : { config }), ...(agent === undefined ? {} : { agent }) }, length: at + 1 };
}
