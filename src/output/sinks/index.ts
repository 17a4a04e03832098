import type { ArgumentSink, SinkAction, Statement } from "../../core/index.ts";
import type { Channel } from "../channel.ts";
import { html } from "./html.ts";
import { openMarkdown } from "./markdown.ts";
import { json, plain, terminal } from "./signs.ts";
import { statementOf } from "./sql.ts";
import { openReading, type Reading } from "./stream.ts";
import { escapedForShell, escapedForSql, foundInPath, foundInShell, foundInSql, foundInUrl } from "./values.ts";

/** A place where a text goes, and what that place would do with it. */
export interface Sink {
  readonly explain: { readonly en: string; readonly de: string };
  /** `hit` is found, `miss` is not and stays as it is; `safe` says what becomes of a text. They are run as tests. */
  readonly examples: { readonly hit: readonly string[]; readonly miss: readonly string[]; readonly safe?: readonly (readonly [text: string, safe: string])[] };
  /** What the place would do with it: a key of WORDS. */
  found(text: string): string | undefined;
  /** The same as text only, so that doing it again changes nothing; undefined where that cannot be. Without it the sink has no such form. */
  escaped?(text: string): string | undefined;
  /** For answers: while the text passes. */
  open?(action: SinkAction, found: (what: string) => void): Channel;
}

export const SINKS: { readonly [sink in ArgumentSink]: Sink } = {
  html: {
    explain: {
      en: "A page of HTML. Whatever runs, loads another document, asks for input or draws over the page is found: scripts, handlers, `javascript:` addresses, frames, forms, SVG, MathML, styles.",
      de: "Eine HTML-Seite. Gefunden wird, was ausgeführt wird, ein anderes Dokument lädt, nach Eingaben fragt oder die Seite überdeckt: Skripte, Handler, `javascript:`-Adressen, Rahmen, Formulare, SVG, MathML, Stile.",
    },
    examples: {
      hit: [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="java&#115;cript:alert(1)">',
        "<svg/onload=alert(1)>",
        '<p title="</title><script>">',
      ],
      miss: [
        "<p>Hello</p>",
        "<Frame>text</Frame>",
        "<p style={{ margin: 0 }}>text</p>",
        "a &lt; b",
        "&lt;script&gt;",
        '<a href="https://example.com/">more</a>',
      ],
      safe: [
        ["<b>2 < 3</b><script>x</script>", "<b>2 &lt; 3</b>&lt;script&gt;x&lt;/script&gt;"],
        ["<p class=a>", '<p class="a">'],
      ],
    },
    ...reading(html),
  },
  markdown: {
    explain: {
      en: "Markdown that a program makes HTML of: the same outside of code, and addresses of links. Code in fences and between backquotes is left alone.",
      de: "Markdown, aus dem ein Programm HTML macht: dasselbe außerhalb von Code, und die Adressen von Links. Code in Zäunen und zwischen Gravis-Zeichen bleibt unberührt.",
    },
    examples: {
      hit: ["Hi <img src=x onerror=alert(1)>", "[more](javascript:alert(1))", "<javascript:alert(1)>", "- ```\n<script>"],
      miss: ["```html\n<script>alert(1)</script>\n```\n", "Use `<script>` for that.", "<https://example.com>", "[more](https://example.com)", "a < b"],
      safe: [["`<b onclick=x>` <b onclick=x>", "`<b onclick=x>` &lt;b onclick=x&gt;"]],
    },
    ...opened(openMarkdown),
  },
  terminal: {
    explain: {
      en: "A terminal: control characters, which move, hide and rewrite what a person reads.",
      de: "Ein Terminal: Steuerzeichen, die bewegen, verbergen und überschreiben, was ein Mensch liest.",
    },
    examples: { hit: ["\u001b[2J", "safe\rrm -rf"], miss: ["tab\tand line\r\n", "Größe"], safe: [["a\u001b[1m", "a\\x1b[1m"]] },
    ...reading(terminal),
  },
  json: {
    explain: {
      en: "JSON that stands in a script of a page: what would end that script.",
      de: "JSON, das in einem Skript einer Seite steht: was dieses Skript beenden würde.",
    },
    examples: { hit: ['{"a": "</script><script>"}', '["<!--"]'], miss: ['{"a": "b"}'], safe: [['["</script>"]', '["\\u003c/script\\u003e"]']] },
    ...reading(json),
  },
  text: {
    explain: { en: "Text that is shown as it is: nothing in it means anything.", de: "Text, der gezeigt wird, wie er ist: Nichts darin bedeutet etwas." },
    examples: { hit: [], miss: ["<script>", "'; DROP TABLE t; --"] },
    ...reading(plain),
  },
  url: {
    explain: {
      en: "An address that the tool fetches: `http` or `https`, without a password and without signs that readers read differently.",
      de: "Eine Adresse, die das Werkzeug abruft: `http` oder `https`, ohne Passwort und ohne Zeichen, die unterschiedlich gelesen werden.",
    },
    examples: {
      hit: ["file:///etc/passwd", "https://a@evil.example/", "//evil.example", "https://a.example\\@evil.example/"],
      miss: ["https://example.com/a?b=c"],
    },
    found: foundInUrl,
  },
  path: {
    explain: { en: "A path below the place where the tool works.", de: "Ein Pfad unterhalb des Ortes, an dem das Werkzeug arbeitet." },
    examples: { hit: ["../secret", "/etc/passwd", "~/.ssh/id", "a/../../b", "C:\\x", "%2e%2e/x"], miss: ["notes/today.md", "a..b"] },
    found: foundInPath,
  },
  sql: {
    explain: {
      en: "A value that the tool puts into an SQL statement: nothing that could end a text there or begin a comment.",
      de: "Ein Wert, den das Werkzeug in eine SQL-Anweisung einsetzt: nichts, was dort einen Text beenden oder einen Kommentar beginnen könnte.",
    },
    examples: { hit: ["x' OR '1'='1", "1; DROP TABLE t", "a\\", "a -- b"], miss: ["Anna Müller", "42", "a-b"], safe: [["O'Brien", "O''Brien"]] },
    found: foundInSql,
    escaped: escapedForSql,
  },
  "sql-statement": {
    explain: {
      en: "A whole SQL statement, which nobody can escape: what it does must be allowed.",
      de: "Eine ganze SQL-Anweisung, die niemand maskieren kann: Was sie tut, muss erlaubt sein.",
    },
    examples: {
      hit: ["DROP TABLE t", "SELECT 1; DELETE FROM t", "SELECT 1 -- x", "SELECT pg_sleep(9)", "DELETE FROM t"],
      miss: ["SELECT name, count(*) FROM t WHERE a = 'x;y' GROUP BY name;"],
    },
    found: (text) => foundInStatement(text, ["read"]),
  },
  shell: {
    explain: {
      en: "A value that the tool puts into a command: one word, and no option.",
      de: "Ein Wert, den das Werkzeug in einen Befehl einsetzt: ein Wort, und keine Option.",
    },
    examples: { hit: ["$(id)", "a; rm -rf /", "--output=/etc/passwd", "a b", ""], miss: ["report-2026.pdf", "Müller"], safe: [["it's", "'it'\\''s'"]] },
    found: foundInShell,
    escaped: escapedForShell,
  },
};

/** What a statement does that is not among `allowed`. */
export function foundInStatement(text: string, allowed: readonly Statement[]): string | undefined {
  const said = statementOf(text);
  if ("why" in said) return said.why;
  return allowed.includes(said.does) ? undefined : said.does;
}

/** What is found, in words that hold nothing of it. */
export const WORDS: { readonly [what: string]: string } = {
  script: "a script",
  handler: "a handler that runs a script",
  address: "an address that runs something or whose kind is not known",
  frame: "another document",
  form: "a form",
  foreign: "SVG or MathML",
  document: "something that changes the whole document",
  reading: "an element that changes how the rest is read",
  style: "a style that loads something or lies over the page",
  hidden: "a tag within a value",
  unfinished: "a tag without an end",
  control: "control characters",
  statement: "signs that end a text in a statement",
  command: "signs that a shell interprets",
  option: "an option",
  path: "a path that leads elsewhere",
  comment: "a comment",
  several: "several statements",
  unclear: "a statement of which it is not clear what it does",
  read: "a statement that reads",
  write: "a statement that writes",
  schema: "a statement that changes the schema or rights",
  handle: "a handle, whose text nobody has looked at",
  unwritten: "a text that is not written as it must be there",
  much: "more values than can be looked at",
};

function reading(make: () => Reading): Pick<Sink, "found" | "escaped" | "open"> & Required<Pick<Sink, "escaped" | "open">> {
  return opened((action, found) => openReading(make(), action, found));
}

function opened(open: NonNullable<Sink["open"]>): Required<Pick<Sink, "found" | "escaped" | "open">> {
  return {
    open,
    found(text) {
      let first: string | undefined;
      // It ends at the first, and so does the work.
      const channel = open("block", (what) => {
        first = what;
      });
      channel.push(text);
      channel.end();
      return first;
    },
    escaped(text) {
      const channel = open("escape", () => {});
      return channel.push(text) + channel.end();
    },
  };
}
