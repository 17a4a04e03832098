import assert from "node:assert/strict";
import { test } from "node:test";
import { readQuestion } from "../api/approval.ts";
import { kept } from "./kept.ts";

const question = (id: string, state = "pending") => readQuestion({ id, state });

test("rows keep their places: what is new is counted, what has left is marked, what has changed is drawn anew", () => {
  const { rows, fresh } = kept([question("HF-2"), question("HF-1")], [question("HF-4"), question("HF-3"), question("HF-1", "expired")]);
  assert.equal(fresh, 2);
  assert.deepEqual(
    rows.map(({ question: { id, state }, gone }) => [id, state, gone]),
    [
      ["HF-2", "pending", true],
      ["HF-1", "expired", false],
    ],
  );
});
