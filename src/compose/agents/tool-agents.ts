import { agentDefaults, type Config } from "../../config/index.ts";

/** The name under which a tool server in a sandbox connects to the outside: nobody's key, and no agent of the configuration can be called so. */
export const toolAgent = (server: string): string => `tools/${server}`;

const NO_ROLE = "tools/none";

/** A configuration in which each tool server that has `allow_hosts` is an agent that may reach these hosts, and do nothing else. */
export function withToolAgents(config: Config): Config {
  const servers = Object.entries(config.tools).flatMap(([server, { sandbox }]) =>
    sandbox === undefined || sandbox.allow_hosts.length === 0 ? [] : [[toolAgent(server), agentDefaults(NO_ROLE, sandbox.allow_hosts)] as const],
  );
  if (servers.length === 0) return config;
  return {
    ...config,
    agents: { ...config.agents, ...Object.fromEntries(servers) },
    roles: { ...config.roles, [NO_ROLE]: { read: [], write: [], deny: [] } },
  };
}
