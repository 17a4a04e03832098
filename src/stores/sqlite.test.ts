import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { storeKit } from "../../test/conformance/store.ts";
import { codeOf } from "../core/errors.ts";
import { openSqliteStore } from "./sqlite.ts";

const base = mkdtempSync(join(tmpdir(), "holdfast-sqlite-"));
after(() => rmSync(base, { recursive: true }));
const path = (): string => join(mkdtempSync(join(base, "db-")), "holdfast.db");

storeKit("sqlite", async () => {
  const file = path();
  return { open: () => openSqliteStore(file) };
});

test("the database and its journals are for the owner only", async () => {
  const file = path();
  const store = await openSqliteStore(file);
  await store.put("keys", "a", 1);
  for (const name of [file, `${file}-wal`, `${file}-shm`]) assert.equal(statSync(name).mode & 0o077, 0, name);
  await store.close();
});

test("two processes' worth of stores on one file see each other's versions", async () => {
  const file = path();
  const [one, two] = [await openSqliteStore(file), await openSqliteStore(file)];
  assert.equal(await one.put("keys", "a", "one", 0), 1);
  assert.equal(await two.put("keys", "a", "two", 0), undefined);
  assert.equal((await two.get("keys", "a"))?.value, "one");
  await one.close();
  await two.close();
});

test("a file that is not a database is refused", async () => {
  const file = path();
  writeFileSync(file, "not a database at all, and long enough to be read as a header of one ".repeat(20));
  await assert.rejects(openSqliteStore(file), (error) => codeOf(error) === "unavailable");
});
