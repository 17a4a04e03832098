import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../test/verifies.ts";
import { type Detector, type Literals, LOOKBEHIND } from "../core/detector.ts";
import { sieve } from "./sieve.ts";

const literal = fc.string({ unit: fc.constantFrom("a", "b", "0", "0", "-", "ü", "д"), minLength: 1, maxLength: 5 });
const lists = fc.array(
  fc.record({ at: fc.constantFrom("start", "start", "before", "within"), any: fc.uniqueArray(literal, { minLength: 1, maxLength: 6 }), apart: fc.boolean() }),
  { maxLength: 5 },
);
const texts = fc.string({ unit: fc.constantFrom("a", "A", "b", "0", "7", "3", "-", "é", "Ω", "ж", "語", "z"), maxLength: 30 });

const made = (all: readonly { at: Literals["at"]; any: readonly string[]; apart: boolean }[]): readonly Detector[] =>
  all.map(({ at, any, apart }, order) => ({
    id: `d${order}`,
    finds: "credential",
    covers: [],
    explain: { en: "", de: "" },
    examples: { hit: [], miss: [] },
    literals: { at, any, ...(at === "start" && apart ? { notBehindDigit: true } : {}) },
    detect: () => [],
    open: (text) => text.length,
  }));
const folded = (text: string): string => text.toLowerCase().replace(/\d/g, "0").replace(/[éω]/g, "ü").replace(/ж/g, "д");
/** Of those that begin with another one, only that one is looked for. */
const least = (any: readonly string[]): readonly string[] => any.filter((one) => !any.some((other) => other !== one && one.startsWith(other)));

test("every place where a literal stands is named, but where it is promised that nothing begins, and no other place", () => {
  verifies("O-05");
  let [named, spared] = [0, 0];
  fc.assert(
    fc.property(lists, texts, (list, text) => {
      const detectors = made(list);
      const told = new Set<string>();
      sieve(detectors).run(text, (order, first, last) => told.add(`${order} ${first} ${last}`));
      const plain = folded(text);
      const [all, free] = [new Set<string>(), new Set<string>()];
      list.forEach(({ at, any, apart }, order) => {
        for (const one of at === "start" ? least(any) : any) {
          for (let from = plain.indexOf(one); from >= 0; from = plain.indexOf(one, from + 1)) {
            const end = from + one.length;
            const place = `${order} ${at === "start" ? `${from} ${from}` : at === "before" ? `${end} ${from + LOOKBEHIND}` : `${end - 1 - 2 ** 30} ${end - 1 + 2 ** 30}`}`;
            all.add(place);
            if (at === "start" && apart && plain[from - 1] === "0") free.add(place);
          }
        }
      });
      for (const place of told) assert.ok(all.has(place), `${place} is named`);
      for (const place of all) assert.ok(told.has(place) || free.has(place), `${place} is not named`);
      named += told.size;
      spared += all.size - told.size;
    }),
    { numRuns: 6000 },
  );
  assert.ok(named > 1_000 && spared > 100, `the property was hardly tried: ${named} named, ${spared} spared`);
});

test("the end of a text begins what a longer text could go on with, as far as it reaches, and is calm where no literal ended", () => {
  verifies("O-05");
  fc.assert(
    fc.property(lists, texts, (list, text) => {
      const plain = folded(text);
      const wanted = list.flatMap(({ at, any }, order) => {
        if (at !== "start") return [];
        for (let length = plain.length; length > 0; length--) if (least(any).some((one) => one.startsWith(plain.slice(-length)))) return [`${order} ${length}`];
        return [];
      });
      const { run, step, begun } = sieve(made(list));
      const shown = (all: ReturnType<typeof begun>): string[] => all.map(({ detector, length }) => `${detector} ${length}`).sort();
      assert.deepEqual(shown(run(text, () => undefined)), wanted.sort());
      const state = step(0, text);
      assert.equal(
        state < 0,
        list.some(({ at, any }) => (at === "start" ? least(any) : any).some((one) => plain.includes(one))),
      );
      if (state >= 0) assert.deepEqual(shown(begun(state)), wanted);
    }),
    { numRuns: 3000 },
  );
});
