/** What a loop looks like that means to look like work, and work that looks like a loop. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertLinear } from "../../test/linear.ts";
import { took } from "../../test/pace.ts";
import { verifies } from "../../test/verifies.ts";
import { NEUTRAL } from "../core/decision.ts";
import type { Json } from "../core/json.ts";
import { NEUTRAL_LABEL } from "../core/label.ts";
import { createRepeats, repeatControl } from "./controls/repeats.ts";
import { printOf } from "./likeness.ts";

type Args = { readonly [name: string]: Json };
const HOUR = 3_600_000;
const inspection = { decision: NEUTRAL, label: NEUTRAL_LABEL, passages: [] };
const callOf = (tool: string, args: Args) =>
  ({ id: "r", principal: { agent: "a" }, action: { type: "tool.call", tool, args }, content: [], context: { time: 0, surface: "mcp-gateway" } }) as const;

/** How many of so many calls, a second apart, are let do. */
function made(tool: string, args: (i: number) => Args, times: number, effect: "read" | "write" = "write"): number {
  const control = repeatControl("a", { writes: 5, reads: 100, within: HOUR }, createRepeats(), () => effect);
  let count = 0;
  for (let i = 0; i < times; i++) {
    const request = callOf(tool, args(i));
    if (control.check(request, inspection, i * 1_000) !== NEUTRAL) continue;
    control.done?.(request, i * 1_000, true);
    count++;
  }
  return count;
}

const DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ");
const MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(" ");
const FAILED = ["broken", "defective", "dead", "faulty", "offline"];
const at = <T>(list: readonly T[], i: number): T => list[i % list.length] as T;
const insert = (text: string, i: number, sign: string): string => text.slice(0, 1 + (i % (text.length - 2))) + sign + text.slice(1 + (i % (text.length - 2)));
const SAID = "The printer on the third floor does not answer since this morning";

const LOOPS: readonly (readonly [name: string, tool: string, args: (i: number) => Args])[] = [
  ["a number in the title alone", "tickets.create_ticket", (i) => ({ title: `Incident ${i}` })],
  ["a number in a German title", "tickets.create_ticket", (i) => ({ titel: `Störung Nr. ${i} am Drucker` })],
  ["a title, a text and an id of its own", "tickets.create_ticket", (i) => ({ id: `MON-${i}`, title: `Incident ${i}`, description: SAID })],
  ["its own number under a name of its own", "tickets.create_ticket", (i) => ({ ticket_id: i, external_reference: `X${i * 7}`, description: SAID })],
  ["the day of the week and the month", "tickets.create_ticket", (i) => ({ description: `${SAID}: ${at(DAYS, i)}, ${1 + (i % 28)}. ${at(MONTHS, i)} 2026` })],
  ["a number that is written out", "tickets.create_ticket", (i) => ({ description: `${SAID} (check ${at(["one", "two", "drei", "vier", "seven"], i)})` })],
  ["one word for another", "tickets.create_ticket", (i) => ({ description: `Printer on the third floor is ${at(FAILED, i)}, please look at it today` })],
  ["one word of a short text", "tickets.create_ticket", (i) => ({ description: `The office ${at(["printer", "router", "scanner"], i)} does not answer` })],
  ["the order of names", "tickets.create_ticket", (i) => (i % 2 === 0 ? { a: 1, b: { x: 1, y: 2 }, text: SAID } : { text: SAID, b: { y: 2, x: 1 }, a: 1 })],
  ["what nobody sees", "tickets.create_ticket", (i) => ({ description: insert(SAID, i, "​"), room: insert("conference room", i, "­") })],
  [
    "control characters",
    "tickets.create_ticket",
    (i) => ({ description: insert(SAID, i, at(["\u0001", "\u007f", "\u0090"], i)), room: insert("conference room", i, "\u0002") }),
  ],
  [
    "letters that are drawn as nothing",
    "tickets.create_ticket",
    (i) => ({ description: insert(insert(SAID, i, "\u115f"), i * 7, "\u3164"), room: insert("conference room", i, "\u1160") }),
  ],
  ["blanks and case", "tickets.create_ticket", (i) => ({ description: i % 2 === 0 ? SAID : `  ${SAID.toUpperCase().replaceAll(" ", "  ")}\n` })],
  [
    "case, in Russian",
    "tickets.create_ticket",
    (i) => ({ description: "Принтер на третьем этаже не отвечает с утра".replace(/./g, (c, p) => ((i >> (p % 9)) & 1 ? c.toUpperCase() : c)) }),
  ],
  [
    "full width",
    "tickets.create_ticket",
    (i) => ({ description: insert(SAID, 0, "").replace(/[a-z]/g, (c, p) => (p % 5 === i % 5 ? String.fromCodePoint(c.codePointAt(0)! + 0xfee0) : c)) }),
  ],
  [
    "accents",
    "tickets.create_ticket",
    (i) => ({ description: at(["é", "e\u0301", "e"], i).concat(": Caf\u00e9 M\u00fcller, der Drucker geht nicht mehr".normalize(at(["NFC", "NFD"], i))) }),
  ],
  [
    "letters of another script",
    "tickets.create_ticket",
    (i) => ({ description: SAID.replace(/[eoh]/g, (c, p) => (p % 7 === i % 7 ? at([..."еон"], "eoh".indexOf(c)) : c)) }),
  ],
  [
    "whole words of another script",
    "tickets.create_ticket",
    (i) => ({
      description: `${SAID}: ${["ace", "copy", "see", "ease", "spice"].map((word, bit) => ((i >> bit) & 1 ? word.replace(/./g, (c) => at([..."асеорѕіу"], "aceopsiy".indexOf(c))) : word)).join(" ")}`,
    }),
  ],
  [
    "a hundred texts in turn",
    "tickets.create_ticket",
    (i) => ({
      title: `Case ${i}`,
      description: Array.from({ length: 12 }, (_, n) => `w${"abcdefghij"[i % 10]}x${"abcdefghij"[Math.floor(i / 10) % 10]}${"klmnopqrstuv"[n]}`).join(" "),
    }),
  ],
];

for (const [name, tool, args] of LOOPS)
  test(`a loop whose calls differ in ${name} stops after five of each`, () => {
    verifies("C-10");
    const kinds = name.startsWith("a hundred") ? 100 : 1;
    assert.ok(made(tool, args, 2_000) <= 5 * kinds, `${made(tool, args, 2_000)} were made`);
  });

test("the same read with its names in another order is the same read", () => {
  verifies("C-10");
  const args = (i: number): Args => (i % 2 === 0 ? { job: "j1", of: { a: 1, b: 2 } } : { of: { b: 2, a: 1 }, job: "j1" });
  assert.equal(made("jobs.get_status", args, 500, "read"), 100);
});

const WORK: readonly (readonly [name: string, tool: string, args: (i: number) => Args])[] = [
  ["cells of a table", "sheet.set_cell", (i) => ({ cell: `A${i}`, value: "17" })],
  ["rows of numbers", "sheet.append_row", (i) => ({ values: [String(i), String(i * 2)] })],
  [
    "orders of customers, with one text",
    "mail.create_draft",
    (i) => ({ to: `c${i}@example.com`, subject: "Your order", body: `Dear customer, your order ${i} is on its way.` }),
  ],
  ["bookings for many rooms", "rooms.book_room", (i) => ({ room_id: `r${i}`, text: "Weekly meeting of the whole team in this room" })],
  ["invoices of many customers", "shop.create_invoice", (i) => ({ customer_id: i, text: "Thank you for your order, please pay within 14 days" })],
  ["payments of many amounts", "bank.pay", (i) => ({ to: "DE89370400440532013000", amount: 10 + i, reference: `Invoice ${i}` })],
  ["payments with many references", "bank.transfer_money", (i) => ({ to: "DE89370400440532013000", amount: 10, reference: `Invoice ${i}` })],
  ["records of which nothing else is said", "crm.create_record", (i) => ({ id: i })],
  ["changes of many tickets", "tickets.update_ticket", (i) => ({ id: i, title: "Incident: please look at it as soon as you can" })],
  ["files in many places", "files.write_file", (i) => ({ path: `/srv/out/${i}.txt`, content: "the same template for each of them, unchanged" })],
  ["letters of which case counts", "sheet.set_value", (i) => ({ key: "AaBbCcDdEeFf"[i % 12] as string, row: Math.floor(i / 12), value: "x" })],
];

for (const [name, tool, args] of WORK)
  test(`work goes on: ${name}`, () => {
    verifies("C-10");
    assert.equal(made(tool, args, 1_000), 1_000);
  });

test("what is remembered of a call is small, however long its text is, and it is read in one pass", () => {
  const long = printOf(
    callOf("tickets.create_ticket", { description: Array.from({ length: 50_000 }, (_, i) => `w${i.toString(36)}q`).join(" "), other: "y".repeat(100_000) }),
    "write",
  );
  assert.ok(long.exact.length <= 64 && (long.words?.length ?? 0) <= 10_000);
  assertLinear(
    (length) => printOf(callOf("t.create", { description: "á x ".repeat(length / 4), list: Array.from({ length: length / 16 }, () => "a  b") }), "write"),
    400_000,
  );
});

test("whether there is room for one more caller costs no more because the others did much", () => {
  const asking = (calls: number): number => {
    const repeats = createRepeats();
    const all = new Map(Array.from({ length: calls }, (_, i) => [`${i}`, { whole: `${i}`, count: 1, last: 1 }]));
    repeats.set("a", new Map(Array.from({ length: 10_000 }, (_, i) => [`${i}`, { all, recent: [], last: 1 }])));
    const control = repeatControl("a", { writes: 5, reads: 100, within: HOUR }, repeats, () => "write");
    return took(() => {
      for (let i = 0; i < 50; i++) assert.equal(control.check(callOf("t.create", {}), inspection, 2).reasons[0]?.id, "loop/callers");
    });
  };
  asking(1);
  const [few, many] = [asking(1), asking(1_000)];
  assert.ok(many < 5 * few, `${many} ms in place of ${few} ms`);
});
