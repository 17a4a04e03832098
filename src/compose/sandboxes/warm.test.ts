/** Which program a session gets. The programs are small fakes that say what they are told; real ones, in real sandboxes, are in `test/sandbox/warm.lane.ts`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PipeTaker, StartProgram } from "../../surfaces/mcp-gateway/stdio-upstream.ts";
import { warm } from "./warm.ts";

interface Started {
  readonly take: PipeTaker;
  readonly told: string[];
  ended: number;
}

function rig(most: number) {
  const timers = new Set<{ readonly ms: number; readonly fire: () => void }>();
  const [cold, waiting, said]: [Started[], Started[], string[]] = [[], [], []];
  const state = { broken: false };
  const into =
    (list: Started[]): StartProgram =>
    async (take) => {
      if (state.broken) throw new Error("the engine is away");
      const one: Started = { take, told: [], ended: 0 };
      list.push(one);
      return {
        async send(line) {
          if (one.ended > 0) throw new Error("over");
          one.told.push(line);
        },
        async end() {
          one.ended++;
        },
      };
    };
  const clock = {
    timer(ms: number, fire: () => void) {
      const timer = { ms, fire };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };
  const settled = () => new Promise((done) => setImmediate(done));
  return {
    ...{ cold, waiting, said, state, settled },
    kept: warm({ cold: into(cold), waiting: into(waiting), most, clock, said: (text) => said.push(text) }),
    async pass(most: number) {
      for (const timer of [...timers]) if (timer.ms <= most && timers.delete(timer)) timer.fire();
      await settled();
    },
  };
}

const take = () => {
  const [lines, ends]: [string[], string[]] = [[], []];
  const taker: PipeTaker = { line: (text) => void lines.push(text), said: () => {}, ended: (why) => void ends.push(why) };
  return { lines, ends, take: taker };
};

test("as many wait as were asked for and no more, and nothing of them runs", async () => {
  const { waiting, cold, settled, pass } = rig(3);
  await settled();
  await pass(1_000);
  assert.deepEqual([waiting.map(({ told }) => told), cold], [[[], [], []], []]);
});

test("each that waited is of one session, and is replaced once that has begun", async () => {
  const { kept, waiting, cold, settled, pass } = rig(2);
  await settled();
  const [one, two, three] = [take(), take(), take()];
  const pipes = await Promise.all([one, two, three].map((each) => kept.start(each.take)));
  assert.deepEqual([waiting.map(({ told }) => told), cold.length, waiting.length], [[["go"], ["go"]], 1, 2], "a third has to begin in its own time");
  waiting[0]?.take.line("for one");
  waiting[1]?.take.line("for two");
  assert.deepEqual([one.lines, two.lines, three.lines], [["for one"], ["for two"], []]);
  await pass(200);
  assert.equal(waiting.length, 4);
  await pipes[0]?.end();
  waiting[0]?.take.ended("it ended");
  await kept.start(take().take);
  assert.deepEqual(
    waiting.map(({ told }) => told.length),
    [1, 1, 1, 0],
    "none that was used is used again",
  );
  assert.deepEqual([one.ends, two.ends], [["it ended"], []]);
});

test("one that is over is of no session, and what cannot be started is tried again later, not at once", async () => {
  const { kept, waiting, cold, said, state, settled, pass } = rig(1);
  await settled();
  waiting[0]?.take.ended("it ended with 127");
  await settled();
  const none = take();
  await kept.start(none.take);
  assert.deepEqual([cold.length, none.ends], [1, []]);
  await pass(1_000);
  assert.equal(waiting.length, 1, "not at once");
  state.broken = true;
  await pass(30_000);
  assert.match(String(said), /the engine is away/);
  state.broken = false;
  await pass(30_000);
  assert.equal(waiting.length, 2);
});

test("one that does not take the word is left, and the session begins in its own time", async () => {
  const { kept, waiting, cold, settled } = rig(1);
  await settled();
  (waiting[0] as Started).ended = 1;
  const one = take();
  await kept.start(one.take);
  waiting[0]?.take.ended("it was ended");
  assert.deepEqual([cold.length, one.ends], [1, []]);
});

test("none waits for long, and at the end none is left", async () => {
  const { kept, waiting, settled, pass } = rig(2);
  await settled();
  await pass(300_000);
  assert.deepEqual(
    waiting.map(({ ended }) => ended),
    [1, 1, 0, 0],
  );
  await kept.close();
  assert.deepEqual(
    waiting.map(({ ended }) => ended),
    [1, 1, 1, 1],
  );
  await pass(300_000);
  assert.equal(waiting.length, 4);
});
