import type { Terminal } from "./terminal.ts";
import type { Wiring } from "./wiring.ts";

/** Loads the rest of Holdfast. A verb calls it when it runs, so that help and usage errors are there at once. */
export async function wire({ env, cwd }: Pick<Terminal, "env" | "cwd">): Promise<Wiring> {
  const { wiring } = await import("../../compose.ts");
  return wiring({ env, cwd });
}
