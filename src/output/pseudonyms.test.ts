import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../test/verifies.ts";
import type { Passage, Request, Veil } from "../core/index.ts";
import { createPseudonyms } from "./pseudonyms.ts";

const HOUR = 3_600_000;
const asking = (session = "s", agent = "a"): Request => ({
  id: "r",
  principal: { agent, session },
  action: { type: "model.call" },
  content: [],
  context: { time: 0, surface: "test" },
});
/** A passage in which everything in angle brackets was found. */
const found = (...values: readonly string[]): readonly Passage[] =>
  values.map((text, at) => ({ at: `content/${at}`, text, findings: [{ detector: "email", kind: "personal", start: 0, end: text.length, score: 1 }] }));

function stage(most?: { readonly sessions: number; readonly values: number }) {
  let now = 0;
  const pseudonyms = createPseudonyms({ random: randomBytes, clock: { monotonic: () => now }, ...(most === undefined ? {} : { most }) });
  const veils = pseudonyms.veils({ kinds: { personal: "pseudonym" }, own: new Map() }, HOUR);
  assert.ok(veils !== undefined);
  const over = (values: readonly string[], session?: string): Veil => veils.over(asking(session), found(...values)) ?? assert.fail("no room");
  return { pseudonyms, veils, over, wait: (ms: number) => void (now += ms) };
}

describe("a veil", () => {
  test("hides every value of its session and gives each back, whatever the text", () => {
    verifies("O-05");
    const { over } = stage();
    const values = ["anna@kunde.example", "anna@kunde.examples", "bob", "ü<ö>", "a@b", "DE 12"];
    const veil = over(values);
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...values, " ", "x", "<", "<email-", ">", "anna@"), fc.string({ maxLength: 3 })), { maxLength: 12 }),
        (parts) => {
          const text = parts.join("");
          const hidden = veil.hide(text);
          for (const value of values) if (value.length >= 6) assert.ok(!hidden.includes(value), hidden);
          assert.equal(veil.show(hidden), text);
          assert.equal(veil.find(text).length === 0, hidden === text);
        },
      ),
      { numRuns: 2000 },
    );
    assert.equal(veil.hide("bob bobby"), `${veil.hide("bob")} bobby`);
  });

  test("says where a stand-in may go on, so that a text cut anywhere is shown as the whole is", () => {
    verifies("O-05");
    const { over } = stage();
    const veil = over(["anna@kunde.example"]);
    const standIn = veil.hide("anna@kunde.example");
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(standIn, "<", "a < b", "<b>", " ", standIn.slice(0, 5), standIn.slice(5)), { maxLength: 8 }),
        fc.array(fc.nat(9)),
        (parts, cuts) => {
          const text = parts.join("");
          let [out, held, at] = ["", "", 0];
          for (const size of [...cuts, text.length]) {
            held += text.slice(at, at + size);
            at += size;
            const open = veil.open(held);
            out += veil.show(held.slice(0, open));
            held = held.slice(open);
          }
          assert.equal(out + veil.show(held), veil.show(text));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("is the same in every call of a session, another in another session, and another once the session is over", () => {
    verifies("O-05");
    const { over, wait, pseudonyms } = stage();
    const first = over(["anna@kunde.example"]).hide("anna@kunde.example");
    assert.match(first, /^<email-1-[a-z0-9]{8}>$/);
    wait(HOUR - 1);
    assert.equal(over(["bob@kunde.example", "anna@kunde.example"]).hide("anna@kunde.example"), first);
    const other = over(["anna@kunde.example"], "t");
    assert.notEqual(other.hide("anna@kunde.example"), first);
    assert.equal(other.show(first), first);
    wait(HOUR);
    assert.notEqual(over(["anna@kunde.example"]).hide("anna@kunde.example"), first);
    assert.equal(pseudonyms.sessions, 1, "what is over is gone");
  });

  test("of a session without room is a fresh one, and whoever has the old one keeps it; one call with too many values gets none", () => {
    verifies("O-05");
    const { over, veils } = stage({ sessions: 3, values: 3 });
    const old = over(["a@kunde.example", "b@kunde.example"]);
    const hidden = old.hide("a@kunde.example");
    const fresh = over(["c@kunde.example", "d@kunde.example"]);
    assert.equal(old.show(hidden), "a@kunde.example");
    assert.equal(fresh.show(hidden), hidden);
    assert.ok(!fresh.hide("c@kunde.example d@kunde.example").includes("kunde"));
    assert.equal(veils.over(asking(), found("1@k.example", "2@k.example", "3@k.example", "4@k.example")), undefined);
  });

  test("no more sessions are kept than there is room for; the one that was idle longest goes", () => {
    const { over, pseudonyms } = stage({ sessions: 3, values: 9 });
    const first = over(["anna@kunde.example"], "1").hide("anna@kunde.example");
    for (const session of ["2", "3", "1", "4"]) over(["anna@kunde.example"], session);
    assert.equal(pseudonyms.sessions, 3);
    assert.equal(over(["anna@kunde.example"], "1").hide("anna@kunde.example"), first);
  });

  test("is there for the request that it was made for, and for no other", () => {
    const { veils } = stage();
    const request = asking();
    veils.over(request, found("anna@kunde.example"));
    assert.ok(veils.of(request) !== undefined);
    assert.equal(veils.of({ ...request }), undefined);
    assert.equal(
      createPseudonyms({ random: randomBytes, clock: { monotonic: () => 0 } }).veils({ kinds: { personal: "report" }, own: new Map() }, HOUR),
      undefined,
    );
  });

  test("over a long text with many values keeps nobody waiting", () => {
    const { over } = stage();
    const values = Array.from({ length: 2_000 }, (_, at) => `person${at}@kunde.example`);
    const veil = over(values);
    const alike = over(
      Array.from({ length: 2_000 }, (_, at) => `${"a".repeat(30 + (at % 30))}${at}@kunde.example`),
      "alike",
    );
    for (const [one, text] of [
      [veil, `${"person a@b.example wrote to perso ".repeat(30)}${values.slice(0, 20).join(" ")} `.repeat(22)],
      [alike, "a".repeat(32_768)],
      [alike, `${"a".repeat(59)}1`.repeat(546)],
    ] as const) {
      let least = Infinity;
      for (let round = 0; round < 5; round++) {
        const before = process.cpuUsage().user;
        one.hide(text);
        least = Math.min(least, (process.cpuUsage().user - before) / 1000);
      }
      assert.ok(least < 50, `${least} ms for ${text.slice(0, 20)}`);
    }
  });
});
