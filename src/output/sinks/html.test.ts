import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import MarkdownIt from "markdown-it";
import { marked } from "marked";
import { type DefaultTreeAdapterMap, parseFragment } from "parse5";
import { HARMLESS, HOSTILE, PARTS } from "../../../test/sinks/hostile.ts";
import { verifies } from "../../../test/verifies.ts";
import { SINKS } from "./index.ts";
import { activeIn } from "./passive.ts";

type Node = DefaultTreeAdapterMap["node"];

const ADDRESSES = new Set(["href", "src", "xlink:href", "action", "data", "poster", "background", "srcset", "cite"]);

/** What a browser would go to that it should not, by the standard of addresses (WHATWG URL). */
function leads(name: string, value: string, image: boolean): boolean {
  const { protocol = "", pathname = "" } = (ADDRESSES.has(name) ? URL.parse(value, "https://page.example/") : null) ?? {};
  return !/^(?:(?:https?|mailto|tel|cid|ftp):)?$/.test(protocol) && !(image && protocol === "data:" && /^image\/(?!svg)/.test(pathname));
}

/** What a browser's parser makes of a page: every element of it that does something. */
function activeElements(page: string): string[] {
  const found: string[] = [];
  const walk = (node: Node): void => {
    if ("attrs" in node) {
      // What a value says counts only where it is an address or a style.
      const attrs = node.attrs.map(({ name, value }) => ({ name, value: name === "style" || name === "charset" ? value : "" }));
      const what = activeIn({ ...node, attrs, selfClosing: false });
      if (what !== undefined || !node.namespaceURI.endsWith("/xhtml")) found.push(`${node.nodeName}: ${what}`);
      for (const { name, value } of node.attrs) if (leads(name, value, node.tagName === "img")) found.push(`${name}: ${value}`);
    }
    if ("content" in node) walk(node.content);
    if ("childNodes" in node) for (const child of node.childNodes) walk(child);
  };
  walk(parseFragment(page));
  return found;
}

/** Places in a page whose parser is in another state than at its beginning. None of them may be left by what stands in it. */
const PLACES: readonly (readonly [before: string, after: string])[] = [
  ["", ""],
  ["<p>", "<b>"],
  ["<table><tr>", "</table>"],
  ["<title>", "</title>"],
  ['<b title="', '">'],
  ["<b title='", "'>"],
  ["<!--", "-->"],
];
const quoted = (before: string): boolean => /["']$/.test(before);
const escaped = (text: string): string => SINKS.html.escaped?.(text) as string;

test("of every hostile form nothing is left that a browser acts upon, wherever the text stands", () => {
  verifies("O-11");
  assert.ok(HOSTILE.length >= 150);
  let acting = 0;
  for (const text of HOSTILE) {
    if (activeElements(text).length > 0) acting++;
    for (const [before, after] of PLACES) {
      // Within a value only what became text may stand: a tag that stays one has quotes of its own.
      if (quoted(before) && /"/.test(escaped(text))) continue;
      assert.deepEqual(activeElements(before + escaped(text) + after), [], `${before}${text}`);
    }
  }
  assert.ok(acting > 180, `the corpus does something as it is: ${acting}`);
});

test("every hostile form is found, but for those that no browser acts upon any more", () => {
  verifies("O-11");
  for (const text of HOSTILE) {
    const harmless = HARMLESS.has(text);
    assert.equal(SINKS.html.found(text) === undefined, harmless, text);
    // Where Markdown sees no tag it may see something else: there the doubtful is found as well.
    assert.ok(harmless || SINKS.markdown.found(text) !== undefined, text);
    if (harmless) assert.deepEqual(activeElements(text), [], text);
  }
});

const texts = fc
  .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...PARTS) }, { weight: 1, arbitrary: fc.constantFrom(...HOSTILE) }), { maxLength: 14 })
  .map((parts) => parts.join(""));

test("whatever parts a text is put together of, nothing in it is left that a browser acts upon, and doing it again changes nothing", () => {
  verifies("O-11");
  fc.assert(
    fc.property(texts, fc.constantFrom(...PLACES.filter(([before]) => !quoted(before))), (text, [before, after]) => {
      const safe = escaped(text);
      assert.deepEqual(activeElements(before + safe + after), []);
      assert.equal(escaped(safe), safe);
      assert.equal(SINKS.html.found(safe), undefined);
    }),
    { numRuns: 3_000 },
  );
});

test("what is shown of a text without tags is what was written", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      fc.pre(!/[\r\0]/.test(text));
      const shown = (parseFragment(escaped(text.replaceAll("&", "&amp;"))).childNodes as { value?: string }[]).map(({ value }) => value).join("");
      if (!/<[a-z/!?]/i.test(text)) assert.equal(shown, text);
    }),
  );
});

const commonmark = new MarkdownIt({ html: true });
// It refuses such addresses by itself, which is not what is shown here.
commonmark.validateLink = () => true;
const RENDERERS: readonly ((text: string) => string)[] = [(text) => commonmark.render(text), (text) => marked.parse(text, { async: false })];
const markdown = (text: string): string => SINKS.markdown.escaped?.(text) as string;

test("of Markdown nothing is left that a browser acts upon once it is HTML, by two renderers that let everything through", () => {
  verifies("O-11");
  for (const render of RENDERERS) {
    for (const text of HOSTILE)
      for (const before of ["", "Look: ", "- ", "> ", "1. a\n\n   ", "| a |\n|---|\n| ", "```html\n", "`a ", "    "])
        assert.deepEqual(activeElements(render(markdown(before + text))), [], JSON.stringify(before + text));
  }
});

const lines = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ..."`|\\<>\n-[]()".split(""),
        "``",
        "```",
        "```\n",
        "\n```",
        "~~~",
        "\n\n",
        "- ",
        "> ",
        "1. ",
        "   ",
        "| a | b |\n|---|---|\n",
        "\t",
        "\r",
        "a",
        "<div>",
        "<b>",
        "</b>",
        "<pre>",
        "</pre>",
      ),
      fc.constantFrom(
        "<!--",
        "-->",
        "<?",
        "?>",
        "<![CDATA[",
        "[x](",
        "[x]: ",
        "javascript:alert(1)",
        "<javascript:a>",
        "<https://a.example/>",
        "<a@b.example>",
        "# ",
        "&lt;",
        "<textarea>",
        "\n<p>",
      ),
      fc.constantFrom(`<img src=x onerror=a>`, `<b onclick=a>`, `<script>a</script>`),
    ),
    { maxLength: 16 },
  )
  .map((parts) => parts.join(""));

test("whatever parts Markdown is put together of, nothing in it is left that a browser acts upon", () => {
  verifies("O-11");
  fc.assert(
    fc.property(lines, (text) => {
      for (const render of RENDERERS) assert.deepEqual(activeElements(render(markdown(text))), []);
    }),
    { numRuns: 6_000 },
  );
});

test("whatever is not found in Markdown is nothing that a browser acts upon", () => {
  verifies("O-11");
  fc.assert(
    fc.property(lines, (text) => {
      fc.pre(SINKS.markdown.found(text) === undefined);
      for (const render of RENDERERS) assert.deepEqual(activeElements(render(text)), []);
    }),
    { numRuns: 6_000 },
  );
});

const ANSWERS: readonly string[] = [
  "Use `<script defer>` for that, or `<img src=x onerror=alert(1)>` to see why you should not.",
  'So geht es:\n\n```html\n<form action="/send"><input name="q"></form>\n<script>\n  send();\n</script>\n```\n\nDanach wird das Formular abgeschickt.',
  "```tsx\nreturn <button onClick={() => save()}>Speichern</button>;\n```\n",
  '~~~\n<iframe src="javascript:alert(1)"></iframe>\n~~~\nThat is blocked by the policy.',
  "If a < b and b > c, then `a<b>` is a type: `Map<string, List<T>>`.",
  "| tag | meaning |\n|---|---|\n| `<b>` | bold |\n| `<i>` | italic |\n",
  'See <https://example.com/a?b=c>, [the manual](https://example.com/x "Manual") or write to <help@example.com>.',
  "1. First\n2. Then run\n\n```sh\ncat <<EOF > x\n<script>1</script>\nEOF\n```\n\n- [ ] done",
  "Preis: 5 € < 6 €, Größe „M“. <!-- kurz -->\n\n> Zitat mit `<div onclick=x>`",
  "![chart](data:image/png;base64,iVBORw0KGgo=) and [call](tel:+4930123456)",
  "```sql\nSELECT * FROM t WHERE a < 5 AND b > 3; -- <script>\n```",
  "Inline ``code with ` and <script>`` and more.",
];

test("an answer with code, in English and German, is left alone: nothing is found, and what is code stays code", () => {
  verifies("O-11");
  for (const text of ANSWERS) {
    assert.equal(SINKS.markdown.found(text), undefined, text);
    for (const render of RENDERERS) assert.equal(render(markdown(text)), render(text), text);
  }
});

test("what once got through as code of Markdown is found: each is HTML for some renderer", () => {
  verifies("O-11");
  for (const text of [
    "[x]: \n```\n<p><img src=x onerror=a>",
    "<?-->\n\n```\n<img src=x onerror=a>",
    "\\<!--<textarea><!--> ",
    "~~~\\| a | b |\n|---|---|\n<img src=x onerror=a>",
    "```| a | b |\n|---|---|\n```\n<img src=x onerror=a>",
    "   ```\n```\n<img src=x onerror=a>",
    "- ```\n<img src=x onerror=a>",
    "[<!--<img src=x onerror=a>--><!--",
    "[x](``)<img src=x onerror=a>``",
    "`<!--<javascript:a>",
    "| a | b |\n|---|---|\n| ` | <img src=x onerror=a> ` |",
    "a ` b\n` <img src=x onerror=a> `",
    "<div>\n```\n<img src=x onerror=a>",
    "<div> `<img src=x onerror=a>`",
    "\\` <img src=x onerror=a> `",
    "``` <img src=x onerror=a> ``` `<img src=x onerror=a>",
  ]) {
    assert.ok(
      RENDERERS.some((render) => activeElements(render(text)).length > 0),
      text,
    );
    assert.ok(SINKS.markdown.found(text) !== undefined, text);
    for (const render of RENDERERS) assert.deepEqual(activeElements(render(markdown(text))), [], text);
  }
});
