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

const FLAGS: readonly unknown[] = ["--server", "--config", "-c", "--agent"];

/**
 * The name in the front that these arguments begin with, and how many of them it is; also where a person wrote it, who may have left out
 * flags. Read by position, so that a value is never taken for a flag.
 */
export function parseFront(args: readonly unknown[]): (Partial<Front> & { readonly length: number }) | undefined {
  if (args[0] !== "run") return undefined;
  const found: { server?: string; config?: string; agent?: string } = {};
  let at = 1;
  for (; FLAGS.includes(args[at]); at += 2) {
    const value = args[at + 1];
    if (typeof value !== "string") return undefined;
    found[args[at] === "--server" ? "server" : args[at] === "--agent" ? "agent" : "config"] = value;
  }
  return args[at] === "--" && typeof args[at + 1] === "string" ? { ...found, length: at + 1 } : undefined;
}
