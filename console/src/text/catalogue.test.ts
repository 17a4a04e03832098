import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { compileMessageOrThrow } from "@lingui/message-utils/compileMessage";
import { parseAst } from "rolldown/parseAst";
import { decisions } from "../../../src/core/german/decisions.ts";
import { EVERYTHING } from "../../../src/core/german/everything.ts";
import { inGerman } from "../../../src/core/german.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";

const src = new URL("..", import.meta.url).pathname;
const sources = globSync("**/*.{ts,tsx}", { cwd: src })
  .filter((name) => !name.endsWith(".test.ts"))
  .map((name) => ({ name, text: readFileSync(`${src}${name}`, "utf8") }));
const ids = Object.keys(en);

test("German has every text that English has, and no other", () => {
  assert.deepEqual(Object.keys(de), ids);
});

test("no German text is empty or was left in English", () => {
  // Words that are the same in both languages.
  const SAME = [
    "app.name",
    "start.connect.clients",
    "approvals.edit.kind.json",
    "approvals.edit.kind.text",
    "activity.live",
    "activity.agent",
    "incidents.person",
    "activity.column.agent",
    "agents.phase",
    "agents.budgets",
    "agents.moved",
    "unit.usd",
    "agents.by",
    "kind.injection",
    "story.agent",
    "story.trace",
    "rollbacks.counted",
    "settings.people.name",
    "settings.people.passkeys",
  ];
  const left = Object.entries(de).filter(([id, text]) => text.trim() === "" || (text === en[id as keyof typeof en] && !SAME.includes(id)));
  assert.deepEqual(left, []);
});

test("every text is a good message, and both languages take the same values", () => {
  for (const id of ids as (keyof typeof en)[]) assert.deepEqual(valuesOf(de[id]), valuesOf(en[id]), id);
});

test("German addresses the reader as Sie", () => {
  const familiar = Object.entries(de).filter(([, text]) => /\b(du|dich|dir|dein\w*|euch|euer)\b/i.test(text));
  assert.deepEqual(familiar, []);
});

test("every text is used, and every text that is asked for exists", () => {
  const all = sources
    .filter(({ name }) => !/^text\/((?:agents|approvals|incidents|lab|login|policies|rollbacks|settings)\/)?(en|de)\.ts$/.test(name))
    .map(({ text }) => text);
  // `t(`agents.${x}.title`)` uses every text with one part in that place, and none that goes on after it; what stands in data may hold dots.
  const families = all.flatMap((text) =>
    Array.from(text.matchAll(/(textOr\(t, )?`([a-z]+\.(?:[a-z.]|\$\{[^{}]*\})*\$\{[^{}]*\}[a-z.]*)`/g), ([, data, id = ""]) => {
      const parts = id.split(/\$\{[^{}]*\}/).map((part) => part.replaceAll(".", "\\."));
      return new RegExp(`^${parts.join(data === undefined ? "[^.]+" : ".+")}$`);
    }),
  );
  const used = (id: string): boolean => all.some((text) => text.includes(`"${id}"`)) || families.some((family) => family.test(id));
  assert.deepEqual(
    ids.filter((id) => !used(id)),
    [],
  );
  const asked = all.flatMap((text) => Array.from(text.matchAll(/\bt\("([^"]+)"/g), (match) => match[1] ?? ""));
  assert.deepEqual(
    asked.filter((id) => !ids.includes(id)),
    [],
  );
});

test("no visible word stands in the code", () => {
  const found = sources.filter(({ name }) => name.endsWith(".tsx")).flatMap(({ name, text }) => visibleIn(text).map((word) => `${name}: ${word}`));
  // The command and the names of keys are the same in every language.
  assert.deepEqual(found, ["frame/login.tsx: holdfast console"]);
});

test("the search for visible words finds them", () => {
  assert.deepEqual(visibleIn('const a = <p title="Hello">Some <b>words</b>{t("x")}{" · "}</p>;'), ["Hello", "Some", "words"]);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: source code to be looked through
  assert.deepEqual(visibleIn('const a = <input placeholder={`Type ${x}`} aria-label={y ? "Yes" : t("no")} className="ok" />;'), ["Type", "Yes"]);
});

test("the gateway's sentences keep their names in German", () => {
  assert.equal(inGerman("agent `a {0} $& b` may call models `x/*`"), "Der Agent `a {0} $& b` darf die Modelle `x/*` aufrufen");
  assert.equal(inGerman("found hidden-order in tool content"), "`hidden-order` gefunden, in Inhalt aus `tool`");
  assert.equal(inGerman("something else"), undefined);
  assert.equal(inGerman("toString"), undefined);
  for (const [english, german] of [decisions, ...EVERYTHING].flatMap((table) => Object.entries(table)))
    assert.deepEqual(german.match(/\{\d\}/g)?.sort(), english.match(/\{\d\}/g)?.sort(), english);
});

test("every sentence that information flow can say has a German form", () => {
  const folder = new URL("../../../src/permission/", import.meta.url);
  const files = ["controls/flow.ts", ...["judge", "value", "fetch", "narrowing"].map((name) => `flow/${name}.ts`)];
  const said = files.flatMap((name) =>
    [...readFileSync(new URL(name, folder), "utf8").matchAll(/"((?:a|the|what|more|untrusted) [^"]{12,})"/g)].map(([, text = ""]) => text),
  );
  assert.ok(said.length > 20);
  for (const failed of ["was not asked", "has no calls left", "did not answer in time", "could not be asked", "did not answer as it was asked to"])
    said.push(`the model that reads requests ${failed}`);
  for (const sentence of said) assert.notEqual(inGerman(sentence), undefined, sentence);
});

test("every denial after which an agent is trusted less has words for people", () => {
  const source = readFileSync(new URL("../../../src/oversight/autonomy/evidence.ts", import.meta.url), "utf8");
  const own = [...source.matchAll(/own\\\/\(\?:([a-z|]+)\)/g)].flatMap(([, names = ""]) => names.split("|"));
  assert.ok(own.length >= 4);
  for (const name of own) for (const kind of ["cause", "incident"]) assert.ok(ids.includes(`${kind}.own/${name}`), `${kind}.own/${name}`);
});

function valuesOf(message: string): readonly string[] {
  const values = new Set<string>();
  const walk = (node: unknown): void => {
    if (!Array.isArray(node)) return;
    for (const part of node) {
      if (!Array.isArray(part)) continue;
      values.add(String(part[0]));
      for (const inner of Object.values(typeof part[2] === "object" && part[2] !== null ? part[2] : {})) walk(inner);
    }
  };
  walk(compileMessageOrThrow(message));
  return [...values].sort();
}

const SHOWN = new Set(["title", "alt", "placeholder", "label", "aria-label", "aria-description", "textValue"]);

/** Every piece of text with letters in it that JSX would show: between tags, in shown attributes, and in strings inside either. */
function visibleIn(source: string): readonly string[] {
  const found: string[] = [];
  const note = (text: unknown): void => {
    if (typeof text === "string" && /\p{L}{2}/u.test(text)) found.push(text.trim());
  };
  const inExpression = (node: unknown): void => {
    if (!isNode(node)) return;
    if (node.type === "Literal") note(node["value"]);
    if (node.type === "TemplateLiteral") for (const quasi of node["quasis"] as { value: { cooked: string } }[]) note(quasi.value.cooked);
    if (node.type === "ConditionalExpression") for (const side of ["consequent", "alternate"]) inExpression(node[side]);
    if (node.type === "LogicalExpression") for (const side of ["left", "right"]) inExpression(node[side]);
  };
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) walk(one);
    if (!isNode(node)) return;
    if (node.type === "JSXText") note(node["value"]);
    if (node.type === "JSXAttribute" && isNode(node["name"]) && SHOWN.has(String(node["name"]["name"]))) {
      const value = node["value"];
      inExpression(isNode(value) && value.type === "JSXExpressionContainer" ? value["expression"] : value);
    }
    if (node.type === "JSXElement" || node.type === "JSXFragment") {
      for (const child of node["children"] as unknown[]) if (isNode(child) && child.type === "JSXExpressionContainer") inExpression(child["expression"]);
    }
    for (const value of Object.values(node)) if (typeof value === "object") walk(value);
  };
  walk(parseAst(source, { lang: "tsx" }));
  return found;
}

function isNode(value: unknown): value is { type: string; [name: string]: unknown } {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
