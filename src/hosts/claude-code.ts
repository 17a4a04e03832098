import { type Host, project, set, user } from "./host.ts";

export const claudeCode: Host = {
  id: "claude-code",
  title: "Claude Code",
  places: ({ home, cwd, env }) => [user(`${set(env["CLAUDE_CONFIG_DIR"]) ?? home}/.claude.json`), project(`${cwd}/.mcp.json`)],
  dialect: "jsonc",
  // For all projects of the user, and for single ones.
  servers: [["mcpServers"], ["projects", "*", "mcpServers"]],
};
