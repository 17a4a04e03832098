import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { receive, send } from "./files.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-files-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const [given, staging, image] = ["given", "staging", "image"].map((name) => join(folder, name)) as [string, string, string];
beforeEach(() => {
  for (const path of [given, staging]) {
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path);
  }
  writeFileSync(join(given, "kept"), "as it was");
  writeFileSync(join(given, "note"), "before");
});
const DISK = 1_000;
const changes = async () => {
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging);
  const request = { read: [], write: [given], limits: { disk: DISK } };
  const taken = receive(request, await send(request, image), staging);
  const file = (path: string, content: string, over: { readonly number?: string; readonly size?: number } = {}): void => {
    taken.take("F", Buffer.from(`${over.number ?? "0"}\0${path}\x000\0${over.size ?? content.length}`));
    if (content !== "") taken.take("C", Buffer.from(content));
  };
  taken.take("D", Buffer.from("0\0"));
  return { ...taken, file };
};

test("what the machine names outside of what it was given is taken over by nobody, and nothing else with it", async () => {
  verifies("C-02");
  for (const path of ["../out", "a/../../out", "/etc/out", "a//b", ".", "a/.", "x".repeat(5_000)]) {
    const { file, apply } = await changes();
    file("note", "changed");
    file(path, "x");
    const said = await apply();
    assert.match(said.join(), /nothing that the machine changed was taken over/, path);
    assert.equal(readFileSync(join(given, "note"), "utf8"), "before");
  }
  for (const number of ["1", "-1", "x", "", "0.5", "__proto__"]) {
    const { file, apply } = await changes();
    file("note", "changed", { number });
    assert.match((await apply()).join(), /not given/, number);
  }
});

test("more bytes than there is room for, than a file was said to have, or bytes of no file are refused", async () => {
  verifies("C-02");
  const long = await changes();
  long.file("note", "x".repeat(DISK + 1));
  assert.match((await long.apply()).join(), /may not say/);
  const longer = await changes();
  longer.file("note", "more than it said", { size: 3 });
  assert.match((await longer.apply()).join(), /may not say/);
  const stray = await changes();
  stray.take("C", Buffer.from("x"));
  assert.match((await stray.apply()).join(), /may not say/);
  const unknown = await changes();
  unknown.take("L", Buffer.from("0\0link\0/etc"));
  assert.match((await unknown.apply()).join(), /may not say/);
  assert.equal(readFileSync(join(given, "note"), "utf8"), "before");
});

test("what was changed inside is changed outside, what was not stays as others left it, and no link is followed", async () => {
  verifies("C-02");
  const outside = join(folder, "outside");
  rmSync(outside, { recursive: true, force: true });
  mkdirSync(outside);
  symlinkSync(outside, join(given, "link"));
  const { file, take, apply } = await changes();
  writeFileSync(join(given, "kept"), "by somebody else");
  file("kept", "as it was");
  file("note", "after");
  file("new", "made");
  take("D", Buffer.from("0\0link"));
  file("link/planted", "x");
  const said = await apply();
  assert.deepEqual(readdirSync(outside), []);
  assert.match(said.join(), /link\/planted/);
  assert.deepEqual(
    ["kept", "note", "new"].map((name) => readFileSync(join(given, name), "utf8")),
    ["by somebody else", "after", "made"],
  );
});

test("what was removed inside is removed outside, unless somebody else changed it meanwhile", async () => {
  verifies("C-02");
  const one = await changes();
  assert.deepEqual(await one.apply(), []);
  assert.deepEqual([existsSync(join(given, "kept")), existsSync(join(given, "note"))], [false, false]);
  writeFileSync(join(given, "note"), "before");
  const other = await changes();
  writeFileSync(join(given, "note"), "by somebody else");
  await other.apply();
  assert.equal(readFileSync(join(given, "note"), "utf8"), "by somebody else");
});
