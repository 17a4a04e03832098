import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import type { Asking } from "../../codecs/mcp/index.ts";
import { NEUTRAL_LABEL, UNTRUSTED } from "../../core/label.ts";
import { createSessions, type Session } from "./sessions.ts";
import { stdioMcpUpstream } from "./stdio-upstream.ts";

const HOUR = 3_600_000;

test("a key that declares one conversation after the other takes nobody else's room, and forgets nothing of what it read", () => {
  let now = 0;
  const sessions = createSessions({ monotonic: () => now }, () => {});
  const [flood, other] = [
    { agent: "worker", capability: "key-1" },
    { agent: "worker", capability: "key-2" },
  ];
  let begun = 0;
  while (begun < 5_000 && sessions.begin("crm", flood, `conversation-${begun}`) !== undefined) begun++;
  assert.ok(begun >= 1_000 && begun < 2_000, `${begun}`);
  assert.notEqual(sessions.begin("crm", other), undefined);
  assert.notEqual(sessions.begin("crm", other, "of its own"), undefined);
  const again = sessions.begin("crm", flood, "conversation-0");
  assert.notEqual(again, undefined, "one that is known goes on");
  now += HOUR + 1;
  assert.notEqual(sessions.begin("crm", flood, "much later"), undefined);
});

test("what one session of a key had at a server is not what the next one has, although clients call both the same", async () => {
  let now = 0;
  const started: string[] = [];
  const over: string[] = [];
  const exits: (() => void)[] = [];
  const upstream = stdioMcpUpstream({
    id: "crm",
    async start(take, session) {
      started.push(session);
      return {
        async send(line) {
          const { id } = JSON.parse(line) as { id: number };
          await take.line(JSON.stringify({ jsonrpc: "2.0", id, result: {} }));
        },
        async end() {
          over.push(session);
          // A program takes its time.
          exits.push(() => take.ended("it was ended"));
        },
      };
    },
  });
  const sessions = createSessions({ monotonic: () => now }, ({ link }) => void upstream.end(link));
  const principal = { agent: "worker", capability: "key-1" };
  const message: Asking = { kind: "request", id: 1, method: "server/discover", params: {} };
  const asks = async ({ link }: Session): Promise<void> => {
    await (await upstream.send(message, { link, read: () => [] }, new AbortController().signal)).pump(() => {});
  };
  const first = sessions.ofKey("crm", principal) as Session;
  await asks(first);
  now += HOUR + 1;
  const second = sessions.ofKey("crm", principal) as Session;
  assert.notEqual(second, first);
  await asks(second);
  for (const exit of exits) exit();
  await asks(second);
  assert.equal(started.length, 2, "the second goes on with its own program");
  assert.deepEqual(over, started.slice(0, 1));
  await assert.rejects(asks(first), { code: "cancelled" });
  await upstream.close();
  await assert.rejects(asks(sessions.begin("crm", principal) as Session), { code: "cancelled" });
  assert.deepEqual([started.length, new Set(over).size], [2, 2], "nothing is started behind the end, and nothing is left");
});

test("what a key has read counts as long as `flow.session` says, also when its sessions were idle and are over", () => {
  verifies("P-10");
  let now = 0;
  const sessions = createSessions(
    { monotonic: () => now },
    () => {},
    undefined,
    () => 24 * HOUR,
  );
  const principal = { agent: "worker", capability: "key-1" };
  const first = sessions.begin("crm", principal) as Session;
  first.memory.label = UNTRUSTED;
  now += HOUR + 1;
  assert.equal(sessions.named(first.id, "crm", principal), undefined, "the session is over");
  assert.deepEqual(sessions.begin("crm", principal)?.memory.label, UNTRUSTED, "what was read in it is not");
  assert.deepEqual(sessions.ofKey("mail", principal)?.memory.label, UNTRUSTED, "at no other server either");
  now += 24 * HOUR + 1;
  assert.deepEqual(sessions.begin("crm", principal)?.memory.label, NEUTRAL_LABEL);
});
