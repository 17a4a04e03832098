import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { formatFaults, readConfig } from "../../config/index.ts";
import { type Answer, defaultLabel, guard, type JsonObject, NEUTRAL, NEUTRAL_LABEL, type Outcome, type Released, type Request } from "../../core/index.ts";
import { checkConfig } from "../check.ts";
import { composeLayers } from "../layers.ts";
import { systemClock } from "../platform.ts";

const CONFIG = `
models: { practice: { provider: practice } }
output: { sink: { kind: html, action: escape } }
roles: { all: { read: ['*'], write: ['*'] } }
agents:
  a: { role: all, models: ['*'] }
  shell: { role: all, models: ['*'], sink: { kind: terminal, action: block } }
tools:
  crm:
    tools:
      note:
        effect: write
        egress: false
        args:
          body: { sink: { kind: html, action: escape } }
          where: { sink: sql }
          file: { sink: path }
          word: { sink: { kind: shell, action: escape } }
          statement: { sink: { kind: sql-statement, action: ask, allow: [read, write] } }
          seen: { sink: { kind: shell, action: report } }
`;
const NOWHERE = { open: () => ({ decided: async () => {}, close: () => {} }) };
const load = (text: string) => readConfig("holdfast.yaml", text, { env: {}, readFile: async () => "", check: checkConfig });
async function layersOf() {
  const loaded = await load(CONFIG);
  assert.ok(loaded.ok, loaded.ok ? "" : formatFaults(loaded.faults));
  return composeLayers(loaded.config, NOWHERE, { clock: systemClock, uncounted: true }).layers;
}
const user = { source: { kind: "user" }, label: defaultLabel({ kind: "user" }), text: "write a note" } as const;
const call = (args: JsonObject, tool = "crm.note"): Request => ({
  id: "r",
  principal: { agent: "a" },
  action: { type: "tool.call", tool, args },
  content: [user],
  context: { time: 0, surface: "test" },
});

/** The call through the whole path: what came of it, and with what it was performed. */
async function performed(args: JsonObject, tool?: string): Promise<{ readonly outcome: Outcome; readonly args: JsonObject | undefined }> {
  let seen: JsonObject | undefined;
  const perform = async (request: Request): Promise<Answer> => {
    seen = request.action.args;
    return { pump: () => {} };
  };
  const outcome = await guard(await layersOf(), call(args, tool), perform, () => {}, new AbortController().signal);
  return { outcome, args: seen };
}
const reasons = ({ outcome }: { readonly outcome: Outcome }): readonly string[] => outcome.decision.reasons.map(({ id, effect }) => `${id} ${effect}`);

test("a tool gets an argument as its sink wants it; what cannot be written so is denied, and nothing is performed", async () => {
  verifies("O-11");
  const safe = await performed({ body: "<b>hi</b> <script>x</script>", word: "it's", where: "Anna", file: "notes/a.md", other: "<script>" });
  assert.equal(safe.outcome.status, "done");
  assert.deepEqual(safe.args, { body: "<b>hi</b> &lt;script&gt;x&lt;/script&gt;", word: "'it'\\''s'", where: "Anna", file: "notes/a.md", other: "<script>" });
  assert.deepEqual(
    safe.outcome.decision.obligations.flatMap((one) => (one.kind === "escape" ? [`${one.argument} ${one.sink}`] : [])),
    ["body html", "word shell"],
  );
  for (const [args, id] of [
    [{ where: "x' OR 'a'='a" }, "sink/sql"],
    [{ file: "../../etc/passwd" }, "sink/path"],
    [{ word: "--output=/etc/passwd" }, "sink/shell"],
    [{ body: "hf://v/1" }, "sink/html"],
  ] as const) {
    const refused = await performed(args);
    assert.equal(refused.outcome.status, "denied");
    assert.equal(refused.args, undefined);
    assert.ok(reasons(refused).includes(`${id} deny`), id);
    assert.deepEqual(refused.outcome.decision.reasons.find((one) => one.id === id)?.evidence, [{ argument: Object.keys(args)[0] }]);
  }
});

test("a whole statement passes where it does what is allowed, and waits for a person where it does not or nobody can say", async () => {
  verifies("O-11");
  assert.equal((await performed({ statement: "UPDATE t SET a = 1" })).outcome.status, "done");
  for (const statement of ["DROP TABLE t", "SELECT 1; SELECT 2", "SELECT pg_sleep(9)"]) {
    const { outcome, args } = await performed({ statement });
    assert.equal(args, undefined);
    assert.ok(outcome.decision.reasons.some(({ id, effect }) => id === "sink/sql-statement" && effect === "ask"));
  }
});

test("what is only reported goes on as it is, and the record says what would have followed; a tool by its bare name is the same tool", async () => {
  verifies("O-11");
  const { outcome, args } = await performed({ seen: "$(id)" });
  assert.deepEqual(args, { seen: "$(id)" });
  assert.deepEqual(
    outcome.decision.reasons.flatMap(({ id, would }) => (would === undefined ? [] : [`${id} ${would}`])),
    ["sink/shell deny"],
  );
  for (const name of ["note", "crm__note"]) assert.notEqual((await performed({ where: "a'b" }, name)).outcome.status, "done", name);
});

test("a call that an answer proposes is handed on as its sinks want it, and what was decided is what is handed on", async () => {
  verifies("O-11", "O-05");
  const proposed = [call({ body: "<img src=x onerror=y>" }), call({ where: "a'b" })].map((one, at) => ({
    ...one,
    id: `c${at}`,
    context: { ...one.context, parent: "m" },
  }));
  const out: Released[] = [];
  const answer: Answer = { pump: (write) => write({ type: "calls", channel: "calls", requests: proposed }) };
  const model: Request = { ...call({}), action: { type: "model.call" }, resource: { type: "model", id: "practice/x" } };
  await guard(
    await layersOf(),
    model,
    async () => answer,
    (part) => void out.push(part),
    new AbortController().signal,
  );
  const [part] = out;
  assert.ok(part?.type === "calls");
  assert.deepEqual(
    part.calls.map(({ request, decision }) => [request.action.args, decision.effect]),
    [
      [{ body: "&lt;img src=x onerror=y&gt;" }, "permit"],
      [{ where: "a'b" }, "deny"],
    ],
  );
});

test("an answer is made safe for the sink of its agent, and what it holds is on record", async () => {
  verifies("O-11");
  const layers = await layersOf();
  const answered = (agent: string, pieces: readonly string[], channel = "text/0") => {
    const request: Request = { ...call({}), principal: { agent }, action: { type: "model.call" } };
    const filter = layers.output.open(request, NEUTRAL, { decision: NEUTRAL, label: NEUTRAL_LABEL, passages: [] });
    const out = pieces.map((piece) => filter.text(channel, piece)).join("") + filter.end(channel);
    return { out, blocked: filter.blocked, reasons: filter.verdict().decision.reasons.map(({ id, effect }) => `${id} ${effect}`) };
  };
  const escaped = { out: "<b>1</b> &lt;script&gt;x&lt;/script&gt;", blocked: false, reasons: ["output/sink/script permit"] };
  assert.deepEqual(answered("a", ["<b>1</b> <script>x</script>"]), escaped);
  assert.deepEqual(answered("a", Array.from("<b>1</b> <script>x</script>")), escaped);
  assert.deepEqual(answered("shell", ["<script>", "a\rb"]), { out: "<script>a", blocked: true, reasons: ["output/sink/control deny"] });
  assert.equal(answered("a", ["<script>x</script>"], "reasoning/0").out, "<script>x</script>");
});

test("a sink that cannot be escaped, or is not known, is refused when the configuration is read", async () => {
  verifies("O-11");
  for (const [from, to, message] of [
    ["{ sink: sql }", "{ sink: { kind: path, action: escape } }", /cannot be escaped/],
    ["{ sink: sql }", "{ sink: sqll }", /sink/],
  ] as const) {
    const loaded = await load(CONFIG.replace(from, to));
    assert.match(loaded.ok ? "" : formatFaults(loaded.faults), message);
  }
});
