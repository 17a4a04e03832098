import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../scripts/root.ts";
import { readTree } from "../scripts/sources.ts";
import { blocksOf, missingLines } from "./readme.ts";

const page = (name: string): string => readFileSync(join(ROOT, name), "utf8");

test("the English and the German README hold the same code", () => {
  const code = (name: string): readonly string[] => blocksOf(page(name)).map(({ info, text }) => `${info}\n${text}`);
  assert.ok(code("README.md").length > 0);
  assert.deepEqual(code("README.de.md"), code("README.md"));
});

test("every link between the documents leads somewhere", () => {
  const broken: string[] = [];
  for (const { path, text } of readTree().filter((source) => source.path.endsWith(".md"))) {
    for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      const [file = ""] = target.split("#");
      if (file !== "" && !/^[a-z]+:/.test(file) && !existsSync(join(ROOT, dirname(path), file))) broken.push(`${path}: ${target}`);
    }
  }
  assert.deepEqual(broken, []);
});

test("blocks are read with their words, and expected output may leave gaps", () => {
  const [block] = blocksOf("a\n```sh run\necho hi\n```\nb\n");
  assert.deepEqual(block, { info: "sh run", text: "echo hi\n", line: 2 });
  assert.deepEqual(missingLines("one … three\nfour", "zero\none two three\nfour\n"), []);
  assert.deepEqual(missingLines("four\none", "one\nfour\n"), ["one"]);
});
