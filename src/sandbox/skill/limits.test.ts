import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { checkModule } from "./limits.ts";

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const module = (...sections: readonly (readonly number[])[]): Uint8Array => new Uint8Array([...HEADER, ...sections.flat()]);
const section = (id: number, ...bytes: readonly number[]): readonly number[] => [id, bytes.length, ...bytes];
const MB = 1 << 20;

test("a module whose memory is bounded passes, and the engine takes it", () => {
  verifies("C-03");
  // One memory of 1 to 16 pages, which is one megabyte; a table of 1 to 10 functions.
  const good = module(section(4, 1, 0x70, 1, 1, 10), section(5, 1, 1, 1, 16));
  checkModule(good, MB);
  assert.ok(WebAssembly.validate(good as Uint8Array<ArrayBuffer>));
  checkModule(module(), MB);
});

const REFUSED: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ["no maximum", module(section(5, 1, 0, 1)), /does not declare/],
  ["a maximum over the limit", module(section(5, 1, 1, 1, 17)), /declares 1114112 bytes/],
  ["several memories that are too much together", module(section(5, 2, 1, 1, 9, 1, 1, 9)), /declares/],
  ["shared memory", module(section(5, 1, 3, 1, 2)), /not offered/],
  ["memory with long addresses", module(section(5, 1, 5, 1, 2)), /not offered/],
  ["a table without a maximum", module(section(4, 1, 0x70, 0, 1)), /does not declare/],
  ["a table too large", module(section(4, 1, 0x70, 1, 1, 0xff, 0xff, 0x7f)), /too large/],
  ["a section that is cut off", module([5, 100, 1]), /longer than the module/],
  ["a number that does not end", module([5, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), /cut off/],
  ["text", new TextEncoder().encode("print(1)"), /not a WebAssembly/],
];
for (const [what, bytes, why] of REFUSED)
  test(`a module with ${what} is refused`, () => {
    verifies("C-03");
    assert.throws(() => checkModule(bytes, MB), why);
  });
