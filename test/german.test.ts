import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { parseAst } from "rolldown/parseAst";
import { EVERYTHING } from "../src/core/german/everything.ts";
import { inGerman as german } from "../src/core/german.ts";
import { NO_WAY } from "../src/sandbox/prove.ts";

const inGerman = (sentence: string): string | undefined => german(sentence, EVERYTHING);

const SRC = new URL("../src/", import.meta.url).pathname;
/** Where the gateway says something in sentences. */
const PLACES: { readonly [what: string]: { readonly files: readonly string[]; readonly least: number; readonly returned?: true } } = {
  "whatever can be wrong with a configuration": {
    least: 200,
    files: [
      ...["config/{draft,fault,load,problems,references,schema,sections,source,watch}.ts", "config/schema/*.ts"],
      ...["permission/{egress,own-calls,people,policy,policy-tests,rules}.ts", "permission/roles/resolve.ts"],
      ...["permission/cel/{compile,condition,macros,pattern,pattern-syntax}.ts"],
      ...[
        "compose/{check,starting}.ts",
        "compose/people/{dry-run,sign-in,slack}.ts",
        "compose/texts/{ask-model,detecting,larger-model,results}.ts",
        "input/larger/files.ts",
      ],
    ],
  },
  "whatever can be wrong with a log": { least: 35, files: ["audit/*.ts", "compose/records/{reader,own-log,lasting}.ts"] },
  "whatever an operator is refused": {
    least: 120,
    files: [
      ...["surfaces/{api,http}/*.ts", "surfaces/fault.ts", "compose/{agents,people,policies}/*.ts"],
      ...["core/json-{parse,scan}.ts", "oversight/!(chat-words).ts", "oversight/autonomy/*.ts"],
    ],
  },
  "whatever a decision rests on": {
    least: 120,
    files: ["permission/*.ts", "permission/{budget,controls,roles}/*.ts", "permission/flow/!(vocabulary).ts", "input/*.ts", "output/*.ts", "core/monitor.ts"],
  },
  "whatever is wrong with a client's file": { least: 12, files: ["hosts/*.ts"] },
  "whatever became of imported settings": { least: 45, files: ["config/import/*.ts"] },
  "whatever a sandbox says of itself": { least: 50, returned: true, files: ["sandbox/drivers/*.ts", "sandbox/{work,system,escapes*}.ts"] },
  "whatever is found in a prompt": { least: 20, files: ["assurance/prompt/lint.ts"] },
};
const SAYING = new Set([
  "refine",
  "regex",
  "min",
  "max",
  "refuse",
  "fault",
  "wrong",
  "Refused",
  "Unsupported",
  "HoldfastError",
  "lost",
  "Refusal",
  "notFound",
  "unanswered",
  "bad",
  "refused",
  "line",
  "watched",
  "deny",
  "ask",
  "permit",
  "against",
]);
const KEYS = new Set(["message", "hint", "error", "fault", "reason", "fix", "why", "caveat", "control", "text", "refused"]);
/** Said with other sentences, which have their own place here: the schema's own, the reader's, a name's. */
const COMPOSED = [
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: source code that is looked for
  'expected ${list(known)}${typeof value === "string" ? `, found \\`${value}\\`` : ""}',
  "expected ${NAMES[issue.expected] ?? issue.expected}, found ${kindOf(value)}",
  "${who} may reach every public host",
  "ports 80 and 443, it meant every one; ${and}",
  "the limit of ${limit.text} for this ${per} is reached",
  "the ${layer} layer did not answer in time or failed",
  "`${id}` is ${now}: it cannot be answered any more",
  "`${id}` is ${state(approval)}: nothing can be said of it any more",
  "${where}; the admin address asks for no key, so it only listens on loopback: set it to `127.0.0.1:${listen.port}` and reach it through a tunnel",
  "${where}, and there is no key yet: start once on `127.0.0.1:${listen.port}` to make one (or `holdfast keys mint`), then change the address",
  "nobody in `people` has the role `${role}`: only the operator of this machine ${what}",
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: source code that is looked for
];

for (const [what, { files, least, returned }] of Object.entries(PLACES))
  test(`${what} is said in German as well`, () => {
    const names = globSync(files, { cwd: SRC }).filter((name) => !name.endsWith(".test.ts"));
    const said = names.flatMap((name) => sentencesIn(readFileSync(SRC + name, "utf8"), returned).map((text) => ({ name, text })));
    assert.ok(said.length >= least, `${said.length} sentences were found`);
    const left = said.filter(({ text }) => !COMPOSED.includes(text) && !samples(text).some((sample) => inGerman(sample) !== undefined));
    assert.deepEqual(
      left.map(({ name, text }) => `${name}: ${text}`),
      [],
    );
  });

test("the search for sentences finds them where something is said, and nowhere else", () => {
  const planted =
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source code to be looked through
    'z.min(1, "a word is short").describe("What it is."); const a = [{ path: ["a b"], message: `no \\`${x}\\` here`, hint: y ?? "look there" }];';
  // biome-ignore lint/suspicious/noTemplateCurlyInString: source code to be looked through
  assert.deepEqual(sentencesIn(planted), ["a word is short", "no `${x}` here", "look there"]);
  assert.equal(
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source code to be looked through
    samples("nobody has written `${x}` down").some((sample) => inGerman(sample) !== undefined),
    false,
  );
});

test("a sentence is known by all of it but its names, rows of names and numbers", () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["did you mean `listen`?", "Ist `listen` gemeint?"],
    ["at most 400 words in all topics", "Höchstens 400 Wörter in allen Themen zusammen"],
    ["the file is larger than 1048576 bytes", "Die Datei ist größer als 1048576 Bytes"],
    ["expected `a`, `b`, `c`, found `d`", "Erwartet wird `a`, `b`, `c`, gefunden wurde `d`"],
    ["expected `true` or `false`, found a text", "Erwartet wird `true` oder `false`, gefunden wurde ein Text"],
    ["expected a mapping, found nothing", "Erwartet wird eine Zuordnung, gefunden wurde nichts"],
    ["expected `a` or `b`", "Erwartet wird `a` oder `b`"],
    ["condition: there is no variable `a: b`", "Bedingung: Die Variable `a: b` gibt es nicht"],
    ["rule `r` denies this: its condition could not be evaluated", "Die Regel `r` lehnt dies ab: Die Bedingung ließ sich nicht auswerten"],
    ["`0` cannot be a name here: somebody's words", undefined],
    ["`HF-1` is used: nothing can be said of it any more", "`HF-1` wurde schon verwendet: Dazu lässt sich nichts mehr sagen"],
    ["`content/0`: must be at least 3 characters long", "`content/0`: muss mindestens 3 Zeichen haben"],
    ["`mode`: must be one of `a`, `b`", "`mode`: muss eines von `a`, `b` sein"],
    ["approved by `anna` in the chat (`HF-1`)", "Im Chat freigegeben von `anna` (`HF-1`)"],
    ["cannot listen on `127.0.0.1:1`: `EACCES`", "Der Server kann nicht unter `127.0.0.1:1` lauschen: `EACCES`"],
    [
      "`server.listen` is `0.0.0.0:1`, which other machines can reach, and there is no key yet: start once on `127.0.0.1:1` to make one (or `holdfast keys mint`), then change the address",
      "`server.listen` ist `0.0.0.0:1`, und das erreichen andere Rechner, aber es gibt noch keinen Schlüssel: Starten Sie einmal unter `127.0.0.1:1`, damit einer entsteht (oder `holdfast keys mint`), und ändern Sie danach die Adresse",
    ],
    [NO_WAY, "Drinnen wurde es auch nicht versucht: Der Weg hinaus geht hier nicht"],
    ["toString", undefined],
    [`${"a: ".repeat(100_000)}`, undefined],
  ];
  for (const [english, wanted] of cases) assert.equal(inGerman(english), wanted, english.slice(0, 80));
});

/** A template with something in each of its gaps: a name between backticks, else a number, a name, nothing or a sentence. */
function samples(text: string): readonly string[] {
  const gap = /\$\{(?:[^{}]|\{[^{}]*\})*\}/;
  let made = [text.replace(/`\$\{(?:[^{}`]|\{[^{}]*\})*\}`/g, "`x`")];
  while (made.some((one) => gap.test(one)))
    made = made.flatMap((one) =>
      ["7", "`x`", "", ", `x`", " in `x`", "record 7 is", "nothing permits this action"].map((given) => one.replace(gap, () => given)),
    );
  return made;
}

/** Every text that is written out where something is said, a template with its gaps as they stand in the source. */
function sentencesIn(source: string, returned = false): readonly string[] {
  const found: string[] = [];
  const ast = parseAst(source, { lang: "ts" });
  const constants = new Map(ast.body.flatMap((one) => constantsIn(one as Node)));
  const walk = (node: unknown, within: boolean): void => {
    if (Array.isArray(node)) for (const one of node) walk(one, within);
    if (typeof node !== "object" || node === null || Array.isArray(node)) return;
    const one = node as Node;
    if (one.type === "CallExpression" || one.type === "NewExpression") {
      const name = one.callee?.name ?? one.callee?.property?.name ?? "";
      walk(one.callee, false);
      walk(one.arguments, SAYING.has(name));
      return;
    }
    if (returned && one.type === "ReturnStatement") {
      walk(one.argument, true);
      return;
    }
    if (one.type === "Property") {
      walk(one.value, within || KEYS.has(one.key?.name ?? ""));
      return;
    }
    if (within && one.type === "Identifier") walk(constants.get(one.name ?? ""), true);
    const text = one.type === "Literal" ? one.value : one.type === "TemplateLiteral" ? written(one, source) : undefined;
    if (within && typeof text === "string" && /[a-z]{2,} |\} [a-z]{2,}/.test(text)) return void found.push(text);
    for (const value of Object.values(one)) if (typeof value === "object") walk(value, within);
  };
  walk(ast, false);
  return found;
}

/** Sentences that stand under a name of their own, at the top of a file. */
const constantsIn = ({ declarations = [] }: Node): readonly (readonly [string, Node])[] =>
  declarations.flatMap(({ id, init }) => (init?.type === "Literal" || init?.type === "ObjectExpression" ? [[id.name ?? "", init] as const] : []));

interface Node {
  readonly type?: string;
  readonly name?: string;
  readonly argument?: unknown;
  readonly declarations?: readonly { readonly id: Node; readonly init?: Node | null }[];
  readonly value?: unknown;
  readonly key?: { readonly name?: string };
  readonly callee?: { readonly name?: string; readonly property?: { readonly name?: string } };
  readonly arguments?: readonly unknown[];
  readonly quasis?: readonly { readonly value: { readonly cooked: string } }[];
  readonly expressions?: readonly { readonly start: number; readonly end: number }[];
}

const written = ({ quasis = [], expressions = [] }: Node, source: string): string =>
  quasis
    .map(({ value }, at) => value.cooked + (expressions[at] === undefined ? "" : `\${${source.slice(expressions[at].start, expressions[at].end)}}`))
    .join("");
