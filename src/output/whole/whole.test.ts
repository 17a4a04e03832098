import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../../test/verifies.ts";
import { deny, NEUTRAL, permit } from "../../core/index.ts";
import { LONGEST_WHOLE, openWhole, type Question } from "./whole.ts";

const bad = (holds: boolean): Question => ({ holds, ask: (text) => (text.includes("bad") ? deny({ id: "output/x", text: "bad" }) : NEUTRAL) });

test("what is held leaves whole or not at all, however it was cut", () => {
  verifies("O-06");
  fc.assert(
    fc.property(fc.array(fc.constantFrom("b", "a", "d", " ", "x"), { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      let ended = false;
      const whole = openWhole([bad(true)], () => (ended = true));
      const early = pieces.map((piece) => whole.push(piece)).join("");
      assert.equal(early, "");
      assert.equal(whole.end(), text.includes("bad") ? "" : text);
      assert.equal(ended, text.includes("bad"));
    }),
  );
});

test("what is not held leaves as it comes, and its record says what would have been", () => {
  const whole = openWhole([bad(false)], () => assert.fail("nothing ends here"));
  assert.equal(`${whole.push("so ba")}${whole.push("d")}${String(whole.end())}`, "so bad");
  assert.deepEqual(whole.decision.reasons, [{ id: "output/x", effect: "permit", text: "bad", would: "deny" }]);
});

test("no answer to a question loosens what another said, and one that breaks counts as a no", async () => {
  const kind: Question = { holds: true, ask: async () => permit({ id: "output/kind", text: "all is well" }) };
  const broken: Question = { holds: true, ask: async () => Promise.reject(new Error("x")) };
  for (const questions of [
    [bad(true), kind],
    [kind, bad(true)],
  ]) {
    const whole = openWhole(questions, () => {});
    whole.push("bad");
    assert.equal(await whole.end(), "");
    assert.equal(whole.decision.effect, "deny");
  }
  const whole = openWhole([broken], () => {});
  whole.push("good");
  assert.equal(await whole.end(), "");
});

test("a text that is too long to be judged does not leave where it had to be", () => {
  const [held, free] = [openWhole([bad(true)], () => {}), openWhole([bad(false)], () => {})];
  const long = "x".repeat(LONGEST_WHOLE + 1);
  assert.equal(held.push(long) + String(held.end()), "");
  assert.equal(held.decision.effect, "deny");
  assert.equal((free.push(long) + String(free.end())).length, long.length);
  assert.equal(free.decision.reasons[0]?.id, "output/whole");
});
