/**
 * The main job on real input: recorded agent conversations (AgentDojo, AgentDyn) sent through a running gateway turn by turn, as their
 * agent's chat requests. The upstream answers with what the recording says came next, and in the end with what the attacker wanted.
 * Every request must be on record, nothing may reach the model or the agent altered unless a reason says so, and the log must verify.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { gunzipSync } from "node:zlib";
import { Pool } from "undici";
import { type Served, serve } from "./serve.ts";
import { verifies } from "./verifies.ts";

const DATA = join(import.meta.dirname, "../../shared/data/agent");
const REPLAYS = [
  "agentdojo_replay_v1.2.2_direct",
  "agentdojo_replay_v1.2.2_important_instructions",
  "agentdojo_replay_v1.2.2_tool_knowledge",
  "agentdyn_replay_v1_direct",
  "agentdyn_replay_v1_important_instructions",
];

interface Call {
  readonly function: string;
  readonly args: { readonly [name: string]: unknown };
}
interface Recording {
  readonly suite: string;
  readonly user_prompt: string;
  readonly steps: readonly (Call & { readonly output: string })[];
  readonly attacker_calls: readonly Call[];
}
/** One turn: what the agent sends, and what the model answers. */
interface Turn {
  readonly body: { readonly model: string; readonly messages: readonly object[]; readonly tools: readonly object[] };
  readonly answer: object;
  readonly calls: number;
}

const upstream = createServer();
const seen = new Map<string, unknown>();
const answers = new Map<string, object>();
let gateway: Served;
let pool: Pool;

before(async () => {
  upstream.on("request", async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as { user: string };
    seen.set(body.user, body);
    response.setHeader("content-type", "application/json").end(JSON.stringify(answers.get(body.user)));
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  gateway = await serve(`
models:
  recorded: { provider: openai, base_url: "http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1", credential: none, models: [recorded-1] }
roles:
  everything: { read: ["*"], write: ["*"] }
agents:
  recorded: { role: everything, models: [recorded/*], limits: { requests: 10000/s, actions: 10000/s, duplicates: { writes: 10000, reads: 10000 } } }
`);
  pool = new Pool(gateway.url, { connections: 16 });
});
after(async () => {
  await pool.close();
  await gateway.stop();
  upstream.close();
});

test("recorded conversations pass through the gateway: all recorded, none altered without a reason, and the log verifies", async (t) => {
  verifies("A-01", "A-02", "G-01", "P-09");
  const turns = REPLAYS.flatMap((name) => recordings(name).flatMap(turnsOf));
  const tally = { requests: 0, untouched: 0, callsProposed: 0, callsRefused: 0, textMasked: 0 };
  const key = gateway.key;
  await inParallel(16, turns, async (turn, index) => {
    const user = `turn-${index}`;
    answers.set(user, turn.answer);
    const body = { ...turn.body, user };
    const { statusCode, body: answer } = await pool.request({
      method: "POST",
      path: "/v1/chat/completions",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify(body),
    });
    const received = (await answer.json()) as object;
    assert.equal(statusCode, 200, JSON.stringify(received).slice(0, 400));
    assert.deepEqual(seen.get(user), body, "what reached the model is what the agent sent");
    tally.requests++;
    tally.callsProposed += turn.calls;
    if (isDeepStrictEqual(meaning(received), meaning(turn.answer))) tally.untouched++;
    else {
      const told = JSON.stringify(received);
      const refused = told.split("[Holdfast]").length - 1;
      assert.ok(refused > 0 || /\[[a-z-]+\]/.test(told), `altered without a reason: ${told.slice(0, 600)}`);
      if (refused > 0) assert.match(told, /\((?:[a-z]+\/)[a-z-]+\)/);
      tally.callsRefused += refused;
      if (refused === 0) tally.textMasked++;
    }
    seen.delete(user);
    answers.delete(user);
  });
  t.diagnostic(JSON.stringify(tally));
  assert.ok(tally.requests >= 2000);
  await gateway.stop();

  const out = join(gateway.folder, "export.jsonl");
  const run = (...args: string[]): string => execFileSync(join(import.meta.dirname, "../bin/holdfast"), args, { cwd: gateway.folder, encoding: "utf8" });
  run("audit", "export", "--out", out);
  const records = readFileSync(out, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { kind: string; action?: { type?: string } | string; id?: string });
  const intents = records.filter(({ kind }) => kind === "intent");
  assert.equal(intents.length, tally.requests + tally.callsProposed, "one intent record for each request and each proposed call");
  assert.equal(records.filter(({ kind }) => kind === "outcome").length, intents.length);
  const verified = JSON.parse(run("audit", "verify", out, "--key", join(gateway.folder, "data/audit.vkey"), "--json")) as { ok: boolean; records: number };
  assert.equal(verified.ok, true);
  t.diagnostic(`audit: ${JSON.stringify(verified)}`);
});

function recordings(name: string): Recording[] {
  const lines = gunzipSync(readFileSync(join(DATA, `${name}.jsonl.gz`)))
    .toString("utf8")
    .trim()
    .split("\n");
  return lines.map((line) => JSON.parse(line) as Recording);
}

/** The turns of one recording: each asks with everything so far and is answered with the next call; the last one obeys the attacker. */
function turnsOf({ suite, user_prompt, steps, attacker_calls }: Recording): Turn[] {
  const tools = toolsOf(suite);
  const messages: object[] = [
    { role: "system", content: "You are a helpful assistant that uses the given tools." },
    { role: "user", content: user_prompt },
  ];
  const turns: Turn[] = [];
  for (const [index, step] of steps.entries()) {
    turns.push({ body: { model: "recorded-1", messages: [...messages], tools }, answer: answer(null, [step], index), calls: 1 });
    messages.push(
      { role: "assistant", content: null, tool_calls: [toolCall(step, `call_${index}_0`)] },
      { role: "tool", tool_call_id: `call_${index}_0`, content: step.output },
    );
  }
  const obeyed = attacker_calls.length > 0 ? answer(null, attacker_calls, steps.length) : answer("Done.", [], steps.length);
  turns.push({ body: { model: "recorded-1", messages, tools }, answer: obeyed, calls: attacker_calls.length });
  return turns;
}

function answer(content: string | null, calls: readonly Call[], turn: number): object {
  const message = {
    role: "assistant",
    content,
    refusal: null,
    ...(calls.length === 0 ? {} : { tool_calls: calls.map((call, index) => toolCall(call, `call_${turn}_${index}`)) }),
  };
  return {
    id: `chatcmpl-recorded${turn}`,
    object: "chat.completion",
    created: 1_750_000_000,
    model: "recorded-1",
    choices: [{ index: 0, message, logprobs: null, finish_reason: calls.length === 0 ? "stop" : "tool_calls" }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  };
}

/** An answer with its arguments read: they come back in canonical form, which orders their names. */
const meaning = (answer: object): unknown => JSON.parse(JSON.stringify(answer), (name, value) => (name === "arguments" ? JSON.parse(value) : value));

const toolCall = (call: Call, id: string): object => ({ id, type: "function", function: { name: call.function, arguments: JSON.stringify(call.args) } });

const TOOLS = new Map<string, object[]>();
function toolsOf(suite: string): object[] {
  if (TOOLS.size === 0)
    for (const tool of recordings("agentdojo_tools") as unknown as { suite: string; tool: string; description: string; parameters: object }[]) {
      const declared = { type: "function", function: { name: tool.tool, description: tool.description, parameters: tool.parameters } };
      TOOLS.set(tool.suite, [...(TOOLS.get(tool.suite) ?? []), declared]);
    }
  return TOOLS.get(suite) ?? [];
}

async function inParallel<T>(workers: number, items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let index = next++; index < items.length; index = next++) await work(items[index] as T, index);
    }),
  );
}
