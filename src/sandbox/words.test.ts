import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../test/verifies.ts";
import type { JsonObject } from "../core/json.ts";
import { wordsOf } from "./words.ts";

const rows: [string, string[], JsonObject, string[] | "refused"][] = [
  ["a value in its place", ["convert", "{from}", "-resize", "{width}x"], { from: "a b;c.png", width: 20 }, ["convert", "a b;c.png", "-resize", "20x"]],
  ["a truth", ["run", "--all={all}"], { all: true }, ["run", "--all=true"]],
  ["a word that lacks its value is left out", ["ls", "-l", "{folder}"], {}, ["ls", "-l"]],
  ["a list, one word each", ["cat", "{files}"], { files: ["a", "b c"] }, ["cat", "a", "b c"]],
  ["an empty list", ["cat", "{files}"], { files: [] }, ["cat"]],
  ["braces in a value are no places", ["echo", "{a}"], { a: "{b}", b: "secret" }, ["echo", "{b}"]],
  ["a name of every object", ["echo", "{constructor}"], {}, ["echo"]],
  ["an option in place of a value", ["tar", "-cf", "out.tar", "{file}"], { file: "--checkpoint-action=exec=sh" }, "refused"],
  ["an option in a list", ["cat", "{files}"], { files: ["a", "-v"] }, "refused"],
  ["a number below nothing", ["sleep", "{s}"], { s: -1 }, "refused"],
  ["what looks like an option, behind the end of the options", ["rm", "--", "{file}"], { file: "-rf" }, ["rm", "--", "-rf"]],
  ["what looks like an option, as the value of one", ["git", "log", "--grep={text}"], { text: "-x" }, ["git", "log", "--grep=-x"]],
  ["an object", ["echo", "{a}"], { a: {} }, "refused"],
  ["a list within a word", ["echo", "x{a}"], { a: ["b"] }, "refused"],
  ["nothing", ["echo", "{a}"], { a: null }, "refused"],
  ["a text that ends words", ["echo", "{a}"], { a: "b\0c" }, "refused"],
];
for (const [name, command, args, expected] of rows)
  test(`the words of a command: ${name}`, () => {
    verifies("C-04");
    const made = wordsOf(command, args);
    assert.deepEqual("fault" in made ? "refused" : made.words, expected);
  });

test("a value never becomes more than its word, and never an option", () => {
  verifies("C-04");
  fc.assert(
    fc.property(fc.array(fc.string()), fc.string({ unit: "grapheme" }), (list, text) => {
      const made = wordsOf(["do", "{text}", "-x", "{list}", "--y={text}"], { text, list });
      if ("fault" in made) return [text, ...list].some((value) => value.startsWith("-") || value.includes("\0"));
      const [program, first, option, ...rest] = made.words;
      assert.deepEqual([program, first, option, rest], ["do", text, "-x", [...list, `--y=${text}`]]);
      return ![text, ...list].some((value) => value.startsWith("-"));
    }),
  );
});
