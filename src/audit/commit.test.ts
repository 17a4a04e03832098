import assert from "node:assert/strict";
import { test } from "node:test";
import { groupCommit } from "./commit.ts";

function written() {
  const batches: (readonly string[])[] = [];
  const commit = groupCommit<string>(
    async (items) => void batches.push([...items]),
    () => {},
  );
  return { batches, commit };
}

test("what nobody waits for goes to the disk with the next record that somebody does", async () => {
  const { batches, commit } = written();
  const outcome = commit.add("outcome", 1, "idle");
  await new Promise(setImmediate);
  assert.deepEqual(batches, []);
  await commit.add("intent", 1);
  await outcome;
  assert.deepEqual(batches, [["outcome", "intent"]]);
});

test("and by itself a moment later, or at once when everything is to be durable", async () => {
  const { batches, commit } = written();
  await commit.add("outcome", 1, "idle");
  assert.deepEqual(batches, [["outcome"]]);
  void commit.add("last", 1, "idle");
  await commit.flush();
  assert.deepEqual(batches, [["outcome"], ["last"]]);
});

test("while a batch is on its way everything new gathers, and goes with the next", async () => {
  const batches: number[] = [];
  let arrive = (): void => {};
  const commit = groupCommit<number>(
    (items) => {
      batches.push(items.length);
      return new Promise((resolve) => {
        arrive = resolve;
      });
    },
    () => {},
  );
  const first = commit.add(0, 1);
  await new Promise(setImmediate);
  const rest = [1, 2, 3].map((item) => commit.add(item, 1));
  arrive();
  await first;
  await new Promise(setImmediate);
  arrive();
  await Promise.all(rest);
  assert.deepEqual(batches, [1, 3]);
});
