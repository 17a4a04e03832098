/** The detectors as others have them: built, in a folder without this checkout. The guide's code runs there as it is printed. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { runInNewContext } from "node:vm";
import { rolldown } from "rolldown";
import { ROOT } from "../../scripts/root.ts";
import { launch } from "../e2e/console-stage.ts";
import { blocksOf } from "../readme.ts";
import { temporaryFolder } from "../serve.ts";

const TSC = join(ROOT, "node_modules/.bin/tsc");
const [code, output] = blocksOf(readFileSync(join(ROOT, "docs/guide/leaks.md"), "utf8")).filter(({ info }) => /^(?:js run|text output)$/.test(info));

describe("the detectors as others have them", () => {
  const folder = temporaryFolder();

  before(() => {
    const own = join(folder, "node_modules/holdfast");
    mkdirSync(own, { recursive: true });
    cpSync(join(ROOT, "package.json"), join(own, "package.json"));
    execFileSync(TSC, ["-p", join(ROOT, "src/detectors"), "--outDir", join(own, "dist")]);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(join(folder, "guide.mjs"), code?.text ?? "");
  });

  test("the guide's code finds what the guide says", () => {
    assert.equal(execFileSync(process.execPath, ["guide.mjs"], { cwd: folder, encoding: "utf8" }), output?.text);
  });

  test("a bundle for a browser is one file, and it needs nothing but the language", async () => {
    const bundle = await rolldown({ input: join(folder, "guide.mjs"), cwd: folder, platform: "browser" });
    const { output: files } = await bundle.generate({ format: "iife" });
    assert.equal(files.length, 1);
    const said: string[] = [];
    runInNewContext(files[0].code, { console: { log: (...words: readonly unknown[]) => said.push(words.join(" ")) } });
    assert.deepEqual(said, output?.text.trimEnd().split("\n"));
  });

  test("each file as it is runs in a browser, and finds what every page says", async (t) => {
    const built = join(folder, "node_modules/holdfast/dist");
    const server = createServer(({ url = "/" }, response) => {
      const isCode = url.endsWith(".js");
      response.setHeader("content-type", isCode ? "text/javascript" : "text/html");
      response.end(isCode ? readFileSync(join(built, url)) : "<!doctype html>");
    });
    t.after(() => server.close());
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const browser = await launch();
    t.after(() => browser.close());
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const { tried, wrong } = await page.evaluate(async (entry) => {
      const { detectors, conduct, scan } = (await import(entry)) as typeof import("../../src/detectors/index.ts");
      const all = [...detectors, ...conduct].flatMap((one) => [
        ...one.examples.hit.map((text) => ({ one, text, found: true })),
        ...one.examples.miss.map((text) => ({ one, text, found: false })),
      ]);
      return {
        tried: all.length,
        wrong: all.flatMap(({ one, text, found }) => (scan([one], text, "tool").length > 0 === found ? [] : [`${one.id}: ${text}`])),
      };
    }, "/detectors/index.js");
    assert.deepEqual(wrong, []);
    assert.ok(tried > 1_000, `${tried}`);
  });

  test("their types are there without this checkout", () => {
    writeFileSync(
      join(folder, "typed.ts"),
      `import { type Detector, type Finding, conduct, detectors, scan } from "holdfast/detectors";
const own: Detector = { id: "word", finds: "internal", covers: [], explain: { en: "", de: "" }, examples: { hit: [], miss: [] }, detect: () => [], open: (text) => text.length };
const found: readonly Finding[] = scan([...detectors, ...conduct, own], "text", "web");
// @ts-expect-error nobody is the source of a text
scan(detectors, "text", "nobody");
export { found };
`,
    );
    execFileSync(TSC, ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2023,dom", "--types", "", "typed.ts"], {
      cwd: folder,
      stdio: "pipe",
    });
  });
});
