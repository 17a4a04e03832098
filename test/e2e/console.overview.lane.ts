import assert from "node:assert/strict";
import { test } from "node:test";
import { crew } from "../../console/dev/agents.ts";
import { questions, wishes } from "../../console/dev/approvals.ts";
import { verifies } from "../verifies.ts";
import { house, overflow, stage, violations, visited } from "./console-stage.ts";

const home = await house();
const SHOTS = process.env["HOLDFAST_SHOTS"];
const WORDS = {
  en: { table: "As a table", spent: /105 % of the budget|105% of the budget/, questions: /questions? waits? for you/ },
  de: { table: "Als Tabelle", spent: /sind 105.% verbraucht/, questions: /Fragen? warte[nt] auf Sie/ },
} as const;

for (const [language, options] of [
  ["en", { viewport: { width: 1440, height: 900 }, locale: "en-GB" }],
  ["de", { viewport: { width: 390, height: 844 }, locale: "de-DE", colorScheme: "dark" }],
] as const) {
  test(`the Overview says what needs a person, and what became of the day's decisions, as bars and as a table (${language})`, async (t) => {
    verifies("M-03");
    const asked = await questions("robin", ["robin", "ben"]);
    for (const wish of wishes()) await asked.ask(wish);
    const spent = { scope: "agent", unit: "usd", used: 21, reserved: 0, limit: 20, window: 86_400, frees_at: "2026-11-27T00:00:00Z" } as const;
    const on = await stage(home.folder, { questions: asked, crew: await crew("robin", [{ id: "limits/budget/usd", ...spent }]) });
    const { page } = await visited(t, home, on, options, /^$/);
    await page.goto(on.loginUrl());
    const words = WORDS[language];
    await page.locator(".needs-you").getByText(words.questions).waitFor();
    await page.locator(".needs-you").getByText(words.spent).first().waitFor();

    const said = async (): Promise<number> =>
      [...(await page.locator(".timeline figcaption").innerText()).matchAll(/\d+/g)].slice(0, 3).reduce((sum, [number]) => sum + Number(number), 0);
    await page.locator(".hour-part.deny").first().waitFor({ state: "attached" });
    const all = await said();
    assert.ok(all > 0);
    if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/overview-bars-${language}.png`, fullPage: true });
    assert.deepEqual([await violations(page), (await overflow(page)) <= 0], [[], true]);

    await page.getByRole("button", { name: words.table }).press("Enter");
    const cells = page.locator(".timeline-table td");
    await cells.first().waitFor();
    assert.equal(await cells.count(), 24 * 3);
    const numbers = (await cells.allInnerTexts()).map(Number);
    assert.equal(
      numbers.reduce((sum, one) => sum + one, 0),
      all,
      "the table says what the bars say",
    );
    if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/overview-table-${language}.png`, fullPage: true });
    assert.deepEqual([await violations(page), (await overflow(page)) <= 0], [[], true]);

    // What refused most often leads to the decisions that it refused.
    await page.locator(".timeline .rows a").first().click();
    await page.waitForURL(/\/activity\?.*effect=deny/);
    await page.locator("a.row-link").first().waitFor();
  });
}
