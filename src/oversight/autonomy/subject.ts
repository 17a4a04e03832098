/** The name of an agent, or of an agent with one tool, where that has a phase of its own. */
export type Subject = string;

/** INVARIANT: no name of an agent or a tool holds a blank. */
export const withTool = (agent: string, tool: string): Subject => `${agent} ${tool}`;
export function partsOf(subject: Subject): { readonly agent: string; readonly tool?: string } {
  const at = subject.indexOf(" ");
  return at < 0 ? { agent: subject } : { agent: subject.slice(0, at), tool: subject.slice(at + 1) };
}
