import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, test } from "node:test";
import type { Page } from "playwright-core";
import { questions, wishes } from "../../console/dev/approvals.ts";
import { drawn, house, stage, watched } from "./console-stage.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "EN-301-549", "best-practice"];

const home = await house();
const asked = await questions("robin", ["robin", "ben"]);
for (const wish of wishes()) await asked.ask(wish);
const [on, empty] = await Promise.all([stage(home.folder, { questions: asked }), stage(home.folder, { seed: [] })]);
after(() => Promise.all([on.close(), empty.close()]));

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async (tags) => {
    const axe = (
      window as unknown as { axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> } }
    ).axe;
    const { violations } = await axe.run({ runOnly: tags, resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`));
  }, TAGS);
}

/** Wider than the window means that something is cut off or has to be pushed sideways (WCAG 1.4.10). */
const overflow = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 360, height: 780 } } as const;
const TEXT = {
  en: { verify: "Verify", menu: "Menu of robin" },
  de: { verify: "Prüfen", menu: "Menü von robin" },
} as const;

for (const language of ["en", "de"] as const) {
  test(`axe finds nothing on any page, desktop and phone, light and dark: ${language}`, async () => {
    const context = await home.browser.newContext({ viewport: SIZES.desktop, locale: language === "de" ? "de-DE" : "en-GB", reducedMotion: "reduce" });
    const { page, problems } = await watched(context, on.origin);
    const text = TEXT[language];
    const check = async (what: string): Promise<void> => {
      for (const size of ["phone", "desktop"] as const) {
        await page.setViewportSize(SIZES[size]);
        for (const colorScheme of ["dark", "light"] as const) {
          await page.emulateMedia({ colorScheme });
          const where = `${what}, ${size}, ${colorScheme}`;
          assert.deepEqual(await violations(page), [], where);
          assert.ok((await overflow(page)) <= 0, `${where}: wider than the window`);
        }
      }
    };
    await page.goto(`${on.origin}/login`);
    await page.locator("h1").waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), language);
    await check("login");
    await page.goto(empty.loginUrl());
    await page.locator(".first-steps").waitFor();
    await check("first run");
    await page.goto(`${empty.origin}/activity`);
    await page.locator(".empty").waitFor();
    await check("activity without a record");
    await page.goto(`${empty.origin}/approvals`);
    await page.locator(".empty").waitFor();
    await check("approvals without a question");
    await page.goto(on.loginUrl());
    await page.locator(".latest .rows").waitFor();
    await check("overview");
    await page.goto(`${on.origin}/approvals`);
    await page.locator(".questions a.row-link").first().waitFor();
    await check("approvals");
    await page.locator(".questions a.row-link").first().click();
    await page.locator(".question .arguments").waitFor();
    await check("a question");
    for (const key of ["a", "e", "r"]) {
      await page.keyboard.press(key);
      await drawn(page);
      await check(`the form behind ${key}`);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    await page.goto(`${on.origin}/activity?agent=support&since=2020-01-01T00:00`);
    await page.locator("a[data-decision]").first().waitFor();
    await check("activity with all filters open");
    await page.goto(`${on.origin}/activity?text=parcel`);
    await page.locator("a[data-decision]").last().click();
    await page.locator(".story-head").waitFor();
    await page.getByRole("button", { name: text.verify }).click();
    await page.locator(".verdict.permit").waitFor();
    await page.locator("summary").click();
    await check("story, verified, with the raw record");
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await check("shortcuts");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: text.menu }).click();
    await page.getByRole("menu").waitFor();
    await check("menu");
    assert.deepEqual(problems, []);
    await context.close();
  });
}

test("a chosen appearance wins over the system's and is kept", async () => {
  const context = await home.browser.newContext({ viewport: SIZES.desktop, colorScheme: "light", locale: "en-GB" });
  const { page } = await watched(context, on.origin);
  const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.goto(on.loginUrl());
  await page.waitForSelector(".numbers");
  const light = await ground();
  await page.getByRole("radio", { name: "Dark" }).click();
  assert.notEqual(await ground(), light);
  await page.reload();
  await page.waitForSelector(".numbers");
  assert.notEqual(await ground(), light);
  await page.getByRole("radio", { name: "As the system" }).click();
  assert.equal(await ground(), light);
  await context.close();
});
