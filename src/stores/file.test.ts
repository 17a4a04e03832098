import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { logStoreKit } from "../../test/conformance/log-store.ts";
import type { LogStore } from "../audit/store.ts";
import { codeOf } from "../core/errors.ts";
import { openFileLog, openFileLogReader } from "./file.ts";
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

const line = (text: string): Buffer => Buffer.from(JSON.stringify({ text }));
const damagedTail = (error: unknown): boolean => codeOf(error) === "unavailable" && error instanceof Error && error.message.includes("is damaged");

test("a process that reads beside the writer sees what has arrived, through new files too, and never half a batch", async () => {
  const path = folder();
  const store = await openFileLog(path, { segmentBytes: 200 });
  const reader = await openFileLogReader(path);
  for (let i = 0; i < 30; i++) {
    await store.append([line(`a${i}`), line(`b${i}`)]);
    assert.equal(await reader.size(), 2 * i + 2);
  }
  appendFileSync(join(path, "log", readdirSync(join(path, "log")).sort().at(-1)!), '{"text":"half a bat');
  assert.equal(await reader.size(), 60);
  assert.deepEqual((await reader.read(0, 60)).map(String), (await store.read(0, 60)).map(String));
  await store.close();
});

test("what an unfinished append left is removed, and what came before it stays", async () => {
  const path = folder();
  const store = await openFileLog(path);
  await store.append([line("a")]);
  await store.close();
  const file = join(path, "log", "0000000000000000.jsonl");
  appendFileSync(file, '{"text":"b"}\n{"te');
  const again = await openFileLog(path);
  assert.equal(await again.size(), 1);
  await again.append([line("c")]);
  assert.deepEqual((await again.read(0, 2)).map(String), ['{"text":"a"}', '{"text":"c"}']);
  await again.close();
});

test("a file that is missing, cut or changed in the middle keeps the log from opening", async () => {
  for (const damage of [
    (path: string, names: string[]) => rmSync(join(path, "log", names[1]!)),
    (path: string, names: string[]) => truncateSync(join(path, "log", names[1]!), 20),
    (path: string) => writeFileSync(join(path, "log", "0000000000000099.jsonl"), ""),
  ]) {
    const path = folder();
    const store = await openFileLog(path, { segmentBytes: 30 });
    for (const text of ["a", "b", "c", "d", "e"]) await store.append([line(text)]);
    await store.close();
    damage(path, readdirSync(join(path, "log")).sort());
    await assert.rejects(openFileLog(path), damagedTail);
  }
});

test("the log's files are for the owner only, and a folder that is not one is refused", async () => {
  const path = folder();
  const store = await openFileLog(join(path, "audit"));
  await store.append([line("a")]);
  await store.put("checkpoint", Buffer.from("x"));
  for (const name of ["audit", "audit/log", "audit/log/0000000000000000.jsonl", "audit/checkpoint", "audit/lock"]) {
    assert.equal(statSync(join(path, name)).mode & 0o077, 0, name);
  }
  await store.close();
  writeFileSync(join(path, "file"), "");
  await assert.rejects(openFileLog(join(path, "file")), (error) => codeOf(error) === "unavailable");
  await assert.rejects(openFileLogReader(join(path, "nothing")), (error) => codeOf(error) === "not-found");
});
