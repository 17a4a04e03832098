import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../../test/verifies.ts";
import { type Detector, LOOKBEHIND } from "../../core/detector.ts";
import { scan, scanner } from "../index.ts";
import { ownRule, wholeMatch } from "./own-rule.ts";

const NONE = { hit: [], miss: [] };
type Given = Partial<Parameters<typeof ownRule>[0]>;
const rule = (given: Given): readonly Detector[] => ownRule({ id: "own", kind: "internal", examples: NONE, ...given });
const found = (given: Given, text: string): readonly string[] => scan(rule(given), text, "user").map(({ start, end }) => text.slice(start, end));

describe("an own rule", () => {
  test("finds whole words in any case, with or without umlauts and accents, over a line break or a dash", () => {
    verifies("O-04");
    const words = ["Projekt Falke", "Müller", "Strasse 7", "Café", "C++"];
    for (const [text, wanted] of [
      ["das PROJEKT\n FALKE ruht", "PROJEKT\n FALKE"],
      ["projekt_falke_2.pdf", "projekt_falke"],
      ["Herr MUELLER", "MUELLER"],
      ["Herr Muller", "Muller"],
      ["Herr Mu\u0308ller", "Mu\u0308ller"],
      ["in der Straße-7", "Straße-7"],
      ["im cafe", "cafe"],
      ["in C++ geschrieben", "C++"],
    ] as const)
      assert.deepEqual(found({ words }, text), [wanted], text);
    for (const text of ["Projekt Falken", "Projekte Falke", "Müllerin", "Strasse 70", "ÄMüller", "decaféine", "Projekt und Falke"])
      assert.deepEqual(found({ words }, text), [], text);
  });

  test("finds a host where it ends, and with a star every host below it", () => {
    verifies("O-04");
    const hosts = ["intra.example", "*.corp.example"];
    assert.deepEqual(found({ hosts }, "https://DB-1.eu.corp.example:8443/x, intra.example."), ["DB-1.eu.corp.example", "intra.example"]);
    assert.deepEqual(found({ hosts }, "corp.example, a.corp.example.net, notcorp.example, x.intra.example, intra.example-shop.de"), []);
    const deep = `${"a.".repeat(40)}corp.example`;
    assert.equal(found({ hosts }, deep)[0]?.endsWith(".a.corp.example"), true);
  });

  test("finds the longest match of its pattern at every place, as trying every text does", () => {
    const patterns = ["ab{1,3}", "(a|ab)(c|bcd)?", "\\ba[ab]{0,4}\\b", "[^b]{2}c", "a.c|\\d{2,4}", "(?:a?b?){1,3}c", "ü\\b|Üb", "\\Bb"];
    for (const source of patterns) {
      const whole = new RegExp(`^(?:${source.replaceAll("\\b", "").replaceAll("\\B", "")})$`, "i");
      const wordly = (sign: string | undefined): boolean => sign !== undefined && /[\p{L}\p{N}\p{M}]/u.test(sign);
      const edge = (text: string, at: number): boolean => wordly(text[at - 1]) !== wordly(text[at]);
      const [detector] = rule({ pattern: source }) as [Detector];
      fc.assert(
        fc.property(fc.string({ unit: fc.constantFrom("a", "b", "c", "d", "B", "1", " ", "ü", "\n"), maxLength: 9 }), (text) => {
          for (let from = 0; from < text.length; from++) {
            let longest = -1;
            for (let to = from + 1; to <= text.length; to++) {
              if (!whole.test(text.slice(from, to))) continue;
              if (source.startsWith("\\b") && !(edge(text, from) && edge(text, to))) continue;
              if (source.startsWith("\\B") && edge(text, from)) continue;
              if (source.startsWith("ü") && to === from + 1 && !edge(text, to)) continue;
              longest = to;
            }
            const span = detector.at?.({ text, source: "user" }, from);
            assert.equal(span?.end ?? -1, longest, `${source} at ${from} of ${JSON.stringify(text)}`);
          }
        }),
        { numRuns: 300 },
      );
    }
  });

  const laws = rule({ words: ["Projekt Falke", "Müller & Söhne"], hosts: ["intra.example", "*.corp.example"], pattern: "\\b(ACME|BETA)-[0-9]{2,6}\\b" });
  const texts = fc
    .array(
      fc.constantFrom(
        "Projekt",
        " ",
        "Falke",
        "Müller & ",
        "Söhne",
        "intra.",
        "example",
        "db",
        ".corp.",
        "-",
        ".",
        "ACME-",
        "12",
        "3",
        "x",
        "\n",
        "BETA-123456",
      ),
      { maxLength: 9 },
    )
    .map((parts) => parts.join(""));
  const key = ({ start, end }: { readonly start: number; readonly end: number }): string => `${start}-${end}`;

  test("gives the same in a stream as in one piece, wherever it is cut", () => {
    verifies("O-04", "O-05");
    for (const detector of laws)
      fc.assert(
        fc.property(texts, (text) => {
          const whole = detector.detect({ text, source: "user" });
          for (let cut = 0; cut <= text.length; cut++) {
            const head = text.slice(0, cut);
            const open = detector.open(head);
            const before = (span: { readonly start: number }): boolean => span.start < open;
            assert.deepEqual(
              detector.detect({ text: head, source: "user" }).filter(before).map(key),
              whole.filter(before).map(key),
              `cut at ${cut}, open at ${open}`,
            );
          }
        }),
        { numRuns: 300 },
      );
  });

  test("finds by its literals what it finds without them", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const bare = laws.map(({ literals: _, ...detector }) => detector);
        assert.deepEqual(scanner(laws).matches(text, "user"), scanner(bare).matches(text, "user"));
        for (const detector of laws)
          for (const { start, end } of detector.detect({ text: text.slice(3), source: "user" }))
            if (start >= LOOKBEHIND) assert.ok(detector.detect({ text, source: "user" }).some((span) => span.start === start + 3 && span.end === end + 3));
      }),
      { numRuns: 500 },
    );
  });

  test("refuses a pattern that has no end, looks around or needs too many states, and says what to write", () => {
    verifies("I-05");
    for (const [source, message] of [
      ["(a+)+$", /have no end.*`\{1,40\}`/],
      ["(?:[a-z]*){8}", /have no end/],
      ["(?=a)b", /looks ahead/],
      ["^a", /`\^` and `\$`/],
      ["a{0}", /nothing but the empty/],
      ["[a-z]{201}", /201 characters/],
      ["(?:[ab]{0,60}a[ab]{60})", /too many states/],
      ["(?:(?:(?:){200}){200}){200}a", /too large/],
      ["(a", /open group/],
      ["(a)\\1", /unknown/],
    ] as const)
      assert.throws(
        () => rule({ pattern: source }),
        (error) => error instanceof SyntaxError && message.test(error.message),
        source,
      );
  });

  test("of an allowed text every character is allowed, in its case", () => {
    const allows = wholeMatch("[a-z]{1,20}@acme\\.example|info");
    for (const text of ["anna@acme.example", "info"]) assert.ok(allows(text), text);
    for (const text of ["Anna@acme.example", "anna@acme.example.evil.org", "x anna@acme.example", "anna@acmeXexample", "infos", "xinfo", ""])
      assert.ok(!allows(text), text);
  });
});
