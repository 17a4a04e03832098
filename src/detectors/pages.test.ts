import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { detectorPages } from "../../scripts/detector-pages.ts";
import { ROOT } from "../../scripts/root.ts";
import { conduct, detectors } from "./index.ts";

test("the pages of the detectors are what the detectors say, in both languages", () => {
  for (const [file, text] of detectorPages()) {
    assert.equal(readFileSync(join(ROOT, file), "utf8"), text, `\`${file}\` is out of date: run \`node scripts/detector-pages.ts\``);
    for (const { id } of [...detectors, ...conduct]) assert.ok(text.includes(`\`detectors/${id}\``));
  }
});
