/**
 * kill -9 of the whole running product, again and again, under load: no acknowledged record is lost, and no effect is without its record.
 * `HOLDFAST_FAULT_RUNS` says how often (CI: 300).
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { Pool } from "undici";
import { verifyLog } from "../../src/audit/verify.ts";
import { openFileLogReader } from "../../src/stores/file.ts";
import { serve, temporaryFolder } from "../serve.ts";
import { verifies } from "../verifies.ts";

const RUNS = Number(process.env["HOLDFAST_FAULT_RUNS"] ?? 300);
const CLIENTS = 16;

test(`${RUNS} × kill -9 under load: no acknowledged record is lost, and no effect is without its record`, async (t) => {
  verifies("A-02", "A-06");
  /** What the model's side saw: each is an effect. The marker in the question ties it to its record. */
  const effects = new Set<string>();
  const upstream = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { seed } = JSON.parse(Buffer.concat(chunks).toString()) as { seed: number };
    effects.add(String(seed));
    response.setHeader("content-type", "application/json").end(answer);
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const configuration = `
models:
  made: { provider: openai, base_url: "http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1", credential: none, models: [made-1] }
roles:
  any: { read: ["*"] }
agents:
  loaded: { role: any, models: [made/*], limits: { requests: 10000/s, actions: 10000/s, duplicates: { writes: 10000, reads: 10000 } } }
`;
  const folder = temporaryFolder();
  const acknowledged = new Map<string, string>();
  let key = "";
  let next = 0;
  for (let run = 0; run < RUNS; run++) {
    const served = await serve(configuration, { folder });
    key ||= served.key;
    const pool = new Pool(served.url, { connections: CLIENTS });
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
          if (statusCode === 200) acknowledged.set(String(headers["x-request-id"]), String(seed));
        } catch {
          // The process was killed under this request; whether it was recorded is looked at in the end.
        }
      }
    };
    const clients = Array.from({ length: CLIENTS }, client);
    // Any moment of the load, the first included; most while requests are under way.
    await new Promise((resolve) => setTimeout(resolve, Math.random() ** 2 * 250));
    served.process.kill("SIGKILL");
    dead = true;
    await Promise.all(clients);
    await pool.destroy();
  }
  const last = await serve(configuration, { folder });
  await last.stop();
  upstream.close();

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
      kills: RUNS,
      requests: next,
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
  assert.ok(acknowledged.size > RUNS, "the load was real");
  const verified = await verifyLog(source, (await readFile(join(folder, "data/audit.vkey"), "utf8")).trim());
  assert.deepEqual([verified.ok, verified.uncovered], [true, 0]);
});

const answer = JSON.stringify({
  id: "chatcmpl-made",
  object: "chat.completion",
  created: 1_750_000_000,
  model: "made-1",
  choices: [{ index: 0, message: { role: "assistant", content: "ok" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});
