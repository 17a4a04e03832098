import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { SCRIPTS, scriptOf, scriptSign, scriptsWithin } from "./script.ts";

test("a letter stands in the same group in either case, and what an expression takes for it as well", () => {
  verifies("I-04", "O-05");
  let pairs = 0;
  for (let unit = 128; unit < 65_536; unit++) {
    const sign = String.fromCharCode(unit);
    for (const other of [sign.toLowerCase(), sign.toUpperCase()]) {
      if (other.length !== 1 || other === sign || other < "\x80" || !new RegExp(sign, "i").test(other)) continue;
      pairs++;
      assert.equal(scriptOf(other.charCodeAt(0)), scriptOf(unit), `${sign} ${other}`);
    }
  }
  assert.ok(pairs > 2_000, `${pairs}`);
});

test("a group stands for itself, and a range for the groups of its signs", () => {
  for (const [group, sign] of SCRIPTS.entries()) assert.deepEqual([scriptOf(sign.charCodeAt(0)), scriptSign(sign.charCodeAt(0))], [group, sign]);
  for (const [low, high] of [
    [0x41, 0x7f],
    [0x41, 0x80],
    [0xc0, 0x52f],
    [0x200b, 0x200d],
    [0x3400, 0x9fff],
    [0x80, 0xffff],
  ] as const) {
    const each = new Set<string>();
    for (let unit = Math.max(low, 128); unit <= high; unit++) each.add(scriptSign(unit));
    assert.deepEqual([...scriptsWithin(low, high)].sort(), [...each].sort(), `${low.toString(16)}-${high.toString(16)}`);
  }
});
