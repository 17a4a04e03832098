import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { BIN } from "../serve.ts";

const script = join(import.meta.dirname, "../../node_modules/@modelcontextprotocol/server-everything/dist/index.js");
const home = mkdtempSync(join(tmpdir(), "holdfast-wrapped-"));
after(() => rmSync(home, { recursive: true }));
const environment = { PATH: process.env["PATH"] ?? "", HOME: home };

interface Entry {
  readonly command: string;
  readonly args: readonly string[];
}

test("what a client finds in its file after `holdfast wrap` starts from any folder, under the configuration that was found then", {
  timeout: 60_000,
}, async () => {
  const file = join(home, ".cursor/mcp.json");
  const before = `{ "mcpServers": { "Every Thing": { "command": ${JSON.stringify(process.execPath)}, "args": [${JSON.stringify(script)}] } } }\n`;
  mkdirSync(join(home, ".cursor"));
  writeFileSync(file, before);
  writeFileSync(
    join(home, "holdfast.yaml"),
    "models: {}\ntools: { every-thing: { default: { trust: internal } } }\nroles: { one: { read: [every-thing.echo] } }\nagents: { desk: { role: one } }\n",
  );
  const holdfast = (verb: string): number | null => spawnSync(BIN, [verb, "cursor"], { cwd: home, env: environment }).status;
  assert.equal(holdfast("wrap"), 0);
  const [{ command, args }] = Object.values((JSON.parse(readFileSync(file, "utf8")) as { mcpServers: object }).mcpServers) as [Entry];
  // Not the project's folder: a configuration that lies there is somebody else's.
  const elsewhere = mkdtempSync(join(home, "project-"));
  writeFileSync(join(elsewhere, "holdfast.yaml"), "agents: { root: { role: builtin/assistant } }\n");
  const client = new Client({ name: "test", version: "1" }, { capabilities: {} });
  await client.connect(new StdioClientTransport({ command, args: [...args], env: environment, cwd: elsewhere, stderr: "ignore" }) as never);
  const { tools } = await client.listTools();
  await client.close();
  assert.deepEqual(
    tools.map(({ name }) => name),
    ["echo"],
  );
  assert.equal(holdfast("unwrap"), 0);
  assert.equal(readFileSync(file, "utf8"), before);
});
