/**
 * kill -9 of the whole running product, again and again, under load: no acknowledged record is lost, and no effect is without its record.
 * `HOLDFAST_FAULT_RUNS` says how often (CI: 300).
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { Pool } from "undici";
import { verifyLog } from "../../src/audit/verify.ts";
import { openFileLogReader } from "../../src/stores/file.ts";
import { serve, temporaryFolder } from "../serve.ts";
import { verifies } from "../verifies.ts";

const RUNS = Number(process.env["HOLDFAST_FAULT_RUNS"] ?? 300);
const CLIENTS = 16;
/** So many installations, each with a log of its own, are killed side by side: starting one again keeps one core busy. */
const SIDE_BY_SIDE = Math.min(availableParallelism(), 3);

/** What the model's side saw: each is an effect. The marker in the question ties it to its record. */
type Effects = Set<string>;

async function upstream(t: TestContext, effects: Effects): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { seed } = JSON.parse(Buffer.concat(chunks).toString()) as { seed: number };
    effects.add(String(seed));
    response.setHeader("content-type", "application/json").end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return `
models:
  made: { provider: openai, base_url: "http://127.0.0.1:${(server.address() as AddressInfo).port}/v1", credential: none, models: [made-1] }
roles:
  any: { read: ["*"] }
agents:
  loaded: { role: any, models: [made/*], limits: { requests: 10000/s, actions: 10000/s, duplicates: { writes: 10000, reads: 10000 } } }
`;
}

/** One installation, killed `runs` times under load: its folder, and the requests that were answered, by id, with their seeds. */
async function killed(
  configuration: string,
  runs: number,
): Promise<{ readonly folder: string; readonly acknowledged: ReadonlyMap<string, string>; readonly requests: number }> {
  const folder = temporaryFolder();
  const acknowledged = new Map<string, string>();
  let key = "";
  let next = 0;
  for (let run = 0; run < runs; run++) {
    const served = await serve(configuration, { folder });
    key ||= served.key;
    const pool = new Pool(served.url, { connections: CLIENTS });
    const first = Promise.withResolvers<void>();
    let dead = false;
    const client = async (): Promise<void> => {
      while (!dead) {
        const seed = ++next;
        try {
          const { statusCode, headers, body } = await pool.request({
            method: "POST",
            path: "/v1/chat/completions",
            headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
            body: JSON.stringify({ model: "made-1", seed, messages: [{ role: "user", content: `question ${seed}` }] }),
          });
          await body.text();
          if (statusCode !== 200) continue;
          acknowledged.set(String(headers["x-request-id"]), String(seed));
          first.resolve();
        } catch {
          // The process was killed under this request; whether it was recorded is looked at in the end.
        }
      }
    };
    const clients = Array.from({ length: CLIENTS }, client);
    // Any moment of the load, the first included; most once it is under way, however slow the machine is with the first answer.
    if (run % 5 !== 0) await Promise.race([first.promise, wait(10_000, undefined, { ref: false })]);
    await wait(Math.random() ** 2 * 250);
    served.process.kill("SIGKILL");
    dead = true;
    await Promise.all(clients);
    await pool.destroy();
  }
  const last = await serve(configuration, { folder });
  await last.stop();
  return { folder, acknowledged, requests: next };
}

const LAW = `${RUNS} × kill -9 under load: no acknowledged record is lost, and no effect is without its record`;
const share = (at: number): number => Math.floor(RUNS / SIDE_BY_SIDE) + (at < RUNS % SIDE_BY_SIDE ? 1 : 0);

test(LAW, { concurrency: true }, async (t) => {
  verifies("A-02", "A-06");
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, (_, at) => t.test(`installation ${at + 1}, ${share(at)} kills`, (one) => holds(one, share(at)))));
});

async function holds(t: TestContext, runs: number): Promise<void> {
  const effects: Effects = new Set();
  const { folder, acknowledged, requests } = await killed(await upstream(t, effects), runs);

  const ids = new Set<string>();
  const recorded = new Set<string>();
  const intents = new Set<number>();
  const closed = new Set<number>();
  let [records, interrupted] = [0, 0];
  const source = await openFileLogReader(join(folder, "data/audit"));
  const size = await source.size();
  for (let at = 0; at < size; ) {
    for (const line of await source.read(at, size)) {
      at++;
      records++;
      const text = Buffer.from(line).toString();
      const record = JSON.parse(text) as { kind: string; id: string; seq: number; intent?: number; status?: string };
      if (record.kind === "intent") {
        ids.add(record.id);
        intents.add(record.seq);
        for (const [, seed] of text.matchAll(/question (\d+)/g)) recorded.add(seed as string);
      }
      if (record.kind === "outcome") {
        assert.ok(!closed.has(record.intent as number), "one outcome for an intent");
        closed.add(record.intent as number);
        if (record.status === "interrupted") interrupted++;
      }
    }
  }
  const lost = [...acknowledged.keys()].filter((id) => !ids.has(id));
  const unrecorded = [...effects].filter((seed) => !recorded.has(seed));
  t.diagnostic(
    JSON.stringify({
      kills: runs,
      requests,
      acknowledged: acknowledged.size,
      effects: effects.size,
      records,
      interrupted,
      lost: lost.length,
      unrecorded: unrecorded.length,
    }),
  );
  assert.deepEqual(lost, [], "acknowledged, and not in the log");
  assert.deepEqual(unrecorded, [], "done, and not in the log");
  for (const seq of intents) assert.ok(closed.has(seq), `intent ${seq} has no outcome, not even that it was interrupted`);
  assert.ok(acknowledged.size > runs, "the load was real");
  const verified = await verifyLog(source, (await readFile(join(folder, "data/audit.vkey"), "utf8")).trim());
  assert.deepEqual([verified.ok, verified.uncovered], [true, 0]);
}

const answer = JSON.stringify({
  id: "chatcmpl-made",
  object: "chat.completion",
  created: 1_750_000_000,
  model: "made-1",
  choices: [{ index: 0, message: { role: "assistant", content: "ok" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});
