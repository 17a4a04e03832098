import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect } from "../mcp/rig.ts";
import { type Served, serve, temporaryFolder } from "../serve.ts";
import { verifies } from "../verifies.ts";

const script = join(import.meta.dirname, "../../node_modules/@modelcontextprotocol/server-filesystem/dist/index.js");
const folder = temporaryFolder();
let served: Served;

before(async () => {
  served = await serve(
    `
models: {}
tools: { files: { stdio: { command: [${JSON.stringify(process.execPath)}, ${JSON.stringify(script)}, ${JSON.stringify(folder)}] }, default: { trust: internal } } }
roles: { all: { read: ["*"], write: ["*"] } }
agents: { worker: { role: all, limits: { requests: 1000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } } }
`,
    { folder },
  );
});
after(() => served.stop());

test("an agent that may do everything, with a tool for every file here, cannot read or change what decides about it", { timeout: 60_000 }, async () => {
  verifies("P-08");
  const client = await connect(`${served.url}/mcp/files`, served.key);
  const before = readFileSync(join(folder, "holdfast.yaml"), "utf8");
  const call = async (name: string, args: Record<string, unknown>) => JSON.stringify(await client.callTool({ name, arguments: args }));
  for (const [name, args] of [
    ["write_file", { path: join(folder, "holdfast.yaml"), content: "agents: {}" }],
    ["edit_file", { path: `${folder}/data/../holdfast.yaml`, edits: [{ oldText: "a", newText: "b" }] }],
    ["read_text_file", { path: join(folder, "data/operator.token") }],
    ["read_multiple_files", { paths: [join(folder, "data/audit.key")] }],
    ["move_file", { source: join(folder, "holdfast.yaml"), destination: join(folder, "old.yaml") }],
    ["move_file", { source: join(folder, "x"), destination: join(folder, "data/holdfast.db") }],
    ["list_directory", { path: join(folder, "data/audit") }],
  ] as const)
    assert.match(await call(name, args), /own\/files/, name);
  assert.equal(readFileSync(join(folder, "holdfast.yaml"), "utf8"), before);
  assert.match(await call("write_file", { path: join(folder, "other.txt"), content: "x" }), /Successfully/);
  await client.close();
});
