/** One long session as the LLM gateway sees it, in a process of its own: what is left of it in memory, in bytes for each byte of its text. */

import { setImmediate } from "node:timers/promises";
import { type Content, defaultLabel } from "../../src/core/content.ts";
import { NEUTRAL } from "../../src/core/decision.ts";
import { joinLabels, NEUTRAL_LABEL } from "../../src/core/label.ts";
import { createConversations } from "../../src/permission/conversations.ts";
import { createHistories } from "../../src/permission/histories.ts";
import { compilePolicy, permissionLayer } from "../../src/permission/index.ts";
import { resultLabel } from "../../src/permission/tools.ts";

const HOUR = 3_600_000;
const PIECES: { readonly [kind: string]: (n: number) => string } = {
  prose: (n) => `Message ${n}: the quick brown fox from town ${n} owes ${n * 3}.50 to someone-${n}@example.org, who lives at number ${n % 90}. `.repeat(40),
  json: (n) =>
    JSON.stringify(
      Array.from({ length: 40 }, (_, at) => ({ id: n * 40 + at, from: `writer-${at}@example.org`, subject: `No ${n}`, body: `Text ${at} of ${n}` })),
    ),
  small: (n) => `Result ${n}: done, ${n * 7} left.`,
};

const [kind = "prose", readers = ""] = process.argv.slice(2);
/** Of lines of thirty signs, ten thousand are as many messages as a client may send. */
const SIZE = kind === "small" ? 1 << 18 : 1 << 20;
const compiled = compilePolicy({
  models: { m: {} },
  tools: { desk: { default: {}, tools: { read_mail: { effect: "read", egress: false, ...(readers === "" ? {} : { readers: [readers] }) } } } },
  roles: { all: { read: ["*"], write: ["*"], deny: [] } },
  agents: { a: { role: "all", models: ["m/*"], limits: { requests: { count: 1e6, ms: 60_000, text: "many" } } } },
  rules: [],
  flow: { mode: "enforce", rule_of_two: "enforce", session: HOUR },
  timezone: "UTC",
});
if (!compiled.ok) throw new TypeError("the policy does not compile");
const { policy } = compiled;
let now = 0;
const histories = createHistories();
const conversations = createConversations(histories);
const layer = permissionLayer(policy, { clock: { monotonic: () => now }, histories, uncounted: true });
const label = resultLabel("desk.read_mail", policy.tools.facts("desk.read_mail"));

/** Grows one conversation, each turn sent anew as a client does, and decides one call in each. The length of its text. */
function session(name: string, size: number): number {
  const principal = { agent: "a", capability: `key-${name}` };
  const said: Content[] = [
    { source: { kind: "user" }, label: defaultLabel({ kind: "user" }), text: `${name}: read my mails and send the summary to ben@corp.example.` },
  ];
  let length = 0;
  for (let n = 0; length < size; ) {
    for (let turn = 0; turn < size / 8 && length < size; n++) {
      const text = (PIECES[kind] as (n: number) => string)(n);
      said.push(
        { source: { kind: "model", id: "desk.read_mail" }, label: NEUTRAL_LABEL, value: { id: n } },
        { source: { kind: "tool", id: "desk.read_mail" }, label, text },
      );
      length += text.length;
      turn += text.length;
    }
    // New strings, as they come from the wire.
    const sent = JSON.parse(JSON.stringify(said)) as Content[];
    const { id, read } = conversations.turn(principal, sent, sent.length, now, HOUR);
    const of = { principal, content: [], context: { time: 0, surface: "t", conversation: id } };
    const joined = sent.reduce((all, one) => joinLabels(all, one.label), NEUTRAL_LABEL);
    const inspection = { decision: NEUTRAL, label: joined, passages: [] };
    void layer.decide({ ...of, id: "m", action: { type: "model.call" }, resource: { type: "model", id: "m/x" } }, inspection);
    // The attachment is looked for in all that was read. Nothing is denied, or who may read it would not be asked.
    const args = { to: "ben@corp.example", subject: "Summary", body: "Hello Ben, here it is.", attachment: "report.pdf" };
    void layer.decide({ ...of, id: "r", action: { type: "tool.call", tool: "send_email", args }, read: read(sent) }, inspection);
    said.push({ source: { kind: "model" }, label: NEUTRAL_LABEL, text: `Answer ${n}.` });
    conversations.answering(principal, id, () => [[said.at(-1) as Content]], 86_400_000)(now);
  }
  return length;
}

/**
 * What is held, in bytes: the least of some collections with a turn of the loop between them. A collection of one turn
 * may keep what a marking already under way had seen, and what that turn's promises hold. What is really held is in the least of them as well.
 */
async function held(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n < 6; n++) {
    (globalThis as { gc?: () => void }).gc?.();
    await setImmediate();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    least = Math.min(least, heapUsed + arrayBuffers);
  }
  return least;
}

session("warm", SIZE / 16);
const before = await held();
const length = session("one", SIZE);
const each = ((await held()) - before) / length;
const afterFirst = await held();
// What is over goes when others come.
for (let n = 0; n < 6; n++) {
  now += HOUR * 10;
  session(`later ${n}`, SIZE / 2);
}
const more = ((await held()) - afterFirst) / length;
console.log(JSON.stringify({ each, more }));
