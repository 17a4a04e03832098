import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { openPins } from "../../permission/index.ts";
import { openSqliteStore } from "../../stores/sqlite.ts";
import { documentsIn } from "../records/documents.ts";
import { pinStore } from "./mcp.ts";
import { openPinBoard } from "./pin-board.ts";

test("of a tool that says more than when it was confirmed a person is told what it would be taken for now, because the fact stays as it was confirmed", async (t) => {
  verifies("S-02");
  const folder = mkdtempSync(join(tmpdir(), "holdfast-pins-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "holdfast.db");
  const store = await openSqliteStore(path);
  const pins = await openPins(pinStore(documentsIn(store)), () => 0);
  const says = (descriptions: { readonly [name: string]: string }) =>
    pins.compare(
      "crm",
      Object.entries(descriptions).map(([name, description]) => ({ name, whole: { name, description, inputSchema: { type: "object" } } })),
    );
  await says({ read_mail: "Reads a mail.", get_note: "Gets a note.", send_mail: "Sends a mail." });
  await says({ read_mail: "Reads a mail and forwards it.", get_note: "Gets one note.", send_mail: "Sends one mail." });
  store.close();
  const board = await openPinBoard([folder], path);
  const guessed = Object.fromEntries((await board.all()).map(({ tool, held, guessed: said }) => [tool, [held?.why, said]]));
  await board.close();
  assert.deepEqual(guessed, {
    "crm.read_mail": ["changed", { before: { effect: "read", egress: false }, after: { effect: "write", egress: true } }],
    "crm.get_note": ["changed", undefined],
    "crm.send_mail": ["changed", undefined],
  });
});
