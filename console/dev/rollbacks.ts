import { Hono } from "hono";
import { systemClock as clock } from "../../src/compose/platform.ts";
import { callsOf } from "../../src/compose/undo/rollback.ts";
import { createRollbacks, openJournal, type Performed, type Ready } from "../../src/sandbox/rollback/index.ts";
import { memoryDocuments } from "../../src/vault/documents.ts";

export interface Undoings {
  /** The rollbacks' routes of the API. */
  readonly app: Hono;
  /** The compensations that were made, in order: `tool arguments`. */
  readonly made: string[];
  /** How the next one of this tool ends; undone, where nothing is said. It waits for a promise. */
  readonly ends: Map<string, Performed | Promise<Performed>>;
}

const DAY = 86_400_000;
const HOSTILE = "c-<b>7\u202e";

/** The gateway's own journal and runs over memory, behind the routes that the API has: a task that was rolled back in part, and one that was not. */
export async function undoings(operator: string): Promise<Undoings> {
  const journal = await openJournal({ documents: memoryDocuments(), clock, times: () => ({ idle: DAY, keep: 30 * DAY }) });
  const made: string[] = [];
  const ends: Undoings["ends"] = new Map();
  const ready: Ready = async (_task, { undo }) => {
    const end = ends.get(undo.call) ?? { state: "done" };
    if ("state" in end && end.state === "refused") return { refused: end.why ?? "" };
    return {
      over: () => {},
      async perform() {
        made.push(`${undo.call} ${JSON.stringify(undo.args)}`);
        return end;
      },
    };
  };
  let id = 0;
  const rollbacks = createRollbacks({ journal, clock, ready, newId: () => `req_undo${++id}`, record: async () => {} });
  const calls = callsOf(journal, rollbacks, { clock, record: async () => {} });
  const owner = (session: string) => ({ agent: "clerk", user: "u-7", session, key: "key-1" });
  const done = async (session: string, tool: string, call: string, args: { readonly [name: string]: string }): Promise<void> =>
    void (await journal.done(await journal.begin(owner(session), `req_${++id}`, tool), { call, args }, 1_000));

  await done("monday", "crm.create_customer", "crm.delete_customer", { id: HOSTILE });
  await journal.doubt(await journal.begin(owner("monday"), `req_${++id}`, "crm.note"), "it failed on its way (upstream-timeout); it may have been done");
  await done("monday", "shop.place_order", "DELETE shop.example.com", { method: "DELETE", url: "https://shop.example.com/orders/7" });
  await done("monday", "pay.charge", "pay.refund", { amount: "120.00" });
  await done("monday", "pay.charge", "pay.book_back", { amount: "7.00" });
  ends.set("pay.refund", { state: "refused", why: "a person has to approve it first (Q-12)" });
  ends.set("pay.book_back", { state: "failed", why: "the tool said that it failed; it may have done a part" });
  await calls.run("TK-1", "ben", "the wrong customer");
  ends.clear();
  await done("tuesday", "crm.create_customer", "crm.delete_customer", { id: "c-8" });
  await done("tuesday", "shop.place_order", "shop.cancel_order", { order: "o-8" });
  await done("tuesday", "crm.note", "crm.remove_note", { note: "n-1" });

  const app = new Hono();
  const missing = { type: "about:blank", title: "there is no task of this id", status: 404, code: "not-found" } as const;
  app.get("/api/v1/rollbacks", async (c) => c.json(await calls.list(500)));
  app.get("/api/v1/rollbacks/:id", async (c) => {
    const found = await calls.get(c.req.param("id"));
    return found === undefined ? c.json(missing, 404) : c.json(found);
  });
  app.post("/api/v1/rollbacks/:id", async (c) => {
    const { reason, from } = (await c.req.json()) as { reason: string; from?: number };
    const ran = await calls.run(c.req.param("id"), operator, reason, from);
    return ran === undefined ? c.json(missing, 404) : c.json(ran, ran.state === "running" ? 202 : 200);
  });
  app.post("/api/v1/rollbacks/:id/settle", async (c) => {
    const { step, reason } = (await c.req.json()) as { step: number; reason: string };
    const settled = await calls.settle(c.req.param("id"), step, operator, reason);
    return settled === undefined ? c.json(missing, 404) : c.json(settled);
  });
  return { app, made, ends };
}
