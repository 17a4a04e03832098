import { type Host, set, user } from "./host.ts";

export const openclaw: Host = {
  id: "openclaw",
  title: "OpenClaw",
  places: ({ home, env }) => {
    const told = set(env["OPENCLAW_CONFIG_PATH"]) ?? inFolder(set(env["OPENCLAW_STATE_DIR"]));
    if (told !== undefined) return [user(told)];
    const at = `${set(env["OPENCLAW_HOME"]) ?? home}/.openclaw`;
    // Beside it one for each `--profile`.
    return [user(`${at}/openclaw.json`), user(`${at}-*/openclaw.json`)];
  },
  dialect: "json5",
  servers: [["mcp", "servers"]],
};

const inFolder = (folder: string | undefined): string | undefined => (folder === undefined ? undefined : `${folder}/openclaw.json`);
