import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../../test/verifies.ts";
import { NEUTRAL, NEUTRAL_LABEL, type Request } from "../../core/index.ts";
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
    const request = { content: [] } as unknown as Request;
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
