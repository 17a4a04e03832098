/** A part of `npm run eval:fuzz`, at each check. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { looker } from "../../eval/fuzz/looker.ts";
import { textsOf } from "../../eval/fuzz/texts.ts";
import { verifies } from "../verifies.ts";

test("no broken text makes the input stage throw, report what is not there, or keep others waiting", { timeout: 200_000 }, async () => {
  verifies("I-04");
  const [next, look] = [textsOf(Date.now()), looker()];
  for (let texts = 0; texts < 50_000; texts++) {
    const text = next();
    const { wrong } = await look(text);
    assert.equal(wrong, undefined, JSON.stringify(text));
  }
});
