import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { anna, pay, type Rig, rig } from "../../../test/oversight/rig.ts";
import { verifies } from "../../../test/verifies.ts";
import type { Clock } from "../../core/layers.ts";
import { telling } from "./tell.ts";
import { callbackChannel, type Webhook, webhookChannel } from "./webhook.ts";
import type { Wording } from "./words.ts";

interface Sent {
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** Webhooks over an inbox, with receivers that the test owns: each answer is a status, or no answer at all. */
function listening(one: Rig, hooks: readonly Webhook[], answers: (number | undefined)[] = [], callbacks: readonly string[] = []) {
  const sent: Sent[] = [];
  const failed: object[] = [];
  const timers: { readonly at: number; readonly fire: () => void }[] = [];
  const clock: Clock = {
    now: () => one.world.wall,
    monotonic: () => one.world.monotonic,
    timer(ms, fire) {
      const timer = { at: one.world.monotonic + ms, fire };
      timers.push(timer);
      return () => void (timers.includes(timer) && timers.splice(timers.indexOf(timer), 1));
    },
  };
  const post = async (url: string, headers: Sent["headers"], body: string): Promise<number> => {
    sent.push({ url, headers, body });
    const status = answers.length === 0 ? 200 : answers.shift();
    if (status === undefined) throw new Error("nobody there");
    return status;
  };
  const wording: Wording = { language: "en", zone: "UTC", link: (ticket) => `https://console.example/approvals/${ticket}` };
  const hook = telling(one.inbox, {
    channels: () => [
      ...hooks.map((each) => webhookChannel(each, { wording, clock, post })),
      ...callbacks.map((agent) => callbackChannel({ agent, url: `https://${agent}.example/told`, secret: () => "whsec_c2VjcmV0" }, { clock, post })),
    ],
    pace: () => ({ digest: 0, zone: "UTC" }),
    clock,
    failed: (facts) => void failed.push(facts),
  });
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  return {
    sent,
    failed,
    hook,
    settle,
    async pass(ms: number) {
      one.pass(ms);
      for (const timer of timers.splice(0)) timer.at <= one.world.monotonic ? timer.fire() : timers.push(timer);
      await settle();
    },
  };
}

const JSON_HOOK: Webhook = { url: "https://hooks.example/a", format: "json", secret: () => "whsec_c2VjcmV0" };

test("a question and its answer are told, signed, with a link and without an argument", async () => {
  verifies("H-04");
  const one = await rig();
  const { sent, settle } = listening(one, [JSON_HOOK]);
  await one.ask(pay());
  await one.inbox.approve("HF-1", anna);
  await settle();
  const bodies = sent.map(({ body }) => JSON.parse(body) as { readonly type: string; readonly data: object });
  assert.deepEqual(
    bodies.map(({ type }) => type),
    ["approval.pending", "approval.approved"],
  );
  assert.deepEqual(bodies[0]?.data, {
    id: "HF-1",
    state: "pending",
    agent: "support",
    tool: "pay.send",
    reasons: ["rules/big-payment"],
    expires_at: "2026-11-26T01:00:00.000Z",
    url: "https://console.example/approvals/HF-1",
  });
  for (const { headers, body } of sent) {
    assert.doesNotMatch(body, /ACME/);
    const { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": signature } = headers;
    assert.equal(signature, `v1,${createHmac("sha256", "secret").update(`${id}.${time}.${body}`).digest("base64")}`);
  }
});

test("an agent's own address is told that its question was answered, signed, and of no other's and of no planted one", async () => {
  verifies("H-04");
  const one = await rig();
  const { sent, settle } = listening(one, [], [], ["support", "other"]);
  await one.ask(pay());
  await settle();
  assert.deepEqual(sent, [], "that it waits, the agent was told when it asked");
  const question = (await one.inbox.get("HF-1"))!;
  await one.inbox.plant(pay({ to: "somebody else", amount: 7_000_000 }), question);
  await one.inbox.reject("HF-2", anna);
  await settle();
  assert.deepEqual(sent, [], "a planted question no agent has asked");
  await one.inbox.approve("HF-1", anna);
  await settle();
  assert.deepEqual(
    sent.map(({ url }) => url),
    ["https://support.example/told"],
  );
  const { headers, body } = sent[0]!;
  assert.deepEqual(JSON.parse(body), {
    type: "ticket.answered",
    timestamp: "2026-11-26T00:00:00.000Z",
    data: { ticket: "HF-1", state: "approved", location: "/api/v1/tickets/HF-1" },
  });
  const { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": signature } = headers;
  assert.equal(signature, `v1,${createHmac("sha256", "secret").update(`${id}.${time}.${body}`).digest("base64")}`);
});

test("a name that an agent chose is neither a link nor a mention nor a line of its own in a chat", async () => {
  verifies("H-04");
  const one = await rig();
  const { sent, settle } = listening(one, [{ url: "https://chat.example", format: "text" }]);
  await one.ask(pay(undefined, { action: { type: "tool.call", tool: "x\n<!channel> [click](https://evil.example)", args: {} } }));
  await settle();
  const { text } = JSON.parse(sent[0]?.body ?? "") as { readonly text: string };
  assert.doesNotMatch(text, /\n|[<>[\]()!]|evil\.example\)/);
  assert.match(text, /^HF-1: agent support asks to use x__/);
});

test("what is not taken is sent again, later and later, under the same id, and given up on in the end", async () => {
  const one = await rig();
  const { sent, failed, pass, settle } = listening(one, [JSON_HOOK], [undefined, 500, 429, 408, 503, undefined]);
  await one.ask(pay());
  await settle();
  for (const wait of [1_000, 5_000, 30_000, 120_000, 600_000, 600_000]) await pass(wait);
  assert.equal(sent.length, 6);
  assert.deepEqual([...new Set(sent.map(({ headers }) => headers["webhook-id"]))], ["HF-1-pending"]);
  assert.deepEqual(failed, [{ host: "hooks.example" }]);
});

test("a receiver that refuses for good is not asked again", async () => {
  const one = await rig();
  const { sent, failed, pass, settle } = listening(one, [JSON_HOOK], [404]);
  await one.ask(pay());
  await settle();
  await pass(600_000);
  assert.deepEqual([sent.length, failed], [1, [{ host: "hooks.example", status: 404 }]]);
});

test("asking again tells nobody again; a restart tells again of what waits, and of nothing else", async () => {
  const one = await rig();
  const { sent, settle, hook } = listening(one, [JSON_HOOK]);
  for (let times = 0; times < 3; times++) await one.ask(pay());
  await one.ask(pay({ to: "other" }));
  await one.inbox.reject("HF-2", anna);
  await settle();
  assert.deepEqual(
    sent.map(({ headers }) => headers["webhook-id"]),
    ["HF-1-pending", "HF-2-pending", "HF-2-rejected"],
  );
  hook.shut();
  const again = listening(one, [JSON_HOOK]);
  await again.settle();
  assert.deepEqual(
    again.sent.map(({ headers }) => headers["webhook-id"]),
    ["HF-1-pending"],
  );
});

test("a question that waits long is told once, however many were told since", async () => {
  const one = await rig();
  const hooks = Array.from({ length: 10 }, (_, n) => ({ ...JSON_HOOK, url: `https://hooks.example/${n}` }));
  const { sent, settle } = listening(one, hooks);
  await one.ask(pay({ to: "the first" }));
  for (let n = 2; n < 600; n++) {
    await one.ask(pay({ n }));
    await one.inbox.reject(`HF-${n}`, anna);
  }
  await one.inbox.inquire("HF-1", anna, "which invoice?");
  await settle();
  const first = sent.filter(({ url, headers }) => url === hooks[0]?.url && headers["webhook-id"]?.startsWith("HF-1-"));
  assert.equal(first.length, 1);
});
