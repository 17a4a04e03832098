/** Buttons in Slack, from the message to the answer: an HTTP server of ours, requests signed as Slack signs them, and what attackers make of both. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { checkSlack, slackOf } from "../../src/compose/people/slack.ts";
import { channelsOf, replyInSlack } from "../../src/compose/people/telling.ts";
import { systemClock } from "../../src/compose/platform.ts";
import { type Config, readConfig } from "../../src/config/index.ts";
import { ask, type Decision } from "../../src/core/index.ts";
import { digestOf, shownInChat } from "../../src/oversight/index.ts";
import { SLACK_PATH, slackRoute } from "../../src/surfaces/chat/slack.ts";
import { loopbackNames } from "../../src/surfaces/http/sanity.ts";
import { type HttpServer, serve } from "../../src/surfaces/http/serve.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { memoryDocuments } from "../../src/vault/documents.ts";
import { createPasskeys } from "../../src/vault/passkeys.ts";
import { verifies } from "../verifies.ts";
import { kindOf, needing, pay, type Rig, rig } from "./rig.ts";

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
const yaml = (language: string, more = ""): string => `
people:
  anna: { roles: [finance], user: anna@example.org, slack: T0HOUSE01/U0ANNA001 }
  carl: { roles: [security], slack: T0HOUSE01/U0CARL001 }
oversight:
  language: ${language}
  webhooks: [{ url: "${hooks}/services/T0", format: slack, signing_secret: "${SECRET}" }]
  ${more}
`;
const inChat = (decision: Decision): Decision => ({ ...decision, reasons: decision.reasons.map((reason) => ({ ...reason, inChat: ["slack"] as const })) });
const CHATTY = inChat(ask({ id: "rules/chatty", text: "rule `chatty` asks a person" }));

type Block = {
  readonly type: string;
  readonly block_id?: string;
  readonly text?: { readonly type: string; readonly text: string };
  readonly elements?: readonly { readonly action_id: string; readonly value?: string }[];
};

let one: Rig;
let config: Config;
let documents = memoryDocuments();
/** What reached the workspace. */
const posted: { readonly path: string; readonly body: string }[] = [];
const workspace = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (text: string) => void (body += text));
  request.on("end", () => {
    posted.push({ path: request.url ?? "", body });
    response.end();
  });
});
const clock = { now: () => one.world.wall, monotonic: () => performance.now(), timer: systemClock.timer };
let server: HttpServer;
let url = "";
let hooks = "";

const configured = async (text: string): Promise<Config> => {
  const loaded = await readConfig("holdfast.yaml", text, { env: {}, readFile: async () => "" });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return loaded.config;
};

before(async () => {
  const log = createLog({ level: "silent" });
  await new Promise<void>((resolve) => workspace.listen(0, "127.0.0.1", resolve));
  hooks = `http://127.0.0.1:${(workspace.address() as AddressInfo).port}`;
  const route = slackRoute({
    ...slackOf({
      inbox: {
        get: (...given) => one.inbox.get(...given),
        approve: (...given) => one.inbox.approve(...given),
        reject: (...given) => one.inbox.reject(...given),
      },
      documents: {
        list: (...given) => documents.list(...given),
        put: (...given) => documents.put(...given),
        remove: (...given) => documents.remove(...given),
      } as typeof documents,
      config: () => config,
      post: replyInSlack,
      clock,
      log,
    }),
  });
  server = serve({
    surface: "http",
    routes: [route],
    names: loopbackNames,
    keys: { check: () => undefined, watch: () => () => {} } as never,
    clock: systemClock,
    log,
    metrics: { answered() {} } as never,
  });
  const { port }: AddressInfo = await server.listen("127.0.0.1", 0);
  url = `http://127.0.0.1:${port}${SLACK_PATH}`;
});
after(async () => {
  await server.drain(0);
  workspace.close();
});
beforeEach(async () => {
  one = await rig();
  config = await configured(yaml("en"));
  documents = memoryDocuments();
  posted.splice(0);
});

/** What the app's channel posts about the newest question. */
async function message(): Promise<{ readonly text: string; readonly blocks?: readonly Block[] }> {
  const [channel] = channelsOf(
    config,
    (ticket) => `https://console.example/approvals/${ticket}`,
    clock,
    () => one.world.policy,
  );
  const approval = (await one.inbox.list(1))[0]!;
  posted.splice(0);
  assert.deepEqual(await channel!.send({ id: "x", news: [{ approval, state: one.inbox.stateOf(approval) }], missed: 0 }), { is: "taken" });
  return JSON.parse(posted[0]?.body ?? "{}");
}

const pressed = (
  from: { readonly blocks?: readonly Block[] },
  action: string,
  user: object = { id: "U0ANNA001", team_id: "T0HOUSE01" },
  more: object = {},
): object => {
  const button = from.blocks?.flatMap(({ elements = [] }) => elements).find(({ action_id: id }) => id === action);
  return {
    type: "block_actions",
    user,
    team: { id: "T0HOUSE01" },
    actions: [{ action_id: action, block_id: "x", value: button?.value }],
    message: { blocks: from.blocks },
    response_url: `${hooks}/actions/T0/1`,
    ...more,
  };
};

/** As Slack sends it. */
async function send(payload: object, { secret = SECRET, at = one.world.wall, signed = undefined as string | undefined } = {}): Promise<number> {
  const body = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
  const stamp = String(Math.floor(at / 1000));
  const signature = signed ?? `v0=${createHmac("sha256", secret).update(`v0:${stamp}:${body}`).digest("hex")}`;
  const headers = { "content-type": "application/x-www-form-urlencoded", "x-slack-request-timestamp": stamp, "x-slack-signature": signature };
  const { status } = await fetch(url, { method: "POST", headers, body });
  return status;
}
const answers = async (): Promise<readonly string[]> => ((await one.inbox.get("HF-1"))?.answers ?? []).map(({ by, action, via }) => `${by} ${action} ${via}`);
/** What whoever pressed was told, once that is as much as there were presses. */
async function told(presses: number): Promise<readonly string[]> {
  const replies = () => posted.filter(({ path }) => path === "/actions/T0/1");
  for (let tries = 0; replies().length < presses && tries < 200; tries++) await wait(10);
  return replies().map(({ body }) => (JSON.parse(body) as { readonly text: string }).text);
}

test("a question that a rule lets be answered in Slack stands there whole, with buttons; a press by a known person counts, once, and says where", async () => {
  verifies("H-04", "H-05");
  await one.ask(pay({ to: "\u202eACM\u0415", note: "<b>&amp; *x*" }), CHATTY);
  const { text, blocks = [] } = await message();
  assert.match(text, /^HF-1: agent support asks to use pay\.send\. Until .*: https:\/\/console\.example\/approvals\/HF-1$/);
  assert.deepEqual(
    blocks.map(({ text: shown }) => shown?.type),
    ["plain_text", "plain_text", undefined],
  );
  assert.equal(blocks[1]?.text?.text, 'pay.send {"note":"<b>&amp; *x*","to":"\\u{202e}ACM\\u{415}"}');
  // Slack may write entities into what it sends back.
  const back = { blocks: JSON.parse(JSON.stringify(blocks).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")) };
  assert.equal(await send(pressed(back, "approve")), 200);
  assert.deepEqual(await answers(), ["anna approve slack"]);
  assert.deepEqual(await told(1), ["HF-1: your approval counts."]);
  assert.equal(kindOf(await one.ask(pay({ to: "\u202eACM\u0415", note: "<b>&amp; *x*" }), CHATTY)), "permit oversight/approved");
  const { receipt } = (await one.inbox.get("HF-1"))!;
  assert.match(JSON.stringify(receipt?.statement["answers"]), /"via":"slack"/);
});

test("what is not signed by the app's secret, is old, comes from the future or comes again is nobody's press", async () => {
  verifies("H-04");
  await one.ask(pay(), CHATTY);
  const press = pressed(await message(), "approve");
  const now = one.world.wall;
  assert.equal(await send(press, { secret: `${SECRET}x` }), 401, "an agent's own secret");
  assert.equal(await send(press, { signed: "v0=00" }), 401);
  assert.equal(await send(press, { at: now - 301_000 }), 401, "old");
  assert.equal(await send(press, { at: now + 301_000 }), 401, "from the future");
  const unsigned = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", authorization: "Bearer hf_agent" },
    body: "payload={}",
  });
  assert.equal(unsigned.status, 401);
  assert.deepEqual([await answers(), await told(0)], [[], []]);
  const reject = pressed(await message(), "reject");
  assert.deepEqual([await send(reject), await send(reject)], [200, 401]);
  assert.deepEqual(await answers(), ["anna reject slack"]);
});

test("a press counts only by somebody who is named and may answer this, and not by whoever it was asked for", async () => {
  verifies("H-04");
  await one.ask(pay(), inChat(needing(["finance"])));
  const shown = await message();
  assert.equal(await send(pressed(shown, "approve", { id: "U0MALLORY", team_id: "T0HOUSE01" })), 200);
  assert.equal(await send(pressed(shown, "approve", { id: "U0ANNA001", team_id: "T0OTHER01" })), 200, "the same member of another workspace");
  assert.equal(await send(pressed(shown, "approve", { id: "U0CARL001", team_id: "T0HOUSE01" })), 200, "another role");
  assert.deepEqual((await told(3)).map((text) => text.replace(/^Nothing was done: /, "")).sort(), [
    "HF-1 has to be answered by somebody else.",
    "Holdfast does not know your account here.",
    "Holdfast does not know your account here.",
  ]);
  const own = pay({ to: "x" }, { principal: { agent: "support", user: "anna@example.org", capability: "key_1" } });
  await one.ask(own, CHATTY);
  await send(pressed(await message(), "approve"));
  assert.match((await told(1)).join(), /HF-2 has to be answered by somebody else/);
  assert.deepEqual(
    (await one.inbox.list(9)).flatMap((asked) => asked.answers),
    [],
  );
});

test("buttons under other words, of another question, or of one that has changed meanwhile answer nothing", async () => {
  verifies("H-04");
  await one.ask(pay(), CHATTY);
  const shown = await message();
  const [line, whole, buttons] = shown.blocks as readonly [Block, Block, Block];
  const under = (blocks: readonly Block[], value?: string): object => {
    const press = pressed({ blocks: [...blocks, buttons] }, "approve") as { readonly actions: readonly object[] };
    return value === undefined ? press : { ...press, actions: [{ action_id: "approve", block_id: "x", value }] };
  };
  const harmless: Block = { ...whole, text: { type: "plain_text", text: "calendar.read {}" } };
  for (const forged of [under([line, harmless]), under([line]), under([whole, harmless]), under([harmless, whole])]) await send(forged);
  const digest = buttons.elements?.[0]?.value?.split(" ")[1];
  for (const value of [`HF-2 ${digest}`, `HF-1 ${"0".repeat(64)}`, "HF-1", "", `*<https://evil.example|HF-1>* ${digest}`])
    await send(under([line, whole], value));
  assert.deepEqual(await answers(), []);
  assert.doesNotMatch((await told(9)).join(), /counts|evil/);
  await one.ask(pay(), CHATTY);
  one.world.policy = "policy-2";
  await send(pressed(shown, "approve", undefined, { x: 1 }));
  assert.deepEqual(await answers(), [], "the policy that let it be answered there is not in force any more");
  one.world.policy = "policy-1";
  one.pass(61 * 60_000);
  await send(pressed(shown, "approve", undefined, { x: 2 }));
  assert.deepEqual(await answers(), [], "its time is over");
});

test("what another rule asks, needs four eyes, was planted or does not fit has a link and no button, and a press that is made up for it does not count", async () => {
  verifies("H-04", "H-01");
  const plain = ask({ id: "rules/strict", text: "rule `strict` asks a person" });
  const both: Decision = { ...CHATTY, reasons: [...CHATTY.reasons, ...plain.reasons] };
  for (const [args, decision] of [
    [{ a: 1 }, plain],
    [{ a: 2 }, both],
    [{ a: 3 }, inChat(needing([], 2))],
    [{ a: "x".repeat(3_000) }, CHATTY],
    [{ a: "\u0430".repeat(500) }, CHATTY],
  ] as const) {
    const waits = await one.ask(pay(args), decision);
    assert.equal((await message()).blocks, undefined, JSON.stringify(args).slice(0, 40));
    const approval = (await one.inbox.list(1))[0]!;
    assert.equal(waits.kind === "wait" && waits.ticket, approval.id);
    const blocks = [{ type: "section", block_id: approval.id, text: { type: "plain_text", text: shownInChat(approval) ?? "" } }];
    const actions = [{ action_id: "approve", value: `${approval.id} ${digestOf(approval.bound)}` }];
    assert.equal(await send({ ...pressed({ blocks }, "approve"), actions }), 200);
    assert.deepEqual((await one.inbox.get(approval.id))?.answers, []);
  }
  const like = (await one.inbox.list(9)).find(({ reasons }) => reasons.every(({ inChat: chats }) => chats !== undefined))!;
  await one.inbox.plant(pay({ a: "nobody asked" }), like);
  assert.equal((await message()).blocks, undefined, "planted");
});

test("who has a passkey rejects in Slack and approves at the console, and so does everybody where passkeys are required", async () => {
  verifies("H-04");
  await one.ask(pay(), CHATTY);
  const shown = await message();
  config = await configured(yaml("de", "step_up: required"));
  await send(pressed(shown, "approve"));
  config = await configured(yaml("de"));
  const key = { person: "anna", name: "red", credential: "AAAA", publicKey: "AAAA", counter: 0, host: "localhost", transports: [], created: 0 };
  await createPasskeys(documents).add(key);
  await send(pressed(shown, "approve", undefined, { x: 1 }));
  assert.deepEqual([await answers(), new Set(await told(2))], [[], new Set(["Nichts ist geschehen: Ihr Passkey muss das unterschreiben, in der Konsole."])]);
  await send(pressed(shown, "reject"));
  assert.equal((await told(3)).at(-1), "HF-1: Ihre Ablehnung zählt.");
  assert.deepEqual(await answers(), ["anna reject slack"]);
});

test("an answer goes to no address but where messages go anyway; a body of another form, too long or without our buttons does nothing", async () => {
  await one.ask(pay(), CHATTY);
  const shown = await message();
  await send(pressed(shown, "approve", undefined, { response_url: "http://169.254.169.254/latest" }));
  await wait(50);
  assert.deepEqual([await answers(), await told(0)], [["anna approve slack"], []]);
  assert.equal(await send({ type: "view_submission" }), 200);
  assert.equal(await send(pressed(shown, "open")), 200);
  assert.equal(await send({ padding: "x".repeat(200_000) }), 413);
  assert.equal((await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" })).status, 401);
  config = await configured("people: {}");
  assert.equal(await send(pressed(shown, "approve")), 404, "where no app is configured there is nothing");
});

test("one account is one person, a rule for Slack wants a message there, and an app its secret", async () => {
  const twice = await configured(yaml("en").replace("U0CARL001", "U0ANNA001"));
  assert.deepEqual(
    checkSlack(twice).map(({ message: why }) => why),
    ["`T0HOUSE01/U0ANNA001` is somebody else already"],
  );
  const rule = `rules: [{ id: chatty, when: "true", then: ask, mode: enforce, in_chat: [slack] }]`;
  assert.deepEqual(
    checkSlack(await configured(rule)).map(({ path }) => path.join(".")),
    ["rules.0.in_chat"],
  );
  assert.deepEqual(checkSlack(await configured(`${yaml("en")}\n${rule}`)), []);
  const unsigned = await readConfig("holdfast.yaml", `oversight: { webhooks: [{ url: "http://x.example/a", format: slack }] }`, {
    env: {},
    readFile: async () => "",
  });
  assert.match(JSON.stringify(unsigned), /`signing_secret` belongs to `format: slack`/);
});
