/** What an MCP client declares in `_meta` or in a header is compared with the call that it then makes. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { verifies } from "../verifies.ts";
import { type McpRig, startRig } from "./rig.ts";
import { type Changing, changing } from "./servers.ts";

let mail: Changing;
let rig: McpRig;
let key = "";

before(async () => {
  mail = await changing(["read_mail", "send_mail"].map((name) => ({ name, inputSchema: { type: "object" } })));
  rig = await startRig(`
tools:
  mail: { http: { url: "${mail.url}" }, default: { trust: internal, egress: false }, tools: { read_mail: { effect: read }, send_mail: { effect: write } } }
roles: { all: { read: ["*"], write: ["*"] } }
agents:
  a: { role: all, limits: { requests: 1000/min, duplicates: { reads: 10000 } } }
`);
  key = await rig.key("a");
});
after(() => Promise.all([rig.close(), mail.close()]));
beforeEach(() => void mail.called.splice(0));

const args = { to: "ann@example.com", body: "hello" };
async function send(declared?: unknown, header?: object, given: object = args): Promise<string> {
  const client = await rig.client("mail", key, {}, header === undefined ? {} : { "x-holdfast-intent": JSON.stringify(header) });
  try {
    const meta = declared === undefined ? {} : { _meta: { "holdfast/intent": declared } };
    return JSON.stringify(await client.callTool({ name: "send_mail", arguments: { ...given }, ...meta }));
  } catch (error) {
    return String(error);
  } finally {
    await client.close();
  }
}

test("a call that its client did not declare does not reach the server; one that it declared does, without the declaration", async () => {
  verifies("O-06", "P-11");
  assert.match(await send({ tools: ["mail.send_mail"], effect: "write", targets: ["ann@example.com"] }), /did send_mail/);
  assert.match(await send(undefined, { tools: ["mail.*"] }), /did send_mail/);
  assert.equal(mail.called.length, 2);
  assert.equal(JSON.stringify(mail.called).includes("holdfast/intent"), false);
  for (const [said, declared, header, given] of [
    ["flow/declared-tool", { tools: ["mail.read_mail"] }],
    ["flow/declared-effect", { effect: "read" }],
    ["flow/declared-target", { targets: ["ann@example.com"] }, undefined, { ...args, to: "eve@evil.example" }],
    ["flow/declared-tool", undefined, { tools: ["mail.read_mail"] }],
    ["flow/declared-tool", { tools: ["*"] }, { tools: ["mail.read_mail"] }],
    ["cannot be read", { tool: ["mail.*"] }],
  ] as const)
    assert.ok((await send(declared, header, given)).includes(said), said);
  assert.equal(mail.called.length, 2);
});
