import { type Host, project, settingsFolder, user } from "./host.ts";

export const vscode: Host = {
  id: "vscode",
  title: "VS Code",
  places: (machine) => [
    ...["Code", "Code - Insiders"]
      .map((product) => `${settingsFolder(machine)}/${product}/User`)
      .flatMap((settings) => [user(`${settings}/mcp.json`), user(`${settings}/profiles/*/mcp.json`)]),
    project(`${machine.cwd}/.vscode/mcp.json`),
  ],
  dialect: "jsonc",
  servers: [["servers"]],
};
