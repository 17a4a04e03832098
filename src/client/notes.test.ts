import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { importsOf, readTree } from "../../scripts/sources.ts";
import { fileStore } from "./file.ts";
import { connect, type Holdfast, NotKept, type Request, type Store, Unfinished, Unsettled } from "./index.ts";

const PERMIT = { id: "req_1", effect: "permit", reasons: [{ id: "roles/clerk", effect: "permit", text: "granted" }], obligations: [], labels: {} };
const RELEASE = { id: "req_1", status: "done", effect: "permit", value: "shown", findings: [], reasons: [] };
const PAY: Request = { action: { type: "tool.call", tool: "shop.pay", args: { amount: 9 } } };

/** A Holdfast that permits everything; `release` says how it releases. */
const permitting = (store: Store, release: () => Response = () => Response.json(RELEASE)): Holdfast =>
  connect({ key: "hf_12345678", store, fetch: async (url) => (String(url).endsWith("decide") ? Response.json(PERMIT) : release()) });

async function folderOf(t: { after(clean: () => Promise<void>): void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-notes-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
const notesIn = (folder: string): readonly string[] => readdirSync(folder).filter((name) => name.endsWith(".note"));

test("what is about to be done is on the disk while it is done, for this user alone, and gone once it is over", async (t) => {
  const folder = join(await folderOf(t), "notes");
  const args = { amount: 9 };
  const going = permitting(fileStore(folder)).guard({ action: { ...PAY.action, args } }, () => {
    const [name = ""] = notesIn(folder);
    const { state, request, decision } = JSON.parse(readFileSync(join(folder, name), "utf8"));
    assert.deepEqual({ state, request, decision }, { state: "performing", request: PAY, decision: "req_1" });
    assert.deepEqual([statSync(folder).mode & 0o777, statSync(join(folder, name)).mode & 0o777], [0o700, 0o600]);
    return 1;
  });
  args.amount = 9000;
  assert.equal(await going, "shown");
  assert.deepEqual(readdirSync(folder), []);
});

test("what cannot be written down is not done", async () => {
  for (const broken of ["put", "list"] as const) {
    const fails = (): Promise<never> => Promise.reject(new Error("disk full"));
    const store: Store = { put: async () => {}, remove: async () => {}, list: async () => [], [broken]: fails };
    await assert.rejects(
      permitting(store).guard(PAY, () => assert.fail("it was performed")),
      (error) => error instanceof NotKept && error.performed === "no",
      broken,
    );
  }
});

test("what is given up at the last moment is not done, and leaves no note", async (t) => {
  const folder = await folderOf(t);
  const [store, controller] = [fileStore(folder), new AbortController()];
  const put: Store["put"] = async (name, text) => {
    await store.put(name, text);
    controller.abort(new Error("given up"));
  };
  const { signal } = controller;
  await assert.rejects(
    permitting({ ...store, put }).guard(PAY, () => assert.fail("it was performed"), { signal }),
    /given up/,
  );
  assert.deepEqual(readdirSync(folder), []);
});

test("what was done and not released is not done again, until somebody has looked", async (t) => {
  const folder = await folderOf(t);
  let runs = 0;
  const run = (): number => ++runs;
  const holdfast = permitting(fileStore(folder), () => new Response("", { status: 500 }));
  await assert.rejects(holdfast.guard(PAY, run), Unfinished);
  for (const again of [holdfast, permitting(fileStore(folder))])
    await assert.rejects(again.guard(PAY, run), (error) => error instanceof Unsettled && error.performed === "yes");
  // Something else is not in its way.
  await permitting(fileStore(folder)).guard({ action: { ...PAY.action, args: { amount: 8 } } }, () => 1);
  const [left, ...more] = await holdfast.resume();
  assert.deepEqual([left?.state, left?.decision, more], ["performed", "req_1", []]);
  await assert.rejects(left?.continue(run) ?? assert.fail(), Unsettled);
  assert.equal(runs, 1);
  await left?.forget();
  assert.equal(await permitting(fileStore(folder)).guard(PAY, run), "shown");
  assert.equal(runs, 2);
});

const SPOILT: readonly (readonly [string, (text: string) => string])[] = [
  ["half of it", (text) => text.slice(0, text.length / 2)],
  ["nothing", () => ""],
  ["other arguments", (text) => text.replace('"amount":9', '"amount":9000')],
  ["a state that nobody knows", (text) => text.replace('"performing"', '"fine"')],
  ["that it only waits, and another request", (text) => text.replace('"performing"', '"waiting"').replace("shop.pay", "shop.note")],
];
for (const [what, spoil] of SPOILT)
  test(`a note that holds ${what} counts as begun`, async (t) => {
    const folder = await folderOf(t);
    const store = fileStore(folder);
    let text = "";
    const put: Store["put"] = async (name, written) => {
      text = written;
      await store.put(name, written);
    };
    await permitting({ ...store, put, remove: async () => {} }).guard(PAY, () => 1);
    const [name = ""] = notesIn(folder);
    writeFileSync(join(folder, name), spoil(text));
    await assert.rejects(
      permitting(store).guard(PAY, () => assert.fail("it was performed")),
      (error) => error instanceof Unsettled && error.performed === "unknown",
    );
    const [left] = await permitting(store).resume();
    assert.equal(left?.state, "performing");
    await assert.rejects(left?.continue(() => assert.fail("it was performed")) ?? assert.fail(), Unsettled);
  });

test("of what only reads no note is kept, and two at once have one each", async (t) => {
  const folder = await folderOf(t);
  const holdfast = permitting(fileStore(folder));
  await holdfast.guard(PAY, () => assert.deepEqual(notesIn(folder), []), { repeatable: true });
  await holdfast.guard(PAY, () => holdfast.guard(PAY, () => assert.equal(notesIn(folder).length, 2)));
  assert.deepEqual(readdirSync(folder), []);
});

test("a folder that others may write to is refused, a name that leads out of it too, and half a note is none", async (t) => {
  const folder = await folderOf(t);
  chmodSync(folder, 0o777);
  await assert.rejects(fileStore(folder).put("a", "b"), /others may write to/);
  await assert.rejects(fileStore(folder).list(), /others may write to/);
  chmodSync(folder, 0o700);
  const half = (name: string): string => join(folder, `${name}.half`);
  for (const name of ["old", "new"]) writeFileSync(half(name), "{");
  utimesSync(half("old"), 0, 0);
  assert.deepEqual(await fileStore(folder).list(), []);
  assert.deepEqual(readdirSync(folder), ["new.half"]);
  for (const name of ["../a", "a/b", "", "A", "a.b"]) await assert.rejects(fileStore(folder).put(name, "b"), /the name of a note/);
});

test("the client needs no file of the server and nothing of Node; only the notes in files do", () => {
  const tree = new Map(readTree().map((source) => [source.path, source]));
  const reached = (path: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(path)) return seen;
    seen.add(path);
    const source = tree.get(path);
    assert.ok(source !== undefined || path.startsWith("node:"), path);
    for (const { from, typeOnly } of source === undefined ? [] : importsOf(source)) {
      if (typeOnly) continue;
      reached(from.startsWith(".") ? join(path, "..", from) : from, seen);
    }
    return seen;
  };
  const foreign = (entry: string): readonly string[] => [...reached(`src/client/${entry}.ts`)].filter((path) => !/^src\/(client|core)\//.test(path));
  for (const entry of ["index", "ai-sdk", "openai-agents"]) assert.deepEqual(foreign(entry), [], entry);
  assert.deepEqual(foreign("file").toSorted(), ["node:fs", "node:fs/promises", "node:path"]);
});
