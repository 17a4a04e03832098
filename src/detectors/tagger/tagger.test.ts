import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../../test/verifies.ts";
import { LOOKBEHIND, NEUTRAL, NEUTRAL_LABEL, type Request } from "../../core/index.ts";
import { finder, SLICE } from "../../input/find.ts";
import { outputLayer } from "../../output/index.ts";
import { detectors, scan, scanner } from "../index.ts";
import { personName } from "./person-name.ts";
import { readTagger, writeTagger } from "./weights.ts";

const weights = readFileSync(join(import.meta.dirname, "../../../models/names/weights.bin"));
const names = personName(() => weights);
const withNames = [...detectors, names];
const found = (text: string): string[] => scan([names], text, "tool").map(({ start, end }) => text.slice(start, end));

describe("the tagger of names", () => {
  test("finds names in English and German, whole, and with what belongs to them", () => {
    verifies("O-01");
    for (const [text, ...wanted] of [
      ["Please send the contract to Katharina Lehmann and to Oliver van der Berg by Friday.", "Katharina Lehmann", "Oliver van der Berg"],
      ["Mit freundlichen Grüßen\nHans-Peter Müller-Lüdenscheid", "Hans-Peter Müller-Lüdenscheid"],
      ["Patientin Ayşe Yılmaz, geboren am 04.05.1980", "Ayşe Yılmaz"],
      ['{"customer": "Patrick O\'Neill", "city": "Boston"}', "Patrick O'Neill"],
      ["From: Sarah J. Whitfield <sw@example.org>", "Sarah J. Whitfield"],
    ] as const)
      assert.deepEqual(found(text), wanted, text);
  });

  test("leaves code, configuration, numbers and ordinary sentences alone", () => {
    verifies("O-01");
    for (const text of [
      "export const UserAccount = require('./Account'); // see the README",
      "services:\n  web:\n    image: nginx:1.27\n    environment: [NODE_ENV=production]",
      "The Quarterly Report was sent to Customer Service on Monday, 3 March.",
      "Der Bundesgerichtshof hat die Revision des Klägers gegen das Urteil des Oberlandesgerichts verworfen.",
      "SELECT Id, Name FROM Orders WHERE Total > 100",
    ])
      assert.deepEqual(found(text), [], text);
  });

  test("is asked for its weights when the first text comes, once, and takes no others", () => {
    let reads = 0;
    const lazy = personName(() => {
      reads++;
      return weights;
    });
    assert.equal(reads, 0);
    for (let text = 0; text < 2; text++) lazy.detect({ text: "Anna Schmidt", source: "tool" });
    assert.equal(reads, 1);
    assert.throws(() => readTagger(weights.subarray(1)), RangeError);
    assert.deepEqual(Buffer.from(writeTagger(readTagger(weights))), weights);
    assert.ok(weights.length < 1024 * 1024);
  });

  const pieces = [
    ...names.examples.hit,
    ...names.examples.miss,
    "Dr. Anna-Lena von der Heide, ",
    "J. R. R. Tolkien ",
    "O'",
    "Brien ",
    "ANNA SCHMIDT ",
    "a".repeat(70),
    "\n",
    "B".repeat(30),
    "\u0301",
  ];
  /** Rows of names and of what joins them: where a name begins and ends depends on all of its neighbours. */
  const rows = fc
    .array(
      fc.constantFrom(
        "Anna",
        "Maria",
        "Schmidt",
        "von",
        "der",
        "Heide",
        "O'Brien",
        "J.",
        "Dr.",
        "Bartholomäus-Christian",
        "und",
        "Montag",
        "x",
        "12",
        ",",
        "\n",
      ),
      {
        minLength: 8,
        maxLength: 40,
      },
    )
    .chain((words) =>
      fc
        .array(fc.constantFrom(" ", " ", " ", "-", ", ", "  ", " ".repeat(9)), { minLength: words.length, maxLength: words.length })
        .map((gaps) => words.map((word, at) => word + gaps[at]).join("")),
    );
  const spans = (text: string): string[] => names.detect({ text, source: "tool" }).map(({ start, end, score }) => `${start} ${end} ${score}`);
  const moved = (text: string, by: number): string[] =>
    names.detect({ text, source: "tool" }).flatMap(({ start, end, score }) => (start >= LOOKBEHIND ? [`${start + by} ${end + by} ${score}`] : []));

  test("depends on no more than the look behind, and on nothing that is still to come before `open`, also in rows of names", () => {
    verifies("O-05");
    fc.assert(
      fc.property(rows, (text) => {
        const whole = spans(text);
        for (let cut = 0; cut <= text.length; cut++) {
          assert.deepEqual(
            moved(text.slice(cut), cut),
            whole.filter((span) => Number(span.split(" ")[0]) >= cut + LOOKBEHIND),
            `without its first ${cut}`,
          );
          const head = text.slice(0, cut);
          const open = names.open(head);
          const settled = (span: string): boolean => Number(span.split(" ")[0]) < open;
          assert.deepEqual(spans(head).filter(settled), whole.filter(settled), `cut at ${cut}, open at ${open}`);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("loses none of a long row of names", () => {
    verifies("O-01");
    for (let count = 2; count < 30; count++) {
      const text = `Signed by ${Array.from({ length: count }, (_, at) => ["Anna", "Katharina", "Lehmann", "Oliver", "Schmidt"][at % 5]).join(" ")}`;
      assert.deepEqual(found(text), [text.slice("Signed by ".length)], text);
    }
  });

  test("gives the same findings in slices as in one piece", async () => {
    verifies("O-01", "O-05");
    const find = finder([names], scanner);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...pieces), { minLength: 4, maxLength: 30 }), fc.nat(300), async (parts, shift) => {
        const text = `${"- ".repeat((SLICE - 600 + shift) / 2)}${parts.join(" ")}`;
        const given = { at: "", text, before: "", source: "tool", label: NEUTRAL_LABEL } as const;
        assert.deepEqual(await find.slowly(given, async () => {}), find.now(given));
      }),
      { numRuns: 40 },
    );
  });

  test("masks the same in a stream as in one piece, however the text is cut, and lets no letter of a masked name out", () => {
    verifies("O-01", "O-05");
    const layer = outputLayer({ detectors: withNames, scanner, text: { name: "mask" } });
    const request: Request = { id: "r", principal: { agent: "a" }, action: { type: "model.call" }, content: [], context: { time: 0, surface: "test" } };
    const streamed = (chunks: readonly string[]): string => {
      const filter = layer.open(request, NEUTRAL, { decision: NEUTRAL, label: NEUTRAL_LABEL, passages: [] });
      return chunks.map((chunk) => filter.text("answer", chunk)).join("") + filter.end("answer");
    };
    assert.equal(streamed(["Ask Katharina Leh", "mann about it, please."]), "Ask [person-name] about it, please.");
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(40), { minLength: 1, maxLength: 20 }),
        (parts, sizes) => {
          const text = parts.join(" ");
          const chunks: string[] = [];
          for (let [at, turn] = [0, 0]; at < text.length; turn++) {
            const size = 1 + (sizes[turn % sizes.length] as number);
            chunks.push(text.slice(at, at + size));
            at += size;
          }
          assert.equal(streamed(chunks), streamed([text]));
        },
      ),
      { numRuns: 150 },
    );
  });
});
