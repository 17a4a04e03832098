import { type Host, project, user } from "./host.ts";

export const cursor: Host = {
  id: "cursor",
  title: "Cursor",
  places: ({ home, cwd }) => [user(`${home}/.cursor/mcp.json`), project(`${cwd}/.cursor/mcp.json`)],
  dialect: "jsonc",
  servers: [["mcpServers"]],
};
