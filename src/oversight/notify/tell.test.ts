import assert from "node:assert/strict";
import { test } from "node:test";
import { anna, MINUTE, needing, pay, rig } from "../../../test/oversight/rig.ts";
import { verifies } from "../../../test/verifies.ts";
import type { Clock } from "../../core/layers.ts";
import type { Person } from "../approval.ts";
import type { Channel } from "./channel.ts";
import { concerns, type Letter, mailChannel } from "./mail.ts";
import type { Quiet } from "./quiet.ts";
import { type Pace, telling } from "./tell.ts";
import { type Language, lineOf, missedIn, type Wording } from "./words.ts";

const HOLDERS: { readonly [role: string]: readonly string[] } = { finance: ["anna", "ben"], security: ["carl"] };
const holders = (role: string): readonly string[] => HOLDERS[role] ?? [];
const PEOPLE: readonly Person[] = [{ name: "anna", user: "anna@example.org" }, { name: "ben" }, { name: "carl" }];

/** A chat and three people with a mailbox, over an inbox: what each of them reads, line by line. */
async function read(pace: Partial<Pace> = {}, language: Language = "en") {
  const one = await rig({ roleHolders: holders });
  const wording: Wording = { language, zone: "Europe/Berlin", link: (ticket) => `https://console.example/${ticket}` };
  const timers = new Set<{ readonly at: number; readonly fire: () => void }>();
  const clock: Clock = {
    now: () => one.world.wall,
    monotonic: () => one.world.monotonic,
    timer(ms, fire) {
      const timer = { at: one.world.monotonic + ms, fire };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };
  const chat: string[] = [];
  const letters: Letter[] = [];
  const chatting: Channel = {
    key: "chat",
    host: "chat.example",
    reader: "person",
    answers: true,
    isFor: () => true,
    async send({ news, missed }) {
      chat.push([...news.map((each) => lineOf(each, wording)), ...missedIn(missed, wording)].join("\n"));
      return { is: "taken" };
    },
  };
  const mails = PEOPLE.map((person) =>
    mailChannel({
      to: person.name,
      host: "smtp.example",
      wording,
      isFor: (approval) => concerns(approval, person, holders),
      post: async (letter) => {
        letters.push(letter);
        return { is: "taken" };
      },
    }),
  );
  telling(one.inbox, {
    channels: () => [chatting, ...mails],
    pace: () => ({ digest: 0, zone: "UTC", ...pace }),
    clock,
    failed: () => assert.fail("nothing fails here"),
  });
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  return {
    ...one,
    chat,
    letters,
    async settle() {
      await settle();
    },
    async pass(ms: number) {
      // Timers begin further ones: minute by minute.
      for (let left = ms; left > 0; left -= MINUTE) {
        one.pass(Math.min(left, MINUTE));
        for (const timer of [...timers]) if (timer.at <= one.world.monotonic && timers.delete(timer)) timer.fire();
        await settle();
      }
    },
  };
}
const tickets = (text: string): readonly string[] => Array.from(text.matchAll(/^(?:Nobody has answered yet\. )?(HF-\d+)/gm), ([, id = ""]) => id);
const night: Quiet = { from: 0, until: 7 * 60, days: [], through: ["big-payment"] };
const plain = { ...needing(["finance"]), reasons: [{ id: "flow/untrusted", effect: "ask", text: "rests on a mail" }] } as const;

test("whoever may answer is written to, once, and nobody else: not who asked, not who has no part in it", async () => {
  verifies("H-04");
  const one = await read();
  await one.ask(pay(), needing(["finance"]));
  await one.ask(pay({ to: "b" }, { principal: { agent: "support", user: "anna@example.org" } }), needing(["finance"]));
  await one.ask(pay({ to: "c" }));
  await one.settle();
  const to = (name: string): readonly string[] => one.letters.filter((letter) => letter.to === name).flatMap(({ text }) => tickets(text));
  assert.deepEqual([to("anna"), to("ben"), to("carl")], [["HF-1", "HF-3"], ["HF-1", "HF-2", "HF-3"], ["HF-3"]]);
  await one.inbox.approve("HF-1", anna);
  await one.settle();
  assert.equal(one.letters.length, 6, "answers are not mailed");
  assert.match(one.chat.at(-1) ?? "", /^HF-1 was approved/);
});

test("a mail says who wants what until when and where to answer, and nothing of the arguments, in the reader's language", async () => {
  verifies("H-04");
  for (const [language, subject, text] of [
    [
      "en",
      "HF-1: support asks to use pay.send",
      /^HF-1: agent support asks to use pay\.send\. Until 26 Nov, 02:00 CET: https:\/\/console\.example\/HF-1\n\nYou get this/,
    ],
    [
      "de",
      "HF-1: support möchte pay.send verwenden",
      /^HF-1: Agent support möchte pay\.send verwenden\. Bis 26\. Nov\., 02:00 MEZ: https:\/\/console\.example\/HF-1\n\nSie erhalten/,
    ],
  ] as const) {
    const one = await read({}, language);
    await one.ask(pay());
    await one.settle();
    const [letter] = one.letters;
    assert.deepEqual([letter?.subject, letter?.id], [subject, "HF-1-pending"]);
    assert.match(letter?.text ?? "", text);
    assert.doesNotMatch(letter?.text ?? "", /ACME|700/);
  }
});

test("what comes soon after is told together, also what was answered meanwhile, and nothing of what nobody had been told", async () => {
  verifies("H-04");
  const one = await read({ digest: 5 * MINUTE });
  await one.ask(pay({ n: 1 }));
  for (const n of [2, 3, 4]) await one.ask(pay({ n }));
  await one.inbox.reject("HF-1", anna);
  await one.inbox.reject("HF-3", anna);
  await one.pass(4 * MINUTE);
  assert.deepEqual(one.chat.map(tickets), [["HF-1"]]);
  await one.pass(MINUTE);
  assert.deepEqual(one.chat.map(tickets), [["HF-1"], ["HF-2", "HF-4", "HF-1"]]);
  assert.match(one.chat[1] ?? "", /HF-1 was rejected/);
  assert.equal(one.letters.filter(({ to, subject }) => to === "ben" && subject === "2 questions wait for an answer").length, 1);
});

test("in quiet hours nobody is disturbed but by what goes through; afterwards what still waits is told, and that something did not", async () => {
  verifies("H-04");
  const one = await read({ quiet: night });
  await one.ask(pay({ n: 1 }), plain);
  await one.ask(pay({ n: 2 }), { ...plain, obligations: [{ kind: "approval", approvers: [], count: 1, expires: 24 * 60 * MINUTE }] });
  await one.ask(pay({ n: 3 }));
  await one.settle();
  assert.deepEqual(one.chat.map(tickets), [["HF-3"]], "a rule whose questions go through");
  await one.pass(6 * 60 * MINUTE);
  assert.equal(one.chat.length, 1);
  await one.pass(61 * MINUTE);
  assert.deepEqual(one.chat.map(tickets), [["HF-3"], ["HF-2"]]);
  assert.match(one.chat[1] ?? "", /One question came in quiet hours, .* it was denied\.$/);
  assert.equal((await one.inbox.get("HF-1"))?.state, "pending", "and is expired");
});

test("what was escalated is told to those who may answer now, as what nobody has answered yet", async () => {
  verifies("H-04");
  const one = await read();
  await one.ask(pay(), needing(["finance"]));
  await one.settle();
  await one.inbox.escalate("HF-1", ["security"]);
  await one.settle();
  assert.deepEqual(
    one.letters.map(({ to, id }) => [to, id]),
    [
      ["anna", "HF-1-pending"],
      ["ben", "HF-1-pending"],
      ["carl", "HF-1-escalated-1"],
    ],
  );
  assert.match(one.letters[2]?.text ?? "", /^Nobody has answered yet\. HF-1/);
});
