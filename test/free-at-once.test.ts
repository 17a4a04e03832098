import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { choiceReader } from "../src/codecs/openai-chat/read-choice.ts";
import { NEUTRAL, NEUTRAL_LABEL, type Request } from "../src/core/index.ts";
import { detectors, scanner } from "../src/detectors/index.ts";
import { outputLayer } from "../src/output/release.ts";
import { openWhole } from "../src/output/whole/whole.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as (how?: { readonly type: "minor" }) => void;

/** How many of a hundred objects are still there after young collections alone: `make` returns what must be gone with the answer. */
async function left(make: () => object): Promise<number> {
  const made: WeakRef<object>[] = [];
  // Once before, so that what is compiled and prepared at the first time is there.
  make();
  for (let n = 0; n < 100; n++) {
    made.push(new WeakRef(make()));
    // A weak reference holds its object until the turn is over.
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (let n = 0; n < 4; n++) {
    collect({ type: "minor" });
    await new Promise((resolve) => setImmediate(resolve));
  }
  return made.filter((one) => one.deref() !== undefined).length;
}

const LAYER = outputLayer({ detectors, scanner });
const request = (): Request => ({ id: "r", principal: { agent: "a" }, action: { type: "tool.call" }, content: [], context: { time: 0, surface: "test" } });

test("when an answer is over its request is free at once, and not when everything is collected: each filter has the shape of all others", async () => {
  const seen = await left(() => {
    const asked = request();
    const filter = LAYER.open(asked, NEUTRAL, { decision: NEUTRAL, label: NEUTRAL_LABEL, passages: [] });
    filter.value({ text: "The order left the house" }, "result");
    assert.equal(filter.blocked, false);
    filter.verdict();
    return asked;
  });
  assert.ok(seen <= 5, `${seen} of 100 requests are still there`);
});

test("so is what was asked about a whole text, and what a choice proposed", async () => {
  const questions = await left(() => {
    const question = { holds: true, ask: () => NEUTRAL };
    const whole = openWhole([question], () => {});
    whole.push("text");
    whole.end();
    assert.equal(whole.decision.effect, "permit");
    return question;
  });
  const proposals = await left(() => {
    const propose = (): never => assert.fail("nothing was proposed");
    const reader = choiceReader(0, propose);
    reader.delta({ content: "text" }, "choices/0/delta");
    reader.finish("stop");
    assert.equal(reader.finished, true);
    return propose;
  });
  assert.ok(questions <= 5 && proposals <= 5, `${questions} questions and ${proposals} of 100 proposals are still there`);
});
