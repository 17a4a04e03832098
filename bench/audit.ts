/** P10 and P11: the durable audit log beside a plain file with group commit, and its verification. */
import { mkdtempSync, rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { exportLog } from "../src/audit/export.ts";
import { type AuditLog, openLog } from "../src/audit/log.ts";
import { maskingWith } from "../src/audit/mask.ts";
import { noteSigner, signerKey } from "../src/audit/note.ts";
import { verifyExport } from "../src/audit/verify.ts";
import { permit } from "../src/core/decision.ts";
import { NEUTRAL_LABEL } from "../src/core/label.ts";
import type { Clock, Inspection } from "../src/core/layers.ts";
import type { Outcome } from "../src/core/outcome.ts";
import type { Request } from "../src/core/request.ts";
import { openFileLog } from "../src/stores/file.ts";
import { type Bench, median, quantile, type Row } from "./row.ts";

const WRITERS = 64;
const ROUNDS = 9;

/** A request's two records: the first is waited for, the second goes with the next commit. */
type Write = (asked: Asked) => Promise<void>;

export const run: Bench = async ({ quick }) => {
  const requests = quick ? 2_000 : 20_000;
  // Beside the project, where the data folder would be: a temporary folder may be memory.
  const folder = mkdtempSync(join(process.cwd(), ".bench-audit-"));
  try {
    const log = await openBenchLog(join(folder, "ours"));
    const plain = await plainFile(join(folder, "floor"));
    const ours: number[] = [];
    const floor: number[] = [];
    const sync: number[] = [];
    const waits: number[] = [];
    for (let round = 0; round < (quick ? 3 : ROUNDS); round++) {
      floor.push(await perSecond(requests, plain.write, []));
      ours.push(await perSecond(requests, logWrite(log), waits));
      sync.push(await plain.syncAlone(quick ? 20 : 200));
    }
    await log.flush();
    const records = log.size;
    await log.shut();
    await plain.close();
    return [...durable(median(ours), median(floor), quantile(waits, 0.99), median(sync), requests), await verification(join(folder, "ours"), records, quick)];
  } finally {
    rmSync(folder, { recursive: true });
  }
};

function durable(ours: number, floor: number, p99: number, sync: number, n: number): readonly Row[] {
  return [
    {
      id: "P10",
      what: `durable audit records, ${WRITERS} writers`,
      unit: "records/s",
      ours,
      floor,
      ratio: ours / floor,
      target: "at least 0.6 × plain-file group commit",
      met: ours >= 0.6 * floor,
      n: 2 * n,
      note: "ours masks, hashes into the Merkle tree and signs checkpoints, on the thread that makes the records, and is bound by its CPU; the floor writes the same requests and outcomes as plain JSON lines and does nothing else, and is bound by the disk",
    },
    {
      id: "P10",
      what: `wait for a durable intent record, ${WRITERS} writers, p99`,
      unit: "ms",
      ours: p99,
      floor: sync,
      ratio: p99 / sync,
      target: "at most 60 fdatasyncs",
      met: p99 <= 60 * sync,
      n,
      note: "the floor is one write and fdatasync with nobody else waiting",
    },
  ];
}

async function verification(folder: string, records: number, quick: boolean): Promise<Row> {
  const store = await openFileLog(folder);
  const pieces = await Array.fromAsync(exportLog(store));
  await store.close();
  const speeds: number[] = [];
  for (let round = 0; round < (quick ? 2 : ROUNDS); round++) {
    const before = process.cpuUsage();
    const verified = await verifyExport(each(pieces), SIGNER.vkey);
    const { user, system } = process.cpuUsage(before);
    if (!verified.ok || verified.records < records) throw new Error("the log of the bench does not verify");
    speeds.push(verified.records / ((user + system) / 1e6));
  }
  const speed = median(speeds);
  return {
    id: "P11",
    what: "audit verification",
    unit: "records/s of CPU",
    ours: speed,
    target: "at least 300,000 records/s/core",
    met: speed >= 300_000,
    n: records,
    note: "every leaf, every link and the signed root, from the exported lines",
  };
}

async function perSecond(requests: number, write: Write, waits: number[]): Promise<number> {
  const asked = Array.from({ length: requests }, (_, i) => askedOf(i));
  const writer = async (): Promise<void> => {
    for (let one = asked.pop(); one !== undefined; one = asked.pop()) {
      const from = performance.now();
      await write(one);
      waits.push(performance.now() - from);
    }
  };
  const before = performance.now();
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return (2 * requests) / ((performance.now() - before) / 1000);
}

const SIGNER = noteSigner(signerKey("example.org/bench", Buffer.alloc(32, 1)));
const CLOCK: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timer: (ms, fire) => {
    const handle = setTimeout(fire, ms);
    return () => clearTimeout(handle);
  },
};

async function openBenchLog(folder: string): Promise<AuditLog> {
  return openLog({ store: await openFileLog(folder), clock: CLOCK, signer: SIGNER, masking: maskingWith(Buffer.alloc(32, 2)) });
}

const PERMIT = permit({ id: "roles/support", text: "the role `support` may call this tool" });
const OUTCOME: Outcome = {
  status: "done",
  decision: PERMIT,
  verdict: {
    decision: permit({ id: "output/clean", text: "nothing was found" }),
    passages: [{ at: "text/0", text: "Your order 1234 was sent on Monday and should arrive within two days.", findings: [] }],
  },
  facts: { status: 200, input_tokens: 120, output_tokens: 31 },
};

/** A request with what layer 1 saw of it, made before the clock runs. */
interface Asked {
  readonly request: Request;
  readonly inspection: Inspection;
}

function askedOf(i: number): Asked {
  const text = `Where is order ${i}? It was to be here yesterday; please write to kim@example.org.`;
  const mail = text.indexOf("kim@");
  return {
    request: {
      id: `r-${i}`,
      principal: { agent: "support", user: "kim", session: "s-1", capability: "key-1" },
      action: { type: "tool.call", tool: "crm.find_order", args: { order: String(i) } },
      content: [{ source: { kind: "user" }, label: NEUTRAL_LABEL, text }],
      context: { time: Date.now(), surface: "api" },
    },
    inspection: {
      decision: { effect: "permit", reasons: [], obligations: [] },
      label: NEUTRAL_LABEL,
      passages: [
        { at: "content/0", text, findings: [{ detector: "email", kind: "personal", start: mail, end: mail + 15, score: 1 }] },
        { at: "args/order", text: String(i), findings: [] },
      ],
    },
  };
}

function logWrite(log: AuditLog): Write {
  return async ({ request, inspection }) => {
    const entry = log.open(request);
    await entry.decided(request, PERMIT, inspection);
    entry.close(OUTCOME);
  };
}

/** The least: whoever comes while a write is under way goes with the next one. */
async function plainFile(path: string): Promise<{ write: Write; syncAlone(n: number): Promise<number>; close(): Promise<void> }> {
  const file: FileHandle = await open(path, "a", 0o600);
  let gathered: Buffer[] = [];
  let done = Promise.withResolvers<void>();
  let busy = false;
  const commit = async (): Promise<void> => {
    busy = true;
    while (gathered.length > 0) {
      const [lines, waiting] = [gathered, done];
      [gathered, done] = [[], Promise.withResolvers<void>()];
      await file.write(Buffer.concat(lines));
      await file.datasync();
      waiting.resolve();
      await new Promise(setImmediate);
    }
    busy = false;
  };
  const append = (record: object): Promise<void> => {
    gathered.push(Buffer.from(`${JSON.stringify(record)}\n`));
    const { promise } = done;
    if (!busy) {
      busy = true;
      setImmediate(() => void commit());
    }
    return promise;
  };
  return {
    write: async ({ request }) => {
      const time = new Date().toISOString();
      await append({ time, request, decision: PERMIT });
      void append({ time, id: request.id, outcome: OUTCOME });
    },
    syncAlone: async (n) => {
      const times: number[] = [];
      const line = Buffer.alloc(800, 32);
      for (let i = 0; i < n; i++) {
        const before = performance.now();
        await file.write(line);
        await file.datasync();
        times.push(performance.now() - before);
      }
      return median(times);
    },
    close: async () => {
      while (busy) await new Promise((resolve) => setTimeout(resolve, 1));
      await file.close();
    },
  };
}

async function* each(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
}

if (import.meta.main) {
  const rows = await run({ quick: process.argv.includes("--quick"), wants: () => true });
  process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
}
