/** Answers in a chat, with the whole product running: a button that is pressed in Slack, signed as Slack signs, and a form in the MCP client of a user. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { connect } from "../mcp/rig.ts";
import { changing } from "../mcp/servers.ts";
import { BIN, serve } from "../serve.ts";
import { verifies } from "../verifies.ts";

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";

interface Block {
  readonly elements?: readonly { readonly action_id: string; readonly value?: string }[];
}

const posted: { readonly path: string; readonly body: { readonly blocks?: readonly Block[]; readonly text: string } }[] = [];
const workspace = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (text: string) => {
    body += text;
  });
  request.on("end", () => {
    posted.push({ path: request.url ?? "", body: JSON.parse(body) });
    response.end();
  });
});
after(() => workspace.close());

async function until<T>(look: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 500; tries++) {
    const found = look();
    if (found !== undefined) return found;
    await pause(20);
  }
  throw new Error("it did not come");
}

test("a question reaches the workspace with buttons, a signed press approves it, and the agent's next attempt goes through, once", async () => {
  verifies("H-04");
  await new Promise<void>((resolve) => workspace.listen(0, "127.0.0.1", resolve));
  const hooks = `http://127.0.0.1:${(workspace.address() as AddressInfo).port}`;
  const holdfast = await serve(`
people: { anna: { roles: [office], slack: T0HOUSE01/U0ANNA001 } }
tools: { board: { tools: { post: { effect: write, egress: false } } } }
roles: { clerk: { write: ["board.*"] } }
agents: { support: { role: clerk, limits: { requests: 100/min, actions: 100/min } } }
rules: [{ id: chatty, when: 'action.tool == "board.post"', then: ask, approvers: [office], in_chat: [slack], mode: enforce }]
oversight: { webhooks: [{ url: "${hooks}/services/T0", format: slack, signing_secret: "${SECRET}" }] }
`);
  const decide = async (): Promise<string> => {
    const answer = await fetch(`${holdfast.url}/api/v1/decide`, {
      method: "POST",
      headers: { authorization: `Bearer ${holdfast.key}`, "content-type": "application/json" },
      body: JSON.stringify({ principal: { agent: "support" }, action: { type: "tool.call", tool: "board.post", args: { text: "lunch at noon" } } }),
    });
    return ((await answer.json()) as { readonly effect: string }).effect;
  };
  const press = async (secret: string): Promise<number> => {
    const { blocks = [] } = (await until(() => posted.find(({ path }) => path === "/services/T0"))).body;
    const value = blocks.flatMap(({ elements = [] }) => elements).find(({ action_id: id }) => id === "approve")?.value;
    const payload = {
      type: "block_actions",
      user: { id: "U0ANNA001", team_id: "T0HOUSE01" },
      actions: [{ action_id: "approve", value }],
      message: { blocks },
      response_url: `${hooks}/actions/T0`,
    };
    const body = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
    const stamp = String(Math.floor(Date.now() / 1000));
    const signature = `v0=${createHmac("sha256", secret).update(`v0:${stamp}:${body}`).digest("hex")}`;
    const headers = { "content-type": "application/x-www-form-urlencoded", "x-slack-request-timestamp": stamp, "x-slack-signature": signature };
    return (await fetch(`${holdfast.url}/slack/interactions`, { method: "POST", headers, body })).status;
  };
  try {
    assert.equal(await decide(), "ask");
    assert.equal(await press(holdfast.key), 401, "an agent's key signs no press");
    assert.equal(await decide(), "ask");
    assert.equal(await press(SECRET), 200);
    const { body } = await until(() => posted.find(({ path }) => path === "/actions/T0"));
    assert.equal(body.text, "HF-1: your approval counts.");
    assert.equal(await decide(), "permit");
    assert.equal(await decide(), "ask", "the next time is another question");
  } finally {
    await holdfast.stop();
  }
});

test("the user whom a key names confirms a call in an MCP client, and the log says who and where", async () => {
  verifies("H-04");
  const server = await changing([{ name: "post", inputSchema: { type: "object", properties: { text: { type: "string" } } } }]);
  const holdfast = await serve(`
tools: { board: { http: { url: "${server.url}" }, tools: { post: { effect: write, egress: false, trust: internal } } } }
roles: { clerk: { write: ["board.*"] } }
agents: { support: { role: clerk, limits: { requests: 100/min, actions: 100/min } } }
rules: [{ id: chatty, when: 'action.tool == "board.post"', then: ask, in_chat: [elicitation], mode: enforce }]
`);
  const command = (...args: string[]): string => execFileSync(BIN, args, { cwd: holdfast.folder, encoding: "utf8" });
  const client = await connect(`${holdfast.url}/mcp/board`, command("keys", "mint", "--agent", "support", "--user", "uwe").trim(), { elicitation: {} });
  try {
    client.setRequestHandler(ElicitRequestSchema, async () => ({ action: "accept", content: { approve: true } }));
    await client.callTool({ name: "post", arguments: { text: "lunch at noon" } });
    assert.deepEqual(server.called, [{ name: "post", args: { text: "lunch at noon" } }]);
    assert.match(command("approvals", "show", "HF-1"), /answer +approve by uwe in the chat \(elicitation\)/);
    // An export ends with a checkpoint, which is signed at most once a second.
    const said = /"approval-approved".*"via":"elicitation"|"via":"elicitation".*"approval-approved"/;
    for (let tries = 0; !said.test(command("audit", "export")); tries++) {
      assert.ok(tries < 50, "the log does not say it");
      await pause(100);
    }
  } finally {
    await client.close();
    await holdfast.stop();
    await server.close();
  }
});
