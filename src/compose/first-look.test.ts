import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { Detector } from "../core/detector.ts";
import { detectors } from "../detectors/index.ts";
import { lookFirst } from "./first-look.ts";

test("each detector is asked once before anybody needs it, others get their turn in between, and it ends when the server does", async () => {
  const asked: string[] = [];
  const watched = detectors.map((one): Detector => {
    const open: Detector["open"] = (text, from) => {
      asked.push(one.id);
      return one.open(text, from);
    };
    return { ...one, open };
  });
  const over = new AbortController();
  const looking = lookFirst(watched, over.signal);
  await turn();
  await turn();
  assert.ok(asked.length > 0 && asked.length < 5, `${asked.length} in two turns`);
  over.abort();
  await looking;
  assert.ok(asked.length < 5);
  await lookFirst(watched, new AbortController().signal);
  assert.deepEqual(new Set(asked), new Set(detectors.map(({ id }) => id)));
});
