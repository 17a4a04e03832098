import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { isLeftBehind, ownName } from "./owner.ts";

const [, boot, namespace, pid, start, random] = ownName().split("-") as [string, string, string, string, string, string];
const named = (...parts: readonly string[]): string => ["holdfast", ...parts, random].join("-");

test("what a process that is there owns is not left behind", () => assert.equal(isLeftBehind(ownName()), false));

test("what a process that is gone owned is left behind", () => {
  const { stdout } = spawnSync(process.execPath, [
    "--input-type=module",
    "-e",
    `console.log((await import(${JSON.stringify(new URL("./owner.ts", import.meta.url).href)})).ownName())`,
  ]);
  const name = stdout.toString().trim();
  assert.match(name, /^holdfast-/);
  assert.equal(isLeftBehind(name), true);
});

test("a number that another process has by now does not keep it", () => {
  if (process.platform === "linux") assert.equal(isLeftBehind(named(boot, namespace, pid, String(Number(start) + 1))), true);
});

test("what an earlier boot left is left behind; what another namespace owns is not ours to judge", () => {
  if (process.platform !== "linux") return;
  assert.equal(isLeftBehind(named("0badb007", namespace, pid, start)), true);
  assert.equal(isLeftBehind(named("0badb007", namespace, pid, start), true), false, "what runs is not of an earlier boot of this machine");
  assert.equal(isLeftBehind(named(boot, "1", "999999", start)), false);
});

test("a name that is not one of ours is nobody's to take away", () => {
  for (const name of ["", "holdfast", "holdfast-x", "web-1", `${ownName()}-more`, `x${ownName()}`, "holdfast-1-2-3-4-../../etc"])
    assert.equal(isLeftBehind(name), false, name);
});
