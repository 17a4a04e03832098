import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { parseAst } from "rolldown/parseAst";
import { de } from "./de.ts";
import { en } from "./en.ts";
import { usage as germanUsage } from "./usage/de.ts";
import { usage as englishUsage } from "./usage/en.ts";

interface Text {
  readonly at: string;
  readonly english: string;
  readonly german: string;
}

/** What these say was said by somebody else. */
const FOREIGN = ["sentence", "usage.said"];
const texts = [...pairs(en, de, ""), ...pairs(englishUsage, germanUsage, "usage.")];

test("every text has a German form, which says every name that the English one says", () => {
  assert.ok(texts.length > 250);
  for (const { at, english, german } of texts) {
    assert.notEqual(german.trim(), "", at);
    for (const name of english.match(/⟨\d⟩/g) ?? []) assert.ok(german.includes(name), `${at} leaves out ${name}: ${german}`);
  }
});

test("no German text was left in English", () => {
  const same = texts.filter(({ english, german }) => english === german && /\p{L}{2} \p{L}{2}/u.test(english)).map(({ at }) => at);
  // Command lines alone.
  assert.deepEqual(same, ["approvals.answer"]);
});

test("a command that is named in a text is the same in both languages", () => {
  const commands = (text: string): readonly string[] => [...text.matchAll(/holdfast (?:[a-z]+ )?[a-z]+\b(?= |`|$)/g)].map(([command]) => command).sort();
  for (const { at, english, german } of texts) {
    const named = commands(english).filter((command) => english.includes(`\`${command}`));
    for (const command of named) assert.ok(german.includes(command), `${at} leaves out \`${command}\`: ${german}`);
  }
});

test("no sentence stands in the code of a verb", () => {
  const folder = new URL("..", import.meta.url).pathname;
  const files = globSync("{*,verbs/*}.ts", { cwd: folder }).filter((name) => !/\.test\.ts$/.test(name));
  assert.ok(files.length > 35);
  const found = files.flatMap((name) => sentencesIn(readFileSync(`${folder}${name}`, "utf8")).map((text) => `${name}: ${text}`));
  assert.deepEqual(found, []);
});

test("the search for sentences finds them", () => {
  const planted =
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source code to be looked through
    'say(terminal, `${n} tools were seen`); throw new CommandFault(x ? words.y : "nothing was seen", { hint: `look at ${z} again` }); print(t, `  ${a}  ${b}`);';
  assert.deepEqual(sentencesIn(planted), ["tools were seen", "nothing was seen", "look at"]);
});

function* pairs(english: unknown, german: unknown, at: string): Generator<Text> {
  if (FOREIGN.includes(at.slice(0, -1))) return;
  if (typeof english === "string" || typeof english === "function") {
    yield { at: at.slice(0, -1), english: said(english), german: said(german) };
    return;
  }
  assert.deepEqual(Object.keys(german as object), Object.keys(english as object), at);
  for (const [key, value] of Object.entries(english as object)) yield* pairs(value, (german as Record<string, unknown>)[key], `${at}${key}.`);
}

/** A text with a mark for each of its names. A list of one is a name in a template, and a list where one is wanted. */
function said(text: unknown): string {
  if (typeof text !== "function") return String(text);
  return String(text(...Array.from({ length: text.length }, (_, index) => [`⟨${index}⟩`])));
}

const SAYING = new Set(["say", "print", "row", "CommandFault", "progress"]);

/** Every piece with two words in it that is written out where something is said. */
function sentencesIn(source: string): readonly string[] {
  const found: string[] = [];
  const note = (text: string): void => {
    if (/\p{L}{2} \p{L}{2}/u.test(text) && !/^\s*holdfast /.test(text)) found.push(text.trim());
  };
  const walk = (node: unknown, within: boolean): void => {
    if (Array.isArray(node)) for (const one of node) walk(one, within);
    if (typeof node !== "object" || node === null || Array.isArray(node)) return;
    const { type, value, callee, quasis } = node as { type?: string; value?: unknown; callee?: { name?: string }; quasis?: { value: { cooked: string } }[] };
    const inside = within || ((type === "CallExpression" || type === "NewExpression") && SAYING.has(callee?.name ?? ""));
    if (inside && type === "Literal" && typeof value === "string") note(value);
    if (inside && type === "TemplateLiteral") for (const quasi of quasis ?? []) note(quasi.value.cooked);
    for (const one of Object.values(node)) if (typeof one === "object") walk(one, inside);
  };
  walk(parseAst(source, { lang: "ts" }), false);
  return found;
}
