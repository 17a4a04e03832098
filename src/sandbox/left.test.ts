import assert from "node:assert/strict";
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { reapLocal } from "./left.ts";
import { ownName } from "./owner.ts";
import { NOBODY } from "./system.ts";

test("what somebody else laid under the name of something left behind is not taken away", async (t) => {
  if (process.getuid?.() !== 0) return t.skip("only root can lay something down as somebody else");
  const before = process.env["TMPDIR"];
  const folder = mkdtempSync(join(tmpdir(), "holdfast-left-"));
  process.env["TMPDIR"] = folder;
  t.after(() => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    rmSync(folder, { recursive: true });
  });
  // Of an earlier boot, whose every owner is gone.
  const named = (): string => join(folder, ownName().replace(/^holdfast-[0-9a-f]+-/, "holdfast-0badb007-"));
  const [ours, theirs] = [named(), named()];
  for (const one of [ours, theirs]) mkdirSync(one);
  chownSync(theirs, NOBODY, NOBODY);
  await reapLocal();
  assert.deepEqual([existsSync(ours), existsSync(theirs)], [false, true]);
});
