/** P5 with flow: what it costs to follow a call's arguments through everything that a session has read. */
import { type Content, defaultLabel, type Source } from "../src/core/content.ts";
import { NEUTRAL } from "../src/core/decision.ts";
import { UNTRUSTED } from "../src/core/label.ts";
import type { Inspection } from "../src/core/layers.ts";
import type { Request } from "../src/core/request.ts";
import { compilePolicy, permissionLayer } from "../src/permission/index.ts";
import { type Bench, median, type Row } from "./row.ts";

const KB = 1024;
const SESSIONS = [
  { size: 100 * KB, name: "100 KB", target: 50_000 },
  { size: 1024 * KB, name: "1 MB", target: 500_000 },
] as const;

export const run: Bench = async ({ quick }) => {
  const rounds = quick ? 3 : 15;
  return SESSIONS.flatMap(({ size, name, target }): Row[] => {
    const decide = decider();
    const n = quick ? 20 : Math.round((200 * 100 * KB) / size);
    const read = session(size);
    const [known, turn]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      // A new turn: the client sends everything again, as new strings, and one call is decided.
      const again = structuredClone(read);
      const started = performance.now();
      decide(again);
      turn.push((performance.now() - started) * 1e6);
      const begun = performance.now();
      for (let i = 0; i < n; i++) decide(again);
      known.push(((performance.now() - begun) / n) * 1e6);
    }
    // The floor: one look through the folded text for one value.
    const text = read.map((content) => content.text ?? "").join("\n");
    const begun = performance.now();
    for (let i = 0; i < n; i++) text.includes(`nobody-${i}@corp.example`);
    const floor = ((performance.now() - begun) / n) * 1e6;
    const [call, first] = [median(known), median(turn)];
    return [
      {
        id: "P5",
        what: `policy decision with flow, ${name} read, a further call of the same answer`,
        unit: "ns",
        ours: call,
        floor,
        ratio: call / floor,
        target: `at most ${target / 1000} µs`,
        met: call <= target,
        n,
        note: "floor: one `includes` over the same text; the call has two addresses, a subject, a text and an attachment",
      },
      {
        id: "P5",
        what: `the first call of a turn, ${name} sent again`,
        unit: "ns",
        ours: first,
        floor,
        ratio: first / floor,
        target: "at most 50 ms: no stall",
        met: first <= 50e6,
        n: 1,
      },
    ];
  });
};

const INSPECTION: Inspection = { decision: NEUTRAL, label: UNTRUSTED, passages: [] };

function decider(): (read: readonly Content[]) => unknown {
  const compiled = compilePolicy({
    models: {},
    tools: {},
    roles: { all: { read: ["*"], write: ["*"], deny: [] } },
    agents: { a: { role: "all", models: [], limits: { requests: { count: 10, ms: 60_000, text: "10/min" } } } },
    rules: [],
    flow: { mode: "enforce" },
    timezone: "UTC",
  });
  if (!compiled.ok) throw new TypeError("the policy does not compile");
  const layer = permissionLayer(compiled.policy, { clock: { monotonic: () => 0 }, uncounted: true });
  const args = {
    to: "ben@corp.example",
    cc: ["anna.kern@corp.example"],
    subject: "Summary",
    body: "Hello Ben, here is the summary.",
    attachment: "report.pdf",
  };
  return (read) => {
    const request: Request = {
      id: "r",
      principal: { agent: "a" },
      action: { type: "tool.call", tool: "send_email", args },
      content: [],
      read,
      context: { time: 0, surface: "bench" },
    };
    return layer.decide(request, INSPECTION);
  };
}

/** A request, and mails and pages of about a kilobyte each. */
function session(size: number): readonly Content[] {
  const said = (source: Source, text: string): Content => ({ source, label: defaultLabel(source), text });
  const read = [said({ kind: "user" }, "Read my inbox, then send the summary to Anna and to ben@corp.example.")];
  for (let i = 0, length = 0; length < size; i++) {
    const prose = `Message ${i}: the quick brown fox from Berlin owes 1,200.50 to someone-${i}@example.org, see www.example.org/${i}. `.repeat(9);
    const text = i % 2 === 0 ? prose : JSON.stringify({ mails: [{ from: `writer-${i}@example.org`, subject: `No ${i}`, body: prose.slice(0, 900) }] });
    const tool = i % 2 === 0 ? "read_page" : "read_mail";
    read.push({ source: { kind: "model", id: tool }, label: defaultLabel({ kind: "model" }), value: { id: i } }, said({ kind: "tool", id: tool }, text));
    length += text.length;
  }
  return read;
}
