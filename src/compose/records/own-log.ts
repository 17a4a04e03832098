import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openKeys } from "../../audit/keys.ts";
import { type AuditLog, openLog } from "../../audit/log.ts";
import type { NoteSigner } from "../../audit/note.ts";
import { codeOf } from "../../core/errors.ts";
import { openFileLog } from "../../stores/file.ts";
import { systemClock as clock } from "../platform.ts";

/** Clients that start the same server at once, each with a log of its own. */
const MOST_LOGS = 50;

/** Nobody asks such a process for metrics. */
export const UNMEASURED = { answered() {}, decided() {}, upstream() {}, live() {}, connected() {}, carried() {} };

/** A log, its keys, and the folder in which they lie. */
export interface OwnLog {
  readonly audit: AuditLog;
  readonly signer: NoteSigner;
  readonly own: string;
}

/** The log of one of possibly several clients that start the same server at once: the first that nobody else writes to. */
export async function openFreeLog(folder: string): Promise<OwnLog> {
  for (let number = 1; ; number++) {
    const own = join(folder, number === 1 ? "log" : `log-${number}`);
    await mkdir(own, { recursive: true, mode: 0o700 });
    // The lock comes first: who does not have it must not make keys either.
    const store = await openFileLog(join(own, "audit")).catch((error: unknown) => {
      if (codeOf(error) === "unavailable" && number < MOST_LOGS) return undefined;
      throw error;
    });
    if (store === undefined) continue;
    const { signer, masking } = await openKeys(own);
    return { audit: await openLog({ store, clock, signer, masking }), signer, own };
  }
}
