import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { openTestLog, otherSigner, recordOne, testSigner } from "../../test/faults/audit-fixture.ts";
import { verifies } from "../../test/verifies.ts";
import { codeOf } from "../core/errors.ts";
import { newShelf, openMemoryLog } from "../stores/memory-log.ts";
import { signCheckpoint } from "./checkpoint.ts";
import { exportLog } from "./export.ts";
import { recordHash } from "./merkle.ts";
import { growRange } from "./range.ts";
import { prevOf } from "./restore.ts";
import { type Verification, type VerifyOptions, verifyExport, verifyLog } from "./verify.ts";

/** The lines of an export of a log of 41 records: start, 20 requests; then a checkpoint line. */
async function exported(requests = 20, signer = testSigner): Promise<string[]> {
  const log = await openTestLog(await openMemoryLog(newShelf()), { signer });
  for (let i = 0; i < requests; i++) await recordOne(log, `r-${i}`);
  await log.flush();
  await log.checkpoint("fresh");
  const text = Buffer.concat(await Array.fromAsync(exportLog(log.source))).toString();
  await log.shut();
  return text.trimEnd().split("\n");
}

async function* pieces(text: string | Buffer, size = 1000): AsyncGenerator<Buffer> {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const check = (lines: readonly string[], options: VerifyOptions = {}, vkey = testSigner.vkey): Promise<Verification> =>
  verifyExport(pieces(lines.map((line) => `${line}\n`).join("")), vkey, options);

/** A checkpoint line over exactly these records. */
function checkpointOver(records: readonly string[], signer = testSigner): string {
  const range = growRange();
  for (const record of records) range.push(recordHash(Buffer.from(record)));
  return JSON.stringify({ kind: "checkpoint", note: signCheckpoint(range.size, range.root(), signer).note });
}

/** Writes seq and prev anew from a line on, as somebody would who knows the format and has no key. */
function relinked(records: readonly string[], from: number): string[] {
  const lines = [...records];
  for (let i = from; i < lines.length; i++) {
    const prev = i === 0 ? "0".repeat(32) : prevOf(recordHash(Buffer.from(lines[i - 1]!)));
    lines[i] = lines[i]!.replace(/^\{"seq":[0-9]+,"prev":"[0-9a-f]{32}"/, `{"seq":${i},"prev":"${prev}"`);
  }
  return lines;
}

const flipped = (line: string, at: number): string => line.slice(0, at) + String.fromCharCode(line.charCodeAt(at) ^ 1) + line.slice(at + 1);
const edited = (line: string): string => line.replace("three new mails", "nothing at all!");

const good = await exported();
const records = good.slice(0, -1);
const newest = good.at(-1)!;

test("an export verifies with nothing but itself and the public key, cut into pieces anywhere", async () => {
  verifies("A-02");
  const expected = await check(good);
  assert.equal(expected.ok, true);
  assert.equal(expected.records, 41);
  assert.equal(expected.size, 41);
  assert.equal(expected.checkpoints, 1);
  assert.equal(expected.uncovered, 0);
  assert.deepEqual(expected.witnesses, []);
  assert.ok(newest.includes(expected.root));
  const text = `${good.join("\n")}\n`;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5000 }), fc.boolean(), async (size, newline) => {
      assert.deepEqual(await verifyExport(pieces(newline ? text : text.slice(0, -1), size), testSigner.vkey), expected);
    }),
    { numRuns: 40 },
  );
});

interface Attack {
  readonly what: string;
  readonly lines: readonly string[];
  /** Where the first bad record is; undefined where a checkpoint is what is wrong. */
  readonly seq: number | undefined;
}

const other = await exported(20, otherSigner);
const foreign = await exported(20);
const longer = await exported(30);
const attacks: readonly Attack[] = [
  { what: "one record is deleted", lines: good.toSpliced(7, 1), seq: 7 },
  { what: "the first record is deleted", lines: good.toSpliced(0, 1), seq: 0 },
  { what: "one record is deleted and the rest numbered and linked anew", lines: [...relinked(records.toSpliced(7, 1), 7), newest], seq: 40 },
  { what: "the newest records are cut off below the checkpoint", lines: [...records.slice(0, 30), newest], seq: 30 },
  { what: "two records change places", lines: good.with(9, good[10]!).with(10, good[9]!), seq: 9 },
  { what: "two records change places and are linked anew", lines: [...relinked(records.with(9, records[10]!).with(10, records[9]!), 9), newest], seq: 40 },
  { what: "one bit of a record is changed", lines: good.with(12, flipped(good[12]!, 200)), seq: 12 },
  { what: "a word of a record is changed", lines: good.with(14, edited(good[14]!)), seq: 14 },
  { what: "a word is changed and everything after it linked anew", lines: [...relinked(records.with(14, edited(records[14]!)), 15), newest], seq: 40 },
  { what: "the last record is changed", lines: good.with(40, edited(good[40]!)), seq: 40 },
  { what: "the link of a record is changed", lines: good.with(11, flipped(good[11]!, 30)), seq: 11 },
  { what: "a record stands twice", lines: good.toSpliced(5, 0, good[5]!), seq: 6 },
  { what: "a record of another log is put in the place of one", lines: good.with(8, other[8]!), seq: 8 },
  { what: "the second half is that of another log", lines: [...good.slice(0, 20), ...other.slice(20)], seq: 19 },
  {
    what: "records are put behind the last checkpoint",
    lines: [...good, records[40]!.replace(/^\{"seq":40,"prev":"[0-9a-f]+"/, `{"seq":41,"prev":"${prevOf(recordHash(Buffer.from(records[40]!)))}"`)],
    seq: 41,
  },
  { what: "the log is another one with the same name, signed by another key", lines: other, seq: undefined },
  { what: "the checkpoint is rolled back to an older one", lines: [...records, checkpointOver(records.slice(0, 30))], seq: 30 },
  { what: "the checkpoint is that of another branch of the log", lines: [...records, foreign.at(-1)!], seq: 40 },
  { what: "the checkpoint's size is changed", lines: good.with(-1, newest.replace("\\n41\\n", "\\n40\\n")), seq: undefined },
  {
    what: "the checkpoint's root is changed",
    lines: good.with(
      -1,
      newest.replace(/(\\n41\\n)(.)/, (_, before: string, first: string) => `${before}${first === "X" ? "Y" : "X"}`),
    ),
    seq: undefined,
  },
  { what: "the signature is changed", lines: good.with(-1, newest.replace(/.{6}=*\\n"\}$/, 'AAAA\\n"}')), seq: undefined },
  { what: "the checkpoint is signed by another key", lines: [...records, checkpointOver(records, otherSigner)], seq: undefined },
  { what: "the checkpoint is removed", lines: records, seq: undefined },
  { what: "the checkpoint is that of a longer log", lines: [...records, longer.at(-1)!], seq: 41 },
  { what: "a forged record hides behind a carriage return", lines: good.with(6, `${good[6]}\r${edited(good[14]!)}`), seq: 6 },
  { what: "a line is broken in two by a line feed", lines: good.toSpliced(6, 1, good[6]!.slice(0, 100), good[6]!.slice(100)), seq: 6 },
  { what: "a forged record hides behind U+2028", lines: good.with(6, `${good[6]}\u2028${edited(good[14]!)}`), seq: 6 },
  { what: "an escape sequence is to wipe the screen", lines: good.with(6, `${good[6]}\u001b[2J\u001b[1A`), seq: 6 },
  { what: "an empty line is put in", lines: good.toSpliced(6, 0, ""), seq: 6 },
  { what: "a line is put in that is no record", lines: good.toSpliced(6, 0, '{"kind":"intent"}'), seq: 6 },
  { what: "a record counts from minus one", lines: good.with(0, good[0]!.replace('"seq":0', '"seq":-1')), seq: 0 },
  { what: "a record is repeated under a second key `seq`", lines: good.with(9, good[9]!.replace('"kind"', '"seq":3,"kind"')), seq: 9 },
  {
    what: "the first record claims to continue another log",
    lines: [...relinked([records[0]!.replace("0".repeat(32), "1".repeat(32)), ...records.slice(1)], 1), newest],
    seq: 0,
  },
  { what: "a line is longer than a record can be", lines: good.with(9, `${good[9]}${" ".repeat(70_000)}`), seq: 9 },
  { what: "there is nothing", lines: [], seq: undefined },
];
for (const { what, lines, seq } of attacks) {
  test(`the verifier finds that ${what}`, async () => {
    verifies("A-02");
    const result = await check(lines);
    assert.equal(result.ok, false);
    assert.equal(result.firstBad?.seq, seq, result.firstBad?.why ?? "nothing is said to be bad");
    assert.ok((result.firstBad?.line ?? 0) >= 1);
  });
}

test("whatever byte of an export is changed, the verifier finds it", async () => {
  verifies("A-02");
  const text = Buffer.from(good.join("\n"));
  await fc.assert(
    fc.asyncProperty(fc.nat(text.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const bytes = Buffer.from(text);
      bytes[at]! ^= change;
      const result = await verifyExport(pieces(bytes), testSigner.vkey);
      assert.equal(result.ok, false, `byte ${at}`);
    }),
    { numRuns: 400 },
  );
});

test("two views of a forked log do not both continue one known checkpoint", async () => {
  verifies("A-02");
  const known = JSON.parse(checkpointOver(records.slice(0, 30))).note as string;
  const branch = relinked([...records.slice(0, 25), edited(records[26]!), ...records.slice(26)], 25);
  const forked = [...branch, checkpointOver(branch)];
  assert.equal((await check(good, { known: [known] })).ok, true);
  assert.equal((await check(forked)).ok, true, "a fork signed by the log's own key is whole in itself");
  const result = await check(forked, { known: [known] });
  assert.equal(result.ok, false);
  assert.match(result.firstBad?.why ?? "", /known checkpoint/);
});

test("cutting records off together with the checkpoints over them is NOT found from the export alone, and is found with a checkpoint kept elsewhere", async () => {
  verifies("A-02");
  const older = [...records.slice(0, 30), checkpointOver(records.slice(0, 30))];
  assert.equal((await check(older)).ok, true);
  const result = await check(older, { known: [JSON.parse(newest).note] });
  assert.equal(result.ok, false);
  assert.equal(result.firstBad?.seq, 30);
});

test("a key or a known checkpoint that is none is an error of who asks, not a verdict on the log", async () => {
  await assert.rejects(check(good, {}, "nonsense"), (error) => codeOf(error) === "bad-request");
  await assert.rejects(check(good, { known: ["nonsense"] }), (error) => codeOf(error) === "bad-request");
});

test("a log in a store is verified with its newest records, which no checkpoint covers yet", async () => {
  const shelf = newShelf();
  const log = await openTestLog(await openMemoryLog(shelf));
  for (let i = 0; i < 3; i++) await recordOne(log, `r-${i}`);
  await log.flush();
  const whole = await verifyLog(log.source, log.vkey);
  assert.deepEqual({ ok: whole.ok, size: whole.size, uncovered: whole.uncovered }, { ok: true, size: 1, uncovered: 6 });
  shelf.records[4]![50]! ^= 1;
  const changed = await verifyLog(log.source, log.vkey);
  assert.equal(changed.firstBad?.seq, 4);
  shelf.records.length = 3;
  const cut = await verifyLog({ ...log.source, size: async () => 7 }, log.vkey);
  assert.equal(cut.ok, false);
  assert.equal(cut.firstBad?.seq, 3);
});
