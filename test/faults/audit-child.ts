/**
 * A process that records and performs as fast as it can, until it is killed or its disk fails. It says on standard output what it was told, one line each
 * (`ack ID` once an intent is durable), and performs by appending the id to a file (`effects`), as a tool outside would.
 */
import { appendFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { openKeys } from "../../src/audit/keys.ts";
import { type AuditLog, openLog } from "../../src/audit/log.ts";
import { codeOf } from "../../src/core/errors.ts";
import { openFileLog } from "../../src/stores/file.ts";
import { done, inspectionOf, permitted, requestOf, wallClock } from "./audit-fixture.ts";

const [folder = "", life = "0", effects = join(folder, "effects")] = process.argv.slice(2);

async function start(): Promise<AuditLog> {
  try {
    const { signer, masking } = await openKeys(folder);
    const store = await openFileLog(join(folder, "audit"), { segmentBytes: 200_000 });
    return await openLog({ store, clock: wallClock, signer, masking, checkpointEvery: 20 });
  } catch (error) {
    writeSync(1, `not started: ${codeOf(error)}\n`);
    process.exit(4);
  }
}

const log = await start();
writeSync(1, "ready\n");
let next = 0;

async function record(): Promise<never> {
  for (;;) {
    const request = requestOf(`${life}-${next++}`);
    const entry = log.open(request);
    await entry.decided(request, permitted, inspectionOf(request));
    // Synchronous, so that a line that was begun is in the pipe when the kill comes.
    writeSync(1, `ack ${request.id}\n`);
    appendFileSync(effects, `${request.id}\n`);
    entry.close(done());
  }
}

// Every one of them must stop by itself once the log cannot be written, and none may begin again.
const ended = await Promise.allSettled(Array.from({ length: 16 }, record));
for (const one of ended) if (one.status === "rejected") writeSync(1, `stopped ${codeOf(one.reason)}\n`);
try {
  log.open(requestOf("late"));
  writeSync(1, "open again\n");
} catch (error) {
  writeSync(1, `refused ${codeOf(error)}\n`);
}
process.exit(3);
