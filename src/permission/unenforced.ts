import type { PolicyConfig, Problem } from "./policy-config.ts";

/**
 * What the file may say already and nothing does yet. A guard that somebody wrote down and that is not there must be said out loud: who
 * reads `autonomy: supervised` in a configuration that loads believes in it.
 */
export function unenforced(config: PolicyConfig): readonly Problem[] {
  const notes: Problem[] = [];
  const note = (path: Problem["path"], what: string): void => void notes.push({ path, message: `${what} not enforced yet` });
  for (const [server, { tools }] of Object.entries(config.tools)) {
    for (const [tool, { args = {} }] of Object.entries(tools))
      for (const [name, { readers }] of Object.entries(args))
        if (readers !== undefined) note(["tools", server, "tools", tool, "args", name, "readers"], "who reads an argument is");
  }
  for (const [agent, { autonomy }] of Object.entries(config.agents)) {
    if (autonomy !== undefined) note(["agents", agent, "autonomy"], "phases of autonomy are");
  }
  return notes;
}
