/**
 * Budgets of the whole running product, and of several processes on one store, under 200 callers at once and kill -9 at any moment: the
 * sum spent never exceeds the limit, and nearly all of the limit can still be spent afterwards.
 */
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { Pool } from "undici";
import { BIN, serve, temporaryFolder } from "../serve.ts";
import { verifies } from "../verifies.ts";

const RUNS = 10;
const CALLERS = 200;
const LIMIT = 40_000_000;
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test(`${RUNS} × kill -9 under ${CALLERS} callers: the sum spent at the model stays within the budget, and 95 % of it is reached`, {
  timeout: 600_000,
}, async (t) => {
  verifies("C-09");
  let spent = 0;
  const upstream = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { max_tokens, stream } = JSON.parse(Buffer.concat(chunks).toString()) as { max_tokens: number; stream: boolean };
    // It is spent here, whether or not anybody hears of it.
    const usage = { prompt_tokens: 20, completion_tokens: max_tokens - 2 };
    spent += usage.prompt_tokens + usage.completion_tokens;
    await wait(Math.random() * 20);
    const start = { id: "chatcmpl-1", created: 1_750_000_000, model: "m" };
    if (!stream) {
      const choices = [{ index: 0, message: { role: "assistant", content: "ok" }, finish_reason: "stop" }];
      return void response.setHeader("content-type", "application/json").end(JSON.stringify({ ...start, object: "chat.completion", choices, usage }));
    }
    response.setHeader("content-type", "text/event-stream");
    const event = (more: object): string => `data: ${JSON.stringify({ ...start, object: "chat.completion.chunk", ...more })}\n\n`;
    response.write(event({ choices: [{ index: 0, delta: { role: "assistant", content: "ok" }, finish_reason: "stop" }] }));
    response.end(`${event({ choices: [], usage })}data: [DONE]\n\n`);
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  after(() => {
    upstream.closeAllConnections();
    upstream.close();
  });
  const configuration = `
models:
  made: { provider: openai, base_url: "http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1", credential: none, models: [m] }
roles:
  any: { read: ["*"] }
agents:
  spender:
    role: any
    models: [made/*]
    limits:
      requests: 10000/s
      actions: 10000/s
      duplicates: { writes: 10000, reads: 10000 }
      breaker: { failures: 10000, pause: 1s }
      budget: { tokens: ${LIMIT}/day }
`;
  const folder = temporaryFolder();
  let key = "";
  let calls = 0;
  const post = (pool: Pool, max_tokens: number) =>
    pool.request({
      method: "POST",
      path: "/v1/chat/completions",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "made/m", max_tokens, stream: ++calls % 3 === 0, messages: [{ role: "user", content: `question ${calls}` }] }),
    });
  const refusals: { readonly at: number; readonly text: string }[] = [];

  /** All callers at once, with calls of this size, until it is over; what is refused is asked again a little later. */
  const load = async (pool: Pool, max_tokens: number, over: (refusedInARow: number) => boolean): Promise<void> => {
    const caller = async (): Promise<void> => {
      for (let refused = 0; !over(refused); ) {
        try {
          const { statusCode, body } = await post(pool, max_tokens);
          const text = await body.text();
          if (statusCode === 200) refused = 0;
          else {
            refused++;
            refusals.push({ at: spent, text: `${statusCode} ${text.slice(0, 200)}` });
            await wait(300 + Math.random() * 300);
          }
        } catch {
          // Killed under this call: it may have been made.
        }
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
  };
  const killedUnder = async (max_tokens: number): Promise<void> => {
    const served = await serve(configuration, { folder });
    key ||= served.key;
    const pool = new Pool(served.url, { connections: CALLERS });
    // At a moment counted in calls, not in time: on a slow machine few would have come.
    const enough = calls + CALLERS + RUNS * 20 + Math.floor(Math.random() * 800);
    let dead = false;
    await load(pool, max_tokens, () => {
      if (!dead && calls >= enough) dead = served.process.kill("SIGKILL");
      return dead;
    });
    await pool.destroy();
  };

  for (let run = 0; run < RUNS - 3; run++) await killedUnder(40);
  const first = spent;
  assert.ok(calls > RUNS * CALLERS, "the load was real");
  // The next to last of it is spent in large calls, and the process killed where little is left.
  const middle = await serve(configuration, { folder });
  const large = new Pool(middle.url, { connections: CALLERS });
  await load(large, 20_000, (refused) => spent > 0.85 * LIMIT || refused > 3);
  assert.deepEqual(
    refusals.filter(({ text }) => !text.startsWith("503")),
    [],
    "nothing was refused while there was room",
  );
  middle.process.kill("SIGKILL");
  await large.destroy();
  for (let run = 0; run < 2; run++) await killedUnder(2_000);
  const before = spent;

  const served = await serve(configuration, { folder });
  const pool = new Pool(served.url, { connections: CALLERS });
  for (const max_tokens of [20_000, 2_000, 40]) await load(pool, max_tokens, (refused) => refused > 3);
  t.diagnostic(JSON.stringify({ kills: RUNS, calls, limit: LIMIT, first, before, spent, reached: spent / LIMIT }));
  assert.ok(spent <= LIMIT, `${spent} of ${LIMIT}`);
  assert.ok(spent >= 0.95 * LIMIT, `${spent} of ${LIMIT}`);

  const last = await post(pool, 20_000);
  const told = (await last.body.json()) as { error: { code: string; type: string; message: string } };
  assert.equal(last.statusCode, 429);
  assert.equal(told.error.code, "limits/budget/tokens");
  assert.match(told.error.message, new RegExp(`the budget of ${LIMIT}/day for this agent is used up`));
  assert.ok(Number(last.headers["retry-after"]) > 80_000);
  assert.equal(last.headers["x-should-retry"], "false");

  const { stdout } = await promisify(execFile)(BIN, ["agents", "list", "--json"], { cwd: folder });
  const [budget] =
    (JSON.parse(stdout) as { agents: { budgets: { used: number; reserved: number; limit: number; unit: string; frees_at: string }[] }[] }).agents[0]?.budgets ??
    [];
  assert.ok(budget !== undefined && budget.used >= spent && budget.used + budget.reserved <= LIMIT && budget.limit === LIMIT, JSON.stringify(budget));
  assert.ok(Date.parse(budget.frees_at) > Date.now() + 80_000_000);
  const { stdout: read } = await promisify(execFile)(BIN, ["agents", "list"], { cwd: folder });
  assert.match(
    read,
    new RegExp(`^spender\tworks\texception-based\n\tlimits/budget/tokens\t\\d+ of ${LIMIT} tokens a day\t(\\d+ reserved\t)?first part free at 2`),
  );
  const metrics = await (await fetch(`${served.admin}/metrics`)).text();
  assert.match(metrics, new RegExp(`holdfast_budget_limit{agent="spender",budget="limits/budget/tokens"} ${LIMIT}`));
  await pool.destroy();
  await served.stop();

  const again = await serve(configuration, { folder });
  const after_ = new Pool(again.url);
  assert.equal((await post(after_, 20_000)).statusCode, 429, "a restart gives nothing back");
  await after_.destroy();
  await again.stop();
});

test("3 processes share one budget in one store: killed, and stopped for a while, they never spend more than it, and reach 95 %", {
  timeout: 300_000,
}, async (t) => {
  verifies("C-09");
  const limit = 3_000_000;
  const store = join(temporaryFolder(), "shared.db");
  let spent = 0;
  let last = performance.now();
  const start = (): ChildProcess => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "budget-child.ts"), store, String(limit)], { stdio: ["pipe", "pipe", "inherit"] });
    createInterface({ input: child.stdout! }).on("line", (line) => {
      spent += Number(line);
      last = performance.now();
    });
    return child;
  };
  const children = [start(), start(), start()];
  while (spent === 0) await wait(50);
  for (let kill = 0; kill < 8; kill++) {
    await wait(100 + Math.random() * 300);
    const at = kill % children.length;
    if (kill % 2 === 0) {
      children[at]!.kill("SIGKILL");
      children[at] = start();
    } else {
      children[at]!.kill("SIGSTOP");
      await wait(400);
      children[at]!.kill("SIGCONT");
    }
  }
  const underFaults = spent;
  while (performance.now() - last < 10_000) await wait(200);
  for (const child of children) child.kill("SIGKILL");
  t.diagnostic(JSON.stringify({ limit, underFaults, spent, reached: spent / limit }));
  assert.ok(underFaults > 0, "there was something to disturb");
  assert.ok(spent <= limit, `${spent} of ${limit}`);
  assert.ok(spent >= 0.95 * limit, `${spent} of ${limit}`);
});
