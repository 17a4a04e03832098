/** One of several processes that spend from one budget in one store. Each line that it writes is what it spent. */
import { leasesIn } from "../../src/compose/agents/budgets.ts";
import { systemClock as clock } from "../../src/compose/platform.ts";
import { NEUTRAL } from "../../src/core/decision.ts";
import { createLedger } from "../../src/permission/index.ts";
import { openSqliteStore } from "../../src/stores/sqlite.ts";

const [, , path = "", count = "0"] = process.argv;
const ledger = createLedger(leasesIn(openSqliteStore(path)), clock);
const group = ledger.group({ id: "budget/tokens", agent: "a", unit: "tokens", limit: { count: Number(count), ms: 86_400_000, text: `${count}/day` } });
const account = ledger.account(group, "");
if (account === undefined) throw new TypeError("there is no room for one account");
let number = 0;

async function caller(): Promise<void> {
  for (;;) {
    const amount = 50 + Math.floor(Math.random() * 50);
    const need = { account: account!, amount, used: () => amount - 5, held: false, end: 0 };
    const id = `r${number++}`;
    const fetched = ledger.fetched(id, [need], clock.monotonic());
    // Awaited only where there is something to wait for: else others come between.
    if (fetched !== undefined) await fetched;
    if (!ledger.has(need, clock.monotonic())) {
      ledger.drop(id);
      await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 200));
      continue;
    }
    ledger.reserve(id, [need], clock.monotonic());
    // The effect: what is written to a pipe stays there whatever becomes of the writer.
    process.stdout.write(`${amount - 5}\n`);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
    ledger.settle(id, { status: "done", decision: NEUTRAL, verdict: { decision: NEUTRAL, passages: [] }, facts: {} });
  }
}
// Nothing else keeps it alive: it ends when whoever started it does.
process.stdin.resume().on("end", () => process.exit());
await Promise.all(Array.from({ length: 70 }, caller));
