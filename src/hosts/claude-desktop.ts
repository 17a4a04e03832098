import { type Host, set, settingsFolder, user } from "./host.ts";

const FILE = "Claude/claude_desktop_config.json";

export const claudeDesktop: Host = {
  id: "claude-desktop",
  title: "Claude Desktop",
  places: (machine) => [user(`${settingsFolder(machine)}/${FILE}`), ...packaged(machine).map(user)],
  dialect: "jsonc",
  servers: [["mcpServers"]],
};

// The Windows package (MSIX) is shown a roaming folder of its own; a change to the documented place would never be read.
function packaged({ platform, home, env }: Parameters<Host["places"]>[0]): readonly string[] {
  if (platform !== "win32") return [];
  return [`${set(env["LOCALAPPDATA"]) ?? `${home}/AppData/Local`}/Packages/Claude_pzs8sxrjxfjjc/LocalCache/Roaming/${FILE}`];
}
