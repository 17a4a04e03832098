import assert from "node:assert/strict";
import { test } from "node:test";
import { HOSTS } from "./index.ts";

const places = (platform: string, env: { readonly [name: string]: string } = {}): { readonly [id: string]: readonly string[] } =>
  Object.fromEntries(HOSTS.map((host) => [host.id, host.places({ platform, home: "/h", cwd: "/p", env }).map(({ path }) => path)]));

const EVERYWHERE = {
  "claude-code": ["/h/.claude.json", "/p/.mcp.json"],
  cursor: ["/h/.cursor/mcp.json", "/p/.cursor/mcp.json"],
  openclaw: ["/h/.openclaw/openclaw.json", "/h/.openclaw-*/openclaw.json"],
};
const vscode = (folder: string): readonly string[] => [
  ...["Code", "Code - Insiders"].flatMap((product) => ["mcp.json", "profiles/*/mcp.json"].map((file) => `${folder}/${product}/User/${file}`)),
  "/p/.vscode/mcp.json",
];
const DESKTOP = "Claude/claude_desktop_config.json";

test("a client's files are sought where it keeps them on each system", () => {
  assert.deepEqual(places("linux"), { ...EVERYWHERE, "claude-desktop": [`/h/.config/${DESKTOP}`], vscode: vscode("/h/.config") });
  const mac = "/h/Library/Application Support";
  assert.deepEqual(places("darwin"), { ...EVERYWHERE, "claude-desktop": [`${mac}/${DESKTOP}`], vscode: vscode(mac) });
  assert.deepEqual(places("win32", { APPDATA: "C:/r", LOCALAPPDATA: "C:/l" }), {
    ...EVERYWHERE,
    "claude-desktop": [`C:/r/${DESKTOP}`, `C:/l/Packages/Claude_pzs8sxrjxfjjc/LocalCache/Roaming/${DESKTOP}`],
    vscode: vscode("C:/r"),
  });
});

test("a place that the client was told is where it is sought; an empty variable tells nothing", () => {
  const told = places("linux", { XDG_CONFIG_HOME: "/x", CLAUDE_CONFIG_DIR: "/c", OPENCLAW_STATE_DIR: "/s" });
  assert.deepEqual([told["claude-desktop"]?.[0], told["claude-code"]?.[0], told["openclaw"]?.[0]], [`/x/${DESKTOP}`, "/c/.claude.json", "/s/openclaw.json"]);
  assert.deepEqual(places("linux", { OPENCLAW_CONFIG_PATH: "/o.json", OPENCLAW_STATE_DIR: "/s" })["openclaw"], ["/o.json"]);
  assert.deepEqual(places("linux", { XDG_CONFIG_HOME: "", CLAUDE_CONFIG_DIR: "", OPENCLAW_CONFIG_PATH: "" }), places("linux"));
});

test("files in a project's folder are told from the user's own", () => {
  const own = HOSTS.flatMap((host) => host.places({ platform: "linux", home: "/h", cwd: "/p", env: {} }));
  for (const { path, project } of own) assert.equal(project, path.startsWith("/p/"), path);
});
