/** While a person is asked, a client that wants to know of progress is told, so that it does not give up on the call. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { systemClock } from "../../src/compose/platform.ts";
import { verifies } from "../verifies.ts";
import { type McpRig, startRig } from "./rig.ts";
import { type Changing, changing } from "./servers.ts";

/** The beats of a quarter of a minute in some milliseconds. */
const quick = { ...systemClock, timer: (ms: number, fire: () => void) => systemClock.timer(ms === 15_000 ? 20 : ms, fire) };

let server: Changing;
let rig: McpRig;
before(async () => {
  server = await changing([{ name: "send_mail", inputSchema: { type: "object" } }]);
  server.answer = () => ({ content: [{ type: "text", text: "sent" }] });
  rig = await startRig(
    `
tools: { crm: { http: { url: "${server.url}" } } }
roles: { all: { read: ["*"], write: ["*"] } }
agents: { worker: { role: all, limits: { requests: 10000/min, actions: 10000/min } } }
rules:
  - { id: mail, when: 'action.tool == "crm.send_mail"', then: ask, mode: enforce }
oversight: { hold: 9m }
`,
    quick,
  );
});
after(() => Promise.all([rig.close(), server.close()]));

test("a call that is held is told of as progress, which keeps the client's own patience, and is then done", async () => {
  verifies("H-04");
  const { text: key } = await rig.keys.mint({ agent: "worker" });
  const client = await rig.client("crm", key);
  const progress: { readonly progress: number; readonly message?: string }[] = [];
  const answered = client.callTool({ name: "send_mail", arguments: { to: "bob" } }, undefined, {
    onprogress: (one) => {
      progress.push(one as never);
      if (progress.length === 20) void rig.inbox.list(1).then(([one]) => rig.inbox.approve(one!.id, { name: "operator" }));
    },
    // Less than it is held: each sign of life begins it anew.
    timeout: 300,
    resetTimeoutOnProgress: true,
  });
  assert.deepEqual((await answered).content, [{ type: "text", text: "sent" }]);
  assert.ok(progress.length >= 20);
  assert.deepEqual([...new Set(progress.map(({ message }) => message))], ["a person is asked"]);
  assert.ok(
    progress.every((one, at) => at === 0 || one.progress > progress[at - 1]!.progress),
    "it grows",
  );
  assert.ok(progress.at(-1)!.progress < 0.01, "and stays below what a server would say");
});
