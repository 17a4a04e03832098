import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { assertLinear } from "../../test/linear.ts";
import { verifies } from "../../test/verifies.ts";
import { type Decision, type Filter, type Inspection, NEUTRAL, NEUTRAL_LABEL, type Request, rejoined } from "../core/index.ts";
import { detectors, scan, scanner } from "../detectors/index.ts";
import { UNSEEN } from "./in-turn.ts";
import { LOGGED } from "./passage.ts";
import { type OutputOptions, outputLayer } from "./release.ts";

const request: Request = { id: "r", principal: { agent: "a" }, action: { type: "model.call" }, content: [], context: { time: 0, surface: "test" } };
const seen = (...passages: Inspection["passages"]): Inspection => ({ decision: NEUTRAL, label: NEUTRAL_LABEL, passages });
const standard = outputLayer({ detectors, scanner });
const BLOCKING = outputLayer({ detectors, scanner, text: { credential: "block", financial: "block" } });
const open = (layer = standard, inspection = seen(), decision: Decision = NEUTRAL): Filter => layer.open(request, decision, inspection);
const openWith = (options: Partial<OutputOptions>, decision?: Decision): Filter => open(outputLayer({ detectors, scanner, ...options }), seen(), decision);

const KEY = `${"AKIA"}Y34FZKBOKMUTVV7A`;
const IBAN = "DE89 3704 0044 0532 0130 00";
const PEM = `-----BEGIN ${"PRIVATE"} KEY-----\nMC4CAQAwBQYDK2VwBCIEIHxnZS1leGFtcGxlLW9ubHktbm90LWEta2V5\n-----END ${"PRIVATE"} KEY-----`;
const hits = detectors.flatMap(({ examples }) => examples.hit);
const texts = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...hits, IBAN, KEY, PEM) },
      { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...hits, PEM), fc.nat(90)).map(([hit, end]) => hit.slice(0, end)) },
      {
        weight: 2,
        arbitrary: fc.constantFrom("Hello there, ", "Grüße aus Köln. ", "\n", " ", "=", '"', "😀", "👩‍👩‍👧", "\ud83d", "\udc00", "a".repeat(90), "-----"),
      },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 5 }) },
    ),
    { maxLength: 9 },
  )
  .map((parts) => parts.join("").slice(0, 1500));

/** Cuts a text at the given places; an empty list of places means single code units. */
function cut(text: string, places: readonly number[]): string[] {
  if (places.length === 0) return Array.from({ length: text.length }, (_, at) => text[at] as string);
  const sorted = [0, ...new Set(places.map((place) => place % (text.length + 1))), text.length].sort((a, b) => a - b);
  return sorted.slice(1).map((end, at) => text.slice(sorted[at], end));
}
const run = (filter: Filter, pieces: readonly string[]): string => pieces.map((piece) => filter.text("t", piece)).join("") + filter.end("t");
const places = fc.array(fc.nat(2000), { maxLength: 12 });

describe("what invisible characters stand in", () => {
  const between = ["\u200b", "\u202e", "\u001b[0m", "\u009b0m", "\u{E0041}", "\u0000"];
  const apart = fc.tuple(
    fc.constantFrom(KEY, IBAN.replaceAll(" ", "")),
    fc.array(fc.tuple(fc.nat(19), fc.constantFrom(...between)), { minLength: 1, maxLength: 9 }),
  );
  const spread = (secret: string, signs: readonly (readonly [number, string])[]): string =>
    Array.from(
      secret,
      (letter, at) =>
        letter +
        (at < secret.length - 1
          ? signs
              .filter(([place]) => place === at)
              .map(([, sign]) => sign)
              .join("")
          : ""),
    ).join("");

  test("is found as if they were not there: no key is put together by taking them out, however the answer is cut", () => {
    verifies("O-03", "O-05", "O-08");
    fc.assert(
      fc.property(apart, places, ([secret, signs], at) => {
        const text = `Here it is: ${spread(secret, signs)}, done.`;
        for (const pieces of [[text], cut(text, at), cut(text, [])]) {
          const filter = open();
          const out = run(filter, pieces);
          assert.match(out, /^Here it is: \[(?:aws-access-key|iban)\], done\.$/);
          const { passages } = filter.verdict();
          for (const { text: logged, findings } of passages) {
            const kept = findings.reduceRight((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), logged);
            assert.equal(kept, "Here it is: , done.");
          }
          assert.equal(run(open(BLOCKING), pieces), "Here it is: ");
        }
      }),
      { numRuns: 300 },
    );
  });

  test("is found in values and in arguments, where the characters themselves may stay", () => {
    verifies("O-05");
    fc.assert(
      fc.property(fc.constant(KEY), fc.constantFrom(...between), fc.integer({ min: 1, max: 18 }), (secret, sign, at) => {
        const text = `${secret.slice(0, at)}${sign}${secret.slice(at)}`;
        for (const what of ["arguments", "result"] as const) {
          const filter = open();
          assert.deepEqual(filter.value({ note: `key ${text}.` }, what), { note: "key [aws-access-key]." });
          assert.deepEqual(
            filter
              .verdict()
              .passages.at(-1)
              ?.findings.map(({ detector }) => detector),
            ["aws-access-key"],
          );
        }
      }),
    );
  });

  test("is looked for from the first sign on that may be one: everything that ships takes out begins with such a sign", () => {
    for (const { finds, examples, detect } of detectors) {
      if (finds !== "smuggling") continue;
      const found = examples.hit.flatMap((text) => detect({ text, source: "model" }).map(({ start }) => text[start] as string));
      assert.ok(found.length > 0 && found.every((sign) => UNSEEN.test(sign)));
    }
    assert.ok(!UNSEEN.test("Größe 5 € – „gut“, Ελληνικά, русский\r\n"));
  });

  test("is left alone where it is nothing that must not leave", () => {
    assert.equal(run(open(), ["pass\u200bword and x\u200bAKIA alone"]), "password and xAKIA alone");
  });
});

describe("a stream", () => {
  test("lets out the same text and gives the same verdict however it is cut, when findings are masked", () => {
    verifies("O-05");
    fc.assert(
      fc.property(texts, places, (text, at) => {
        const [whole, streamed] = [open(), open()];
        assert.equal(run(streamed, cut(text, at)), run(whole, [text]));
        assert.deepEqual(streamed.verdict(), whole.verdict());
      }),
      // Here the mask of one find read like the name of another, for the second look only.
      { numRuns: 3000, examples: [[`key=${"dckr_"}pat_Jev2uTV22e8CpB1G5l0x3Vs-Crhkey=4b1dOu4cYV3A4op7wCdCozD0251cn7IY4AJnfnFHbsn\ufeffo`, []]] },
    );
  });

  test("is what masking the whole text at once would give: no code unit of a masked match leaves", () => {
    verifies("O-03", "O-05");
    const masking = detectors.filter(({ finds }) => ["credential", "financial", "smuggling"].includes(finds));
    fc.assert(
      fc.property(texts, places, (text, at) => {
        let [expected, done] = ["", 0];
        const seams: number[] = [];
        for (const { start, end, kind, detector } of scan(masking, text, "model")) {
          expected += text.slice(done, start);
          if (kind === "smuggling") seams.push(expected.length);
          else expected += `[${detector}]`;
          done = end;
        }
        expected += text.slice(done);
        // What invisible characters stand in has a law of its own.
        fc.pre(
          !scanner(masking)
            .matches(expected, "model")
            .some(({ start, end }) => seams.some((seam) => start < seam && seam < end)),
        );
        assert.equal(run(open(), cut(text, at)), expected);
      }),
      { numRuns: 2000 },
    );
  });

  test("lets out nothing of a blocked match and nothing after it, and the same before it however it is cut", () => {
    verifies("O-05");
    const blockers = detectors.filter(({ finds }) => finds === "credential" || finds === "financial");
    const smuggling = detectors.filter(({ finds }) => finds === "smuggling");
    fc.assert(
      fc.property(texts, places, (text, at) => {
        const [whole, streamed] = [open(BLOCKING), open(BLOCKING)];
        const out = run(streamed, cut(text, at));
        assert.equal(out, run(whole, [text]));
        assert.deepEqual(streamed.verdict(), whole.verdict());
        const first = scan(blockers, text, "model")[0];
        const together = rejoined(scanner(blockers), text, "model", scan(smuggling, text, "model"));
        assert.equal(streamed.blocked, first !== undefined || together.length > 0);
        if (first === undefined) return;
        assert.ok(out.length <= first.start);
        assert.equal(streamed.verdict().decision.effect, "deny");
        assert.equal(streamed.text("t", "more") + streamed.text("other", "more") + streamed.end("other"), "");
        assert.equal(streamed.value({ a: "b" }, "result"), null);
      }),
      { numRuns: 2000 },
    );
  });

  test("keeps channels apart: interleaved, each gives what it gives alone", () => {
    verifies("O-05");
    fc.assert(
      fc.property(fc.array(fc.tuple(texts, places), { minLength: 2, maxLength: 4 }), fc.infiniteStream(fc.nat(100)), (channels, turns) => {
        const filter = open();
        const queues = channels.map(([text, at]) => cut(text, at));
        const out = channels.map(() => "");
        for (let left = queues.reduce((sum, queue) => sum + queue.length, 0); left > 0; left--) {
          const busy = queues.flatMap((queue, at) => (queue.length > 0 ? [at] : []));
          const at = busy[(turns.next().value as number) % busy.length] as number;
          out[at] += filter.text(`c${at}`, queues[at]?.shift() as string);
        }
        channels.forEach(([text], at) => {
          assert.equal((out[at] as string) + filter.end(`c${at}`), run(open(), [text]));
        });
      }),
      { numRuns: 300 },
    );
  });

  test("lets ordinary words go at once", () => {
    const filter = open();
    for (const word of ["Hello", ",", " how", " can I help you", " with the report of May", "? The total is 1,234.50 EUR.", "\n\nGuten Tag"])
      assert.equal(filter.text("t", word), word);
  });

  test("holds a beginning, and lets it go as soon as it is none", () => {
    const filter = open();
    assert.equal(filter.text("t", "id AKI"), "id ");
    assert.equal(filter.text("t", "A is a prefix"), "AKIA is a prefix");
    assert.equal(filter.text("t", " -----BEG"), " ");
    assert.equal(filter.text("t", "IN of the year"), "-----BEGIN of the year");
    assert.equal(filter.text("t", " \ud83d"), " ");
    assert.equal(filter.text("t", "\ude00!"), "😀!");
  });

  test("swallows a private key from its first line on, also one that never ends", () => {
    verifies("O-03");
    for (const key of [PEM, PEM.slice(0, 70), PEM.replaceAll("\n", "\\n")]) {
      const filter = open();
      let out = "";
      for (const unit of `key: ${key}`) {
        out += filter.text("t", unit);
        assert.ok("key: [private-key]".startsWith(out));
      }
      assert.equal(out + filter.end("t"), "key: [private-key]");
      assert.deepEqual(filter.verdict().decision.reasons, [{ id: "detectors/private-key", effect: "permit", text: "masked private-key" }]);
    }
  });

  test("a long text in single letters costs no more than its length", () => {
    assertLinear((length) => run(open(), cut(`-----BEGIN ${"PRIVATE"} KEY-----\n${"aB3dE6gH".repeat(length / 8)}`, [])), 16_384, { most: 200 });
  });
});

describe("the verdict", () => {
  test("holds what went out before masking, its findings and why it was changed", () => {
    verifies("A-01");
    const filter = open();
    assert.equal(run(filter, [`Mail anna@example.de, account ${IBAN}.`]), "Mail anna@example.de, account [iban].");
    const { decision, passages } = filter.verdict();
    assert.deepEqual(decision, { effect: "permit", reasons: [{ id: "detectors/iban", effect: "permit", text: "masked iban" }], obligations: [] });
    assert.equal(passages.length, 1);
    assert.equal(passages[0]?.text, `Mail anna@example.de, account ${IBAN}.`);
    assert.deepEqual(
      passages[0]?.findings.map(({ detector, start, end }) => [detector, start, end]),
      [
        ["email", 5, 20],
        ["iban", 30, 57],
      ],
    );
  });

  test("keeps the part of a finding that its bound cuts", () => {
    const filter = open();
    run(filter, [`${"word ".repeat(797)}at ${KEY} and more`]);
    const [passage] = filter.verdict().passages;
    assert.equal(passage?.text.length, LOGGED);
    assert.deepEqual(
      passage?.findings.map(({ detector, start, end }) => [detector, start, end]),
      [["aws-access-key", 3988, LOGGED]],
    );
  });

  test("says nothing where nothing was changed", () => {
    const filter = open();
    run(filter, ["all is well"]);
    assert.deepEqual(filter.verdict().decision, NEUTRAL);
  });
});

describe("a value", () => {
  test("is filtered in its texts, its names and its long numbers, and keeps its shape", () => {
    verifies("O-02", "O-05");
    const filter = open();
    const value = {
      note: `pay ${IBAN}`,
      list: [1, true, null, 4111111111111111, 1e21, 12],
      [KEY]: "x",
      [`${"AKIA"}IOSFODNN7EXAMPLF`]: "y",
      nested: { deep: [`k=${KEY}`] },
    };
    assert.deepEqual(filter.value(value, "result"), {
      note: "pay [iban]",
      list: [1, true, null, "[payment-card]", 1e21, 12],
      "[aws-access-key]": "x",
      "[aws-access-key] 2": "y",
      nested: { deep: ["k=[aws-access-key]"] },
    });
    assert.deepEqual(
      filter.verdict().decision.reasons.map(({ id }) => id),
      ["detectors/aws-access-key", "detectors/iban", "detectors/payment-card"],
    );
  });

  test("is read with the name that stands before it", () => {
    verifies("O-03");
    assert.deepEqual(open().value({ db_password: `${"vK8#pQ2z"}!mR7w`, title: `${"vK8#pQ2z"}!mR7w` }, "arguments"), {
      db_password: "[assigned-secret]",
      title: `${"vK8#pQ2z"}!mR7w`,
    });
  });

  test("that goes to a tool keeps the caller's own numbers and loses all others", () => {
    verifies("O-02", "O-05");
    const [own, other] = [IBAN, "GB29 NWBK 6016 1331 9268 19"];
    const text = `please pay to ${own}`;
    const inspection = seen({ at: "content/0", text, findings: scan(detectors, text, "user") });
    assert.deepEqual(open(standard, inspection).value({ to: own.replaceAll(" ", ""), also: other, key: KEY }, "arguments"), {
      to: own.replaceAll(" ", ""),
      also: "[iban]",
      key: "[aws-access-key]",
    });
    assert.deepEqual(open(standard, inspection).value({ to: own }, "result"), { to: "[iban]" });
  });

  test("with something that blocks is withheld as a whole", () => {
    const filter = openWith({ arguments: { credential: "block" } });
    assert.equal(filter.value({ a: [KEY] }, "arguments"), null);
    assert.equal(filter.blocked, true);
    assert.equal(filter.verdict().decision.effect, "deny");
    assert.equal(filter.text("t", "hello"), "");
  });

  test("with a key `__proto__` keeps it as a key, and one that is too deep is refused", () => {
    const tricky = JSON.parse('{"__proto__": {"admin": true}}') as { [name: string]: never };
    assert.equal(JSON.stringify(open().value(tricky, "result")), '{"__proto__":{"admin":true}}');
    let deep: unknown[] = [];
    for (let depth = 0; depth < 5000; depth++) deep = [deep];
    assert.throws(() => open().value(deep as never, "result"), { code: "too-large" });
  });

  test("without findings comes out equal, whatever it holds", () => {
    const none = openWith({ detectors: [] });
    fc.assert(fc.property(fc.jsonValue(), (value) => assert.deepEqual(none.value(value as never, "result"), value)));
  });
});

test("an obligation makes the filter stricter, never looser", () => {
  verifies("O-05");
  const decision: Decision = { ...NEUTRAL, obligations: [{ kind: "mask", findings: ["personal", "credential"] }] };
  assert.equal(run(openWith({ text: { credential: "block" } }, decision), ["to anna@example.de now"]), "to [email] now");
  const strict = openWith({ text: { credential: "block" } }, decision);
  run(strict, [KEY]);
  assert.equal(strict.blocked, true);
  assert.deepEqual(open(standard, seen(), decision).value({ to: "anna@example.de" }, "arguments"), { to: "[email]" });
});
