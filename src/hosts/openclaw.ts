import { type Host, set, user } from "./host.ts";

export const openclaw: Host = {
  id: "openclaw",
  title: "OpenClaw",
  places: ({ home, env }) => [
    user(set(env["OPENCLAW_CONFIG_PATH"]) ?? `${set(env["OPENCLAW_STATE_DIR"]) ?? `${set(env["OPENCLAW_HOME"]) ?? home}/.openclaw`}/openclaw.json`),
  ],
  dialect: "json5",
  servers: [["mcp", "servers"]],
};
