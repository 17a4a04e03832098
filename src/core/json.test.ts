import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { HoldfastError } from "./errors.ts";
import { canonicalJson, JSON_LIMITS, type Json, type JsonLimits, parseJson, parseJsonText, writeJson } from "./json.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const refusal = (text: string | Uint8Array, limits: Partial<JsonLimits> = {}): string => {
  const parsed = parseJson(typeof text === "string" ? bytes(text) : text, { ...JSON_LIMITS, ...limits });
  return parsed.ok ? "accepted" : `${parsed.code}: ${parsed.fault}`;
};

/** Any JSON value that survives as it is: no reserved key, no whole number that is not exact. */
const anyJson = fc.jsonValue({ maxDepth: 5, noUnicodeString: false }).filter(plain) as fc.Arbitrary<Json>;
function plain(value: unknown): boolean {
  if (typeof value === "number") return !Number.isInteger(value) || Number.isSafeInteger(value) || Math.abs(value) >= 1e21;
  if (typeof value === "string") return value.isWellFormed();
  if (Array.isArray(value)) return value.every(plain);
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, item]) => key !== "__proto__" && key !== "prototype" && key.isWellFormed() && plain(item));
}

describe("a strict reader", () => {
  const refused: [string, string | Uint8Array, string][] = [
    ["duplicate keys", '{"role":"user","role":"system"}', "bad-request: duplicate key"],
    ["duplicate keys, one of them escaped", '{"role":1,"r\\u006fle":2}', "bad-request: duplicate key"],
    ["duplicate keys far apart", `{${Array.from({ length: 30 }, (_, i) => `"k${i}":{"x":${i}}`).join(",")},"k3":1}`, "bad-request: duplicate key"],
    ["duplicate keys late among many", `{${Array.from({ length: 30 }, (_, i) => `"k${i}":${i}`).join(",")},"k25":1}`, "bad-request: duplicate key"],
    ["an integer that is not exact", "[9007199254740993]", "bad-request: integer is too large to be exact"],
    ["the same, negative", "[-9007199254740992]", "bad-request: integer is too large to be exact"],
    ["the same, dressed as a fraction", "[9007199254740993.0]", "bad-request: integer is too large to be exact"],
    ["the same, dressed as a power", "[12345678901234567e3]", "bad-request: integer is too large to be exact"],
    ["a number that overflows", "[1e400]", "bad-request: number is too large"],
    ["a number of a million digits", `[0.${"1".repeat(1e6)}]`, "too-large: number is too long"],
    ["a lone high surrogate", '["\\ud83d"]', "bad-request: string holds a lone surrogate"],
    ["a lone low surrogate", '["\\uDE00x"]', "bad-request: string holds a lone surrogate"],
    ["two high surrogates", '["\\ud83d\\ud83d"]', "bad-request: string holds a lone surrogate"],
    ["a lone surrogate in a key", '{"\\udfff":1}', "bad-request: string holds a lone surrogate"],
    ["`__proto__`", '{"a":{"__proto__":{"admin":true}}}', "bad-request: key is reserved"],
    ["`__proto__`, escaped", '{"\\u005f_proto__":{"admin":true}}', "bad-request: key is reserved"],
    ["`constructor.prototype`", '{"constructor":{"prototype":{"admin":true}}}', "bad-request: key is reserved"],
    ["a second document", "{} {}", "bad-request: document is followed by more"],
    ["a byte order mark", "\ufeff{}", "bad-request: unexpected character"],
    ["bytes that are not UTF-8", new Uint8Array([0x22, 0xff, 0x22]), "bad-request: document is not UTF-8"],
    ["UTF-8 written too long", new Uint8Array([0x22, 0xc0, 0xaf, 0x22]), "bad-request: document is not UTF-8"],
    ["surrogates encoded as UTF-8", new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]), "bad-request: document is not UTF-8"],
    ["nothing at all", "", "bad-request: document ends too early"],
    ["a document cut off", '{"a":[1,2', "bad-request: document ends too early"],
    ["a control character in a string", '["a\u0000b"]', "bad-request: string holds an invalid escape or a control character"],
  ];
  for (const [name, text, expected] of refused) it(`refuses ${name}`, () => assert.equal(refusal(text), expected));

  it("accepts what lies exactly at each limit and refuses one more, as too large", () => {
    const cases: [Partial<JsonLimits>, string, string][] = [
      [{ bytes: 6 }, '["ä"]', '["ää"]'],
      [{ depth: 2 }, "[[1]]", "[[[1]]]"],
      [{ nodes: 3 }, "[1,2]", "[1,2,3]"],
      [{ keys: 2 }, '{"a":1,"b":{"c":1,"d":2}}', '{"a":1,"b":2,"c":3}'],
      [{ string: 3 }, '["abc"]', '["abcd"]'],
    ];
    for (const [limits, fits, exceeds] of cases) {
      assert.equal(refusal(fits, limits), "accepted", fits);
      assert.match(refusal(exceeds, limits), /^too-large: /, exceeds);
    }
  });

  it("accepts numbers that only a float can hold, as the sciences write them", () => {
    for (const text of ["[6.02214076e23]", "[-1.0e+28]", "[123E45]", "[1e-400]", "[0.1, -0, 9007199254740991]"]) assert.equal(refusal(text), "accepted", text);
  });

  it("names `prototype` alone, or a `constructor` beside it, no fault: drivers and cars have them", () => {
    for (const text of [
      '{"prototype":1}',
      '{"constructor":"Ferrari","prototype":"P1"}',
      '{"a":[{"constructor":{"name":"x"}},{"prototype":1}]}',
      '{"constructor":[{"prototype":1}]}',
    ])
      assert.equal(refusal(text), "accepted", text);
  });

  it("gives values that can be spread and assigned without a side effect", () => {
    const parsed = parseJson(bytes('{"constructor":"x","toString":1,"hasOwnProperty":false}'));
    assert.ok(parsed.ok);
    const copy = Object.assign({}, parsed.value, { ...(parsed.value as object) });
    assert.equal(Object.getPrototypeOf(copy), Object.prototype);
    assert.equal(({} as { admin?: unknown }).admin, undefined);
  });

  it("quotes nothing of what it refuses and says where it stands", () => {
    const parsed = parseJson(bytes('{"s3cret":1,"s3cret":2}'));
    assert.ok(!parsed.ok);
    assert.equal(parsed.offset, 12);
    assert.ok(!parsed.fault.includes("s3cret"));
  });

  it("reads every JSON value back as it was", () => {
    fc.assert(
      fc.property(anyJson, fc.integer({ min: 0, max: 3 }), (value, indent) => {
        assert.deepEqual(parseJson(bytes(JSON.stringify(value, null, indent))), { ok: true, value: JSON.parse(JSON.stringify(value)) });
      }),
      { numRuns: 1_000 },
    );
  });

  it("accepts nothing that JSON.parse refuses, and means the same where it accepts", () => {
    const token = fc.constantFrom(
      ...'{}[]:,"\\ \n\t0123456789-+.eE',
      "null",
      "true",
      "false",
      '"a"',
      '"b":',
      '"a":',
      "\\u",
      "\\n",
      "d83d",
      "de00",
      "1e5",
      "\ud83d",
      "ä",
      "\u2028",
    );
    let accepted = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(token, { maxLength: 24 }).map((all) => all.join("")),
          mutated(),
        ),
        (text) => {
          const parsed = parseJsonText(text);
          if (!parsed.ok) return;
          accepted++;
          assert.deepEqual(parsed.value, JSON.parse(text));
        },
      ),
      { numRuns: 20_000 },
    );
    assert.ok(accepted > 1_000, `only ${accepted} accepted`);
  });

  it("refuses nothing that is plain JSON: its refusals beyond JSON.parse are the documented ones", () => {
    const beyond = /duplicate key|reserved|surrogate|exact|too large|too long/;
    fc.assert(
      fc.property(mutated(), (text) => {
        const parsed = parseJsonText(text);
        if (parsed.ok || beyond.test(parsed.fault)) return;
        assert.throws(() => JSON.parse(text), `refused: ${parsed.fault}`);
      }),
      { numRuns: 20_000 },
    );
  });
});

/** A JSON text with one character changed, so that most are broken in one place only. */
function mutated(): fc.Arbitrary<string> {
  return fc
    .tuple(anyJson, fc.nat(), fc.constantFrom("", '"', "\\", "{", "}", "[", "]", ",", ":", "0", "9", "-", "e", ".", " ", "\u0001"))
    .map(([value, where, by]) => {
      const text = JSON.stringify(value);
      const at = where % (text.length + 1);
      return where % 3 === 0 ? text : text.slice(0, at) + by + text.slice(at + 1);
    });
}

describe("the canonical form", () => {
  it("is the one of RFC 8785", () => {
    const value = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew",
      "1": "One",
      "\ud83d\ude00": "Emoji",
      "\u0080": "Control",
      "\u00f6": "Latin",
    };
    assert.equal(
      canonicalJson(value),
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin","\u20ac":"Euro Sign","\ud83d\ude00":"Emoji","\ufb33":"Hebrew"}',
    );
    assert.equal(canonicalJson([333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, -0]), "[333333333.3333333,1e+30,4.5,0.002,1e-27,0]");
    assert.equal(canonicalJson('\u20ac$\u000f\nA\'B"\\\\"/'), '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"');
  });

  it("does not depend on the order of keys, and reads back as the same value", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const text = canonicalJson(value);
        assert.equal(text, canonicalJson(turned(value)));
        assert.deepEqual(JSON.parse(text), JSON.parse(writeJson(value)));
      }),
    );
  });

  it("refuses what JSON cannot hold", () => {
    let deep: Json = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, "\ud800", { "\udc00": 1 }, deep, undefined as unknown as Json])
      assert.throws(
        () => canonicalJson(value),
        (error) => error instanceof HoldfastError && error.code === "bad-request",
      );
  });
});

function turned(value: Json): Json {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]): [string, Json] => [key, turned(item)])
      .reverse(),
  );
}

// What RFC 8259 allows and this reader does not: each could be understood in two ways.
const STRICTER = ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"];

const SUITE = new URL("../../../shared/data/badinput/JSONTestSuite.tar.gz", import.meta.url);
describe("the JSON test suite", { skip: !existsSync(SUITE) && "../shared/data is not here" }, () => {
  it("every document that must be refused is refused, every one that must be accepted is, but for the listed ones", () => {
    const seen = { n: 0, y: 0 };
    const stricter: string[] = [];
    for (const [name, document] of untar(gunzipSync(readFileSync(SUITE)))) {
      const file = name.split("/").at(-1) as string;
      if (!name.includes("/test_parsing/") || !/^[ny]_.*\.json$/.test(file)) continue;
      const { ok } = parseJson(document);
      seen[file[0] as "n" | "y"]++;
      if (file.startsWith("n_")) assert.ok(!ok, `${file} was accepted`);
      else if (!ok) stricter.push(file);
    }
    assert.deepEqual(stricter.sort(), STRICTER.sort());
    assert.ok(seen.n > 180 && seen.y > 90, JSON.stringify(seen));
  });
});

/** The files of a tar archive with plain headers. */
function* untar(archive: Buffer): Generator<[string, Uint8Array]> {
  for (let at = 0; archive[at] !== undefined && archive[at] !== 0; ) {
    const name = archive.toString("latin1", at, at + 100).replace(/\0.*$/s, "");
    const size = Number.parseInt(archive.toString("latin1", at + 124, at + 136), 8);
    yield [name, archive.subarray(at + 512, at + 512 + size)];
    at += 512 + Math.ceil(size / 512) * 512;
  }
}
