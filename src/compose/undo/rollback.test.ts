import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { verifies } from "../../../test/verifies.ts";
import { createRollbacks, openJournal, type Ready, type Watch } from "../../sandbox/rollback/index.ts";
import { memoryDocuments } from "../../vault/documents.ts";
import { systemClock as clock } from "../platform.ts";
import { callsOf, watched } from "./rollback.ts";

test("who says that they have looked at a step while a run undoes it does not open it again", async () => {
  verifies("C-08");
  const journal = await openJournal({ documents: memoryDocuments(), clock, times: () => ({ idle: 86_400_000, keep: 86_400_000 }) });
  const step = await journal.begin({ agent: "clerk" }, "req_1", "crm.create");
  await journal.done(step, { call: "crm.delete", args: {} }, 1_000);
  let there = false;
  let performed = 0;
  const ready: Ready = async () =>
    there
      ? {
          over: () => {},
          perform: async () => {
            performed++;
            return { state: "done" };
          },
        }
      : { refused: "the server is not there" };
  let recorded = (): void => {};
  const slow = new Promise<void>((resolve) => (recorded = resolve));
  const record = (event: string): Promise<void> => (event === "rollback-settled" ? slow : Promise.resolve());
  const rollbacks = createRollbacks({ journal, clock, ready, newId: () => "req_2", record });
  const calls = callsOf(journal, rollbacks, { clock, record });
  assert.deepEqual((await calls.run("TK-1", "anna", "wrong"))?.counts, { refused: 1 });

  const settling = calls.settle("TK-1", 1, "bert", "deleted by hand");
  await turn();
  there = true;
  assert.deepEqual((await calls.run("TK-1", "anna", "once more"))?.counts, { undone: 1 });
  recorded();
  assert.equal(await settling, undefined, "nothing is left of it");
  assert.deepEqual((await calls.run("TK-1", "anna", "and again"))?.counts, { undone: 1 });
  assert.equal(performed, 1);
});

test("a tool of a server that is called like what every object has is a tool that nobody can undo, and no fault", () => {
  const undo = { call: "crm.delete", args: {}, timeout: 1_000 };
  const composed = { config: { tools: { crm: { tools: { create: { undo } } } } }, policy: { tools: { id: (tool: string) => tool } }, layers: {} };
  let undoOf: Parameters<Watch["over"]>[1] = () => undefined;
  watched(composed as unknown as Parameters<typeof watched>[0], {
    over(layers, given) {
      undoOf = given;
      return layers;
    },
  });
  assert.deepEqual(undoOf("crm.create"), { tool: "crm.create", undo });
  for (const tool of ["constructor.call", "__proto__.x", "crm.constructor", "crm.delete", "create", ".create", "other.create"])
    assert.equal(undoOf(tool), undefined, tool);
});
