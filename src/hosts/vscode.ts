import { type Host, project, settingsFolder, user } from "./host.ts";

export const vscode: Host = {
  id: "vscode",
  title: "VS Code",
  places: (machine) => [
    ...["Code", "Code - Insiders"].map((product) => user(`${settingsFolder(machine)}/${product}/User/mcp.json`)),
    project(`${machine.cwd}/.vscode/mcp.json`),
  ],
  dialect: "jsonc",
  servers: [["servers"]],
};
