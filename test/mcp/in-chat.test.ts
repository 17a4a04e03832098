/** Approving in the agent's own client: only where a rule says so, by the user it acts for, and what whoever holds its key cannot do with that. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { verifies } from "../verifies.ts";
import { type McpRig, startRig } from "./rig.ts";
import { type Running, stateless } from "./servers.ts";

const FORMS = { elicitation: { form: {}, url: {} } };
const OPERATOR = { name: "operator" };
type Shown = { readonly mode?: string; readonly message: string; readonly requestedSchema?: { readonly properties: object } };

const heard: string[] = [];
let server: Running;
let rig: McpRig;

const yaml = (chat: string, more = ""): string => `
models: {}
tools: { small: { http: { url: "${server.url}" }, default: { trust: internal } } }
roles: { all: { read: ["*"], write: ["*"] } }
agents: { worker: { role: all, limits: { requests: 10000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } } }
rules:
  - { id: chatty, when: 'action.tool.startsWith("small.")', then: ask, mode: enforce${chat} }
  - { id: strict, when: 'action.tool == "small.echo" && args.text == "strict"', then: ask, mode: enforce }
  - { id: four-eyes, when: 'action.tool == "small.echo" && args.text == "four eyes"', then: ask, approvals: 2, mode: enforce }
  - { id: role, when: 'action.tool == "small.echo" && args.text == "role"', then: ask, approvers: [finance], mode: enforce }
${more}`;
const CHAT = ", in_chat: [elicitation]";

before(async () => {
  server = await stateless(() => {
    const small = new McpServer({ name: "small", version: "1" }, { capabilities: { tools: {} } });
    for (const name of ["echo", "pay", "set_config"])
      small.registerTool(
        name,
        { inputSchema: z.object({ text: z.string().optional(), amount: z.number().optional(), ids: z.array(z.number()).optional() }) },
        ({ text = "" }) => {
          heard.push(text);
          return { content: [{ type: "text", text: `heard ${text}` }] };
        },
      );
    return small;
  });
  rig = await startRig(yaml(CHAT));
});
after(async () => {
  await Promise.all([rig.close(), server.close()]);
});
beforeEach(() => void heard.splice(0));

const keyOf = async (user?: string, of = rig): Promise<string> => (await of.keys.mint({ agent: "worker", ...(user === undefined ? {} : { user }) })).text;
const newest = async (of = rig) => (await of.inbox.list(1))[0]!;

/** Calls the tool, with a user at the client who answers what is shown. */
async function calling(
  key: string,
  args: object,
  answer: (shown: Shown) => object | Promise<object>,
  { name = "echo", of = rig, capabilities = FORMS as object } = {},
) {
  const shown: Shown[] = [];
  const client = await of.modern("small", key, capabilities);
  client.setRequestHandler("elicitation/create", async ({ params }) => {
    shown.push(params as Shown);
    return (await answer(params as Shown)) as never;
  });
  const { content, isError } = await client.callTool({ name, arguments: args as Record<string, unknown> });
  return { shown, isError: isError === true, text: JSON.stringify(content) };
}
const yes = () => ({ action: "accept", content: { approve: true } });

test("where a rule says so, the user for whom the agent acts approves in its client what is shown there whole; it is named as that", async () => {
  verifies("H-04", "H-05");
  const { shown, text } = await calling(await keyOf("uwe"), { text: "\u202eh\u00e9llo \u0430" }, yes);
  assert.match(text, /heard/);
  assert.deepEqual(heard, ["\u202eh\u00e9llo \u0430"], "what was shown is what was done");
  assert.deepEqual(Object.keys(shown[0]!.requestedSchema!.properties), ["approve"]);
  assert.match(shown[0]!.message, /worker wants to do exactly this in your name \(HF-\d+\): small\.echo \{"text":"\\u\{202e\}h\u00e9llo \\u\{430\}"\}/);
  const { answers, receipt, uses } = await newest();
  assert.deepEqual([answers[0]?.by, answers[0]?.via, uses.length], ["uwe", "elicitation", 1]);
  assert.match(JSON.stringify(receipt?.statement["answers"]), /"via":"elicitation"/);
  assert.match(JSON.stringify(rig.decided.at(-1)?.decision.reasons), /approved by `uwe` in the chat/);
});

test("a user who says no has rejected it; one who leaves the form, or sends it without a yes, has said nothing", async () => {
  verifies("H-04");
  const key = await keyOf("uwe");
  for (const [answer, state] of [
    [{ action: "cancel" }, "pending"],
    [{ action: "accept", content: { approve: false } }, "pending"],
    [{ action: "accept", content: { approve: "true" } }, "pending"],
    [{ action: "accept" }, "pending"],
    [{ action: "decline" }, "rejected"],
  ] as const) {
    const { isError } = await calling(key, { text: "no" }, () => answer);
    assert.deepEqual([isError, (await newest()).state], [true, state], JSON.stringify(answer));
  }
  assert.deepEqual(heard, []);
});

test("what another rule asks, wants four eyes, a role, moves money, or changes 100 records or configuration is not asked there, and an agent without a user has nobody", async () => {
  verifies("H-01", "H-04");
  const key = await keyOf("uwe");
  const modes = async (...[args, of, name]: [object, string?, string?]): Promise<unknown> => {
    const { shown, isError } = await calling(of ?? key, args, yes, name === undefined ? {} : { name });
    return isError && shown.map(({ mode }) => mode).join();
  };
  for (const text of ["strict", "four eyes", "role", "x".repeat(3_000)]) assert.equal(await modes({ text }), "url", text.slice(0, 10));
  assert.equal(await modes({ amount: 1 }, undefined, "pay"), "url", "money");
  const ids = Array.from({ length: 100 }, (_, id) => id);
  assert.equal(await modes({ text: "many", ids }), "url", "records");
  assert.equal(await modes({ text: "many", ids: ids.slice(1) }), false, "one less is not many: it is asked, and done");
  assert.equal(await modes({ text: "x" }, undefined, "set_config"), "url", "configuration");
  heard.splice(0);
  assert.equal(await modes({ text: "nobody" }, await keyOf()), "url");
  assert.deepEqual(heard, []);
});

/** A call as whoever holds the key would make it by hand, with whatever answers they like. */
async function forged(
  of: McpRig,
  key: string,
  args: object,
  more: object = {},
): Promise<{
  readonly result?: { readonly requestState?: string; readonly resultType?: string; readonly isError?: boolean };
  readonly error?: { readonly message: string };
}> {
  const meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "x", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": FORMS,
  };
  const body = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "echo", arguments: args, _meta: meta, ...more } };
  const answer = await of.post("small", key, body, { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "echo" });
  const text = await answer.text();
  return JSON.parse(text.startsWith("{") ? text : (/^data: (\{.*)$/m.exec(text)?.[1] ?? "{}"));
}
const YES = { "holdfast-confirmation": yes() };

test("whoever holds the agent's key can answer as its user, which is why no rule says so by itself; without a rule that does, a forged yes is worth nothing", async () => {
  verifies("H-04", "P-08");
  const own = await startRig(yaml(""));
  try {
    const key = await keyOf("uwe", own);
    const first = await forged(own, key, { text: "forged" });
    assert.equal(first.result?.resultType, "input_required");
    const again = await forged(own, key, { text: "forged" }, { requestState: first.result?.requestState, inputResponses: YES });
    assert.equal(again.result?.isError, true, JSON.stringify(again));
    assert.deepEqual([(await newest(own)).answers, heard], [[], []]);
  } finally {
    await own.close();
  }
  const key = await keyOf("uwe");
  const open = await forged(rig, key, { text: "by itself" });
  await forged(rig, key, { text: "by itself" }, { requestState: open.result?.requestState, inputResponses: YES });
  assert.deepEqual([(await newest()).answers[0]?.via, heard], ["elicitation", ["by itself"]], "it says of itself what it is");
});

test("a yes is good for its own question, caller and call: replayed, moved, guessed or without its seal it lets nothing through", async () => {
  verifies("H-04");
  const key = await keyOf("uwe");
  const other = await keyOf("uwe");
  const first = await forged(rig, key, { text: "one" });
  const sealed = { requestState: first.result?.requestState, inputResponses: YES };
  assert.match((await forged(rig, key, { text: "two" }, sealed)).error?.message ?? "", /was not given to this caller for this request/);
  assert.match((await forged(rig, other, { text: "one" }, sealed)).error?.message ?? "", /was not given to this caller/);
  assert.match((await forged(rig, key, { text: "one" }, { ...sealed, requestState: "hf1.AAAA" })).error?.message ?? "", /was not given/);
  assert.notEqual((await forged(rig, key, { text: "one" }, { inputResponses: YES })).result?.requestState, undefined, "asked, and not answered");
  assert.deepEqual(heard, []);
  assert.equal((await forged(rig, key, { text: "one" }, sealed)).result?.isError, undefined);
  assert.equal((await forged(rig, key, { text: "one" }, sealed)).result?.isError, true, "the next time is another question");
  assert.deepEqual(heard, ["one"]);
  assert.equal((await newest()).state, "pending");
});

test("a yes counts for nothing once the policy has changed, or a passkey would have to sign", async () => {
  verifies("H-04");
  const own = await startRig(yaml(CHAT));
  try {
    const key = await keyOf("uwe", own);
    const refused = async (text: string, meanwhile: () => Promise<void>) => {
      const { isError } = await calling(key, { text }, () => meanwhile().then(yes), { of: own });
      return [isError, (await own.inbox.list(9)).filter(({ bound, answers }) => bound.action.args?.["text"] === text && answers.length > 0).length];
    };
    assert.deepEqual(await refused("changed", () => own.reload(yaml(CHAT, "people: { anna: { roles: [finance] } }"))), [true, 0]);
    assert.deepEqual(await refused("required", () => own.reload(yaml(CHAT, "oversight: { step_up: required }"))), [true, 0]);
    assert.deepEqual(heard, []);
  } finally {
    await own.close();
  }
});

test("a rule for chats that wants others as well is refused, and so is one that does not ask", async () => {
  await assert.rejects(startRig(yaml(`${CHAT}, approvals: 2`)), /what needs several people is not answered in a chat/);
  await assert.rejects(startRig(yaml(`${CHAT}, approvers: [finance]`)), /`elicitation` asks the agent's own user/);
  await assert.rejects(startRig(yaml(CHAT).replace("then: ask", "then: deny")), /only an `ask` is answered/);
});

test("what an approver asks back is asked of the client's user where it can show a form, and the answer is said as the agent's words", async () => {
  verifies("H-02");
  const key = await keyOf("uwe");
  const ask = { text: "strict" };
  await calling(key, ask, () => ({ action: "accept" }));
  const { id } = await newest();
  await rig.inbox.inquire(id, OPERATOR, "which \u201cinvoice\u201d?");
  const { shown, isError } = await calling(key, ask, ({ mode }) =>
    mode === "url" ? { action: "accept" } : { action: "accept", content: { answer: "number 17" } },
  );
  assert.match(shown.find(({ mode }) => mode === "form")?.message ?? "", /asks first: "which 'invoice'\?"/);
  assert.equal(isError, true);
  const { remarks, answers } = (await rig.inbox.get(id))!;
  assert.deepEqual([remarks?.map(({ from, text }) => `${from}: ${text}`), answers], [["person: which \u201cinvoice\u201d?", "agent: number 17"], []]);
});

test("a client with a session is asked within the call, at a server's own address and where all are one, and the call goes on by itself", async () => {
  verifies("H-04", "G-02");
  const key = await keyOf("uwe");
  for (const [at, name] of [
    ["small", "echo"],
    ["", "small__echo"],
  ] as const) {
    const answers: object[] = [{ action: "cancel" }, { action: "decline" }, yes(), yes()];
    const shown: string[] = [];
    const client = await rig.client(at, key, { elicitation: {} });
    client.setRequestHandler(ElicitRequestSchema, async ({ params: { message } }) => {
      shown.push(message);
      return (answers.shift() ?? {}) as never;
    });
    const call = async (text: string) => {
      const { content, isError } = await client.callTool({ name, arguments: { text } });
      return `${isError === true ? "refused " : ""}${(content as readonly { readonly text: string }[])[0]?.text}`;
    };
    assert.match(await call(`${at} left`), /^refused .*waiting for approval/);
    assert.match(await call(`${at} no`), /^refused .*oversight\/rejected/);
    assert.equal(await call(`${at} yes`), `heard ${at} yes`);
    assert.equal(await call(`${at} yes`), `heard ${at} yes`, "asked again: the first yes was used up");
    assert.equal(new Set(shown.map((text) => /HF-\d+/.exec(text)?.[0])).size, 4);
    assert.match(await call("strict"), /^refused .*waiting for approval/);
    assert.equal(shown.length, 4, "where another rule asks, nobody is asked there");
  }
});

test("while the user is asked, a person at the console may answer as well, and the call goes on", async () => {
  const client = await rig.client("small", await keyOf("uwe"), { elicitation: {} });
  client.setRequestHandler(ElicitRequestSchema, async () => {
    await rig.inbox.approve((await newest()).id, OPERATOR);
    return new Promise<never>(() => {});
  });
  const { content } = await client.callTool({ name: "echo", arguments: { text: "console" } });
  assert.match(JSON.stringify(content), /heard console/);
});
