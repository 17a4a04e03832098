import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";

/** What every page may use. The others are one page's each. */
const SHARED = ["base.css", "colours.css", "controls.css", "frame.css", "index.css", "narrow.css"];
/** Parts of several pages whose style stands with the first of them. */
const PARTS = ["part"];

/** The classes with which the selectors of a style sheet begin: what it says of these it says on every page. */
function begun(css: string): ReadonlySet<string> {
  const selectors = Array.from(css.replace(/\/\*[\s\S]*?\*\//g, "").matchAll(/([^{}]+)\{/g), ([, selector = ""]) => selector.trim());
  const single = selectors.filter((selector) => !selector.startsWith("@")).flatMap((selector) => selector.split(","));
  return new Set(single.flatMap((selector) => /^\s*[a-z]*\.([\w-]+)/.exec(selector)?.[1] ?? []));
}

const shared = (sheets: readonly (readonly [name: string, css: string])[]): readonly string[] => {
  const owners = new Map<string, string>();
  return sheets.flatMap(([name, css]) =>
    [...begun(css)].flatMap((one) => {
      const owner = owners.get(one);
      owners.set(one, owner ?? name);
      return owner === undefined || PARTS.includes(one) ? [] : [`.${one}: ${owner}, ${name}`];
    }),
  );
};

test("no page's style reaches into another page: a class that one of them begins with is no other's", () => {
  const folder = new URL(".", import.meta.url);
  const names = globSync("*.css", { cwd: folder }).filter((name) => !SHARED.includes(name));
  assert.ok(names.length > 6);
  assert.deepEqual(shared(names.map((name) => [name, readFileSync(new URL(name, folder), "utf8")])), []);
  assert.deepEqual(
    shared([
      ["overview.css", "nav.tabs > a { color: red }"],
      ["approvals.css", "@media print { .x .tabs { } }\n.tabs, .y { }"],
    ]),
    [".tabs: overview.css, approvals.css"],
  );
});
