/** The MCP Inspector's command line, unmodified, against the protocol's own servers: what it prints through Holdfast is what it prints without. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { BIN } from "../serve.ts";
import { verifies } from "../verifies.ts";
import { type McpRig, startRig } from "./rig.ts";

const MODULES = join(import.meta.dirname, "../../node_modules/@modelcontextprotocol");
const INSPECTOR = join(MODULES, "inspector/clients/launcher/build/index.js");

let home: string;
let rig: McpRig;
let key: string;

const script = (server: string) => [process.execPath, join(MODULES, `server-${server}/dist/index.js`)];

/** How each server is started. What one way of reaching it has written into its memory, another does not find there. */
const COMMANDS: { readonly [server: string]: (way: string) => readonly string[] } = {
  everything: () => [...script("everything"), "stdio"],
  filesystem: () => [...script("filesystem"), home],
  memory: (way) => ["/usr/bin/env", `MEMORY_FILE_PATH=${join(home, `${way}.json`)}`, ...script("memory")],
};

before(async () => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-inspector-")));
  writeFileSync(join(home, "note.txt"), "Buy bread.\n");
  const tools = Object.entries(COMMANDS).map(
    ([name, command]) => `  ${name}: { stdio: { command: ${JSON.stringify(command("gateway"))} }, default: { trust: internal } }`,
  );
  rig = await startRig(`
models: {}
tools:
${tools.join("\n")}
roles: { all: { read: ["*"], write: ["*"] } }
agents: { worker: { role: all, limits: { requests: 10000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } } }
`);
  key = await rig.key("worker");
});
after(async () => {
  await rig.close();
  rmSync(home, { recursive: true, force: true });
});

/** What the Inspector prints on its standard output. That a call may become a task is the one thing that Holdfast adds to what a server says of its tools. */
async function inspect(target: readonly string[], asked: readonly string[]): Promise<unknown> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: home };
  const { stdout } = await promisify(execFile)(process.execPath, [INSPECTOR, "--cli", ...target, ...asked], { cwd: home, env, timeout: 60_000 });
  return JSON.parse(stdout, (name, value) => (name === "execution" ? undefined : value));
}

const ASKED: readonly (readonly [server: string, ...asked: string[]])[] = [
  ["everything", "--method", "tools/list"],
  ["everything", "--method", "tools/call", "--tool-name", "get-sum", "--tool-arg", "a=2", "b=40"],
  ["everything", "--method", "resources/list"],
  ["everything", "--method", "prompts/get", "--prompt-name", "simple-prompt"],
  ["filesystem", "--method", "tools/list"],
  ["filesystem", "--method", "tools/call", "--tool-name", "read_text_file", "--tool-arg", "path=note.txt"],
  ["memory", "--method", "tools/list"],
  ["memory", "--method", "tools/call", "--tool-name", "create_entities", "--tool-arg", 'entities=[{"name":"Ada","entityType":"person","observations":[]}]'],
  ["memory", "--method", "tools/call", "--tool-name", "read_graph"],
];

for (const [server, ...asked] of ASKED) {
  test(`${server}: ${asked.slice(1).join(" ")} is the same directly, over HTTP through the gateway, and through \`holdfast run\``, async () => {
    verifies("G-02");
    const command = (way: string) => COMMANDS[server]?.(way) ?? assert.fail(server);
    const directly = await inspect(command("directly"), asked);
    assert.match(JSON.stringify(directly), /"(tools|content|resources|messages)":\[\{/);
    const address = [`${rig.url}/mcp/${server}`, "--transport", "http", "--header", `authorization: Bearer ${key}`];
    assert.deepEqual(await inspect(address, asked), directly, "over HTTP");
    assert.deepEqual(await inspect([BIN, "run", "--", ...command("run")], asked), directly, "over standard input and output");
  });
}
