import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { logStoreKit } from "../../test/conformance/log-store.ts";
import type { LogStore } from "../audit/store.ts";
import { openFileLog } from "./file.ts";
import { holdLock } from "./lock.ts";

const base = mkdtempSync(join(tmpdir(), "holdfast-log-"));
after(() => rmSync(base, { recursive: true }));
const folder = (): string => mkdtempSync(join(base, "log-"));
/** A crashed store keeps its open file until the test process ends. */
const crashed: LogStore[] = [];

for (const segmentBytes of [16 * 1024 * 1024, 60]) {
  logStoreKit(`file, ${segmentBytes} bytes a file`, async () => {
    const path = folder();
    let release: (() => void) | undefined;
    const lock = (name: string): (() => void) => {
      release = holdLock(name);
      return release;
    };
    return {
      open: async () => {
        const store = await openFileLog(path, { segmentBytes, lock });
        crashed.push(store);
        return store;
      },
      crash: async () => release?.(),
    };
  });
}
