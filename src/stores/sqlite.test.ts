import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { documentsConform } from "../../test/conformance/documents.ts";
import { memoryDocuments } from "../vault/documents.ts";
import { openSqliteStore } from "./sqlite.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-store-"));
after(() => rmSync(folder, { recursive: true }));
let count = 0;
const fresh = (): string => join(folder, `${count++}.db`);

documentsConform("memory", memoryDocuments);
documentsConform("sqlite", () => openSqliteStore(fresh()));

test("what was put is there for another process at once, and after the first one closed", async () => {
  const path = fresh();
  const first = openSqliteStore(path);
  const second = openSqliteStore(path);
  await first.put("keys", "a", { agent: "x" });
  assert.deepEqual(await second.get("keys", "a"), { agent: "x" });
  await first.close();
  assert.deepEqual(await second.get("keys", "a"), { agent: "x" });
  await second.close();
});

test("only the owner can read the file and its journal", async () => {
  const path = fresh();
  const store = openSqliteStore(path);
  await store.put("keys", "a", 1);
  for (const file of [path, `${path}-wal`, `${path}-shm`]) assert.equal(statSync(file).mode & 0o077, 0, file);
  await store.close();
});

test("a file that is no store is refused, and a closed store answers nothing", async () => {
  const path = fresh();
  writeFileSync(path, "not a database".repeat(100));
  assert.throws(() => openSqliteStore(path), { code: "unavailable" });
  const store = openSqliteStore(fresh());
  await store.close();
  assert.throws(() => store.get("keys", "a"), { code: "unavailable" });
});
