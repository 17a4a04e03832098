/**
 * A process that records and performs as fast as it can, until it is killed. It says on standard output what it was told, one line each
 * (`ack ID` once an intent is durable), and performs by appending the id to a file (`effects`), as a tool outside would.
 */
import { appendFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { openKeys } from "../../src/audit/keys.ts";
import { openLog } from "../../src/audit/log.ts";
import { openFileLog } from "../../src/stores/file.ts";
import { done, inspectionOf, permitted, requestOf, wallClock } from "./audit-fixture.ts";

const [folder = "", life = "0"] = process.argv.slice(2);
const { signer, masking } = await openKeys(folder);
const store = await openFileLog(join(folder, "audit"), { segmentBytes: 200_000 });
const log = await openLog({ store, clock: wallClock, signer, masking, checkpointEvery: 20 });
writeSync(1, "ready\n");
let next = 0;
await Promise.all(
  Array.from({ length: 16 }, async () => {
    for (;;) {
      const request = requestOf(`r-${life}-${next++}`);
      const entry = log.open(request);
      await entry.decided(request, permitted, inspectionOf(request));
      // Synchronous, so that a line that was begun is in the pipe when the kill comes.
      writeSync(1, `ack ${request.id}\n`);
      appendFileSync(join(folder, "effects"), `${request.id}\n`);
      entry.close(done());
    }
  }),
);
