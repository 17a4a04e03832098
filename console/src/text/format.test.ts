import assert from "node:assert/strict";
import { test } from "node:test";
import { clockTime, left, span } from "./format.ts";

const CASES: readonly (readonly [seconds: number, en: string, de: string])[] = [
  [0, "", ""],
  [-5, "", ""],
  [1, "1 sec", "1 Sek."],
  [59, "59 sec", "59 Sek."],
  [252, "4 mins 12 secs", "4 Min. 12 Sek."],
  [3_600, "1 hr 0 mins", "1 Std. 0 Min."],
  [86_400 + 7_300, "1 day 2 hrs", "1 Tg. 2 Std."],
];

test("what is left is said in its two largest units, and nothing once it is over", () => {
  const plain = (text: string): string =>
    text
      .replace(/s\b|\./g, "")
      .replace(/Tag\b/, "Tg")
      .replace(/\u00a0/g, " ");
  for (const [seconds, en, de] of CASES) {
    const until = new Date(seconds * 1000 + 500).toISOString();
    assert.equal(plain(left(until, "en", 0)), plain(en));
    assert.equal(plain(left(until, "de", 0)), plain(de));
  }
  assert.equal(left("no time", "en", 0), "");
});

test("the moments of a list are all put into words by the same form, which is made once", (t) => {
  const { DateTimeFormat } = Intl;
  t.after(() => Object.assign(Intl, { DateTimeFormat }));
  let made = 0;
  Object.assign(Intl, {
    DateTimeFormat: class extends DateTimeFormat {
      constructor(...given: ConstructorParameters<typeof DateTimeFormat>) {
        super(...given);
        made++;
      }
    },
  });
  const at = new Date(2026, 10, 21, 14, 3, 22);
  const said = Array.from({ length: 50 }, () => clockTime(at.toISOString(), "de", at.getTime() + 86_400_000));
  assert.deepEqual(new Set(said), new Set(["21.11. 14:03:22"]));
  assert.ok(made <= 2, `${made} were made`);
});

test("a span is said in the largest unit that says it exactly", () => {
  const said = [60, 5_400, 86_400, 2_592_000, 90].map((seconds) => [span(seconds, "en"), span(seconds, "de")]);
  assert.deepEqual(said, [
    ["1 minute", "1 Minute"],
    ["90 minutes", "90 Minuten"],
    ["1 day", "1 Tag"],
    ["30 days", "30 Tage"],
    ["90 seconds", "90 Sekunden"],
  ]);
});
