import assert from "node:assert/strict";
import { after, test } from "node:test";
import { crew } from "../../console/dev/agents.ts";
import { questions, wishes } from "../../console/dev/approvals.ts";
import { incidents } from "../../console/dev/incidents.ts";
import { policies } from "../../console/dev/policies.ts";
import { undoings } from "../../console/dev/rollbacks.ts";
import { drawn, house, overflow, stage, violations, watched } from "./console-stage.ts";

const home = await house();
const asked = await questions("robin", ["robin", "ben"]);
for (const wish of wishes()) await asked.ask(wish);
const [on, empty] = await Promise.all([
  stage(home.folder, {
    questions: asked,
    policies: await policies(),
    incidents: (await incidents("robin")).app,
    rollbacks: (await undoings("robin")).app,
    settings: "some",
    crew: await crew("robin", [
      { id: "limits/budget/usd", scope: "agent", unit: "usd", used: 21, reserved: 0, limit: 20, window: 86_400, frees_at: "2026-11-27T00:00:00Z" },
    ]),
  }),
  stage(home.folder, { seed: [], policies: await policies(true), settings: "none" }),
]);
after(() => Promise.all([on.close(), empty.close()]));

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
    await page.goto(`${empty.origin}/policies`);
    await page.locator(".empty").first().waitFor();
    await check("policies without a rule");
    await page.goto(`${empty.origin}/agents`);
    await page.locator(".empty").waitFor();
    await check("agents without an agent");
    await page.goto(`${empty.origin}/incidents`);
    await page.locator(".empty").waitFor();
    await check("incidents without one");
    await page.goto(`${empty.origin}/rollbacks`);
    await page.locator(".empty").waitFor();
    await check("rollbacks without a task");
    await page.goto(`${empty.origin}/settings`);
    await page.locator(".nothing").nth(2).waitFor();
    await check("settings where nothing is set up");
    await page.goto(on.loginUrl());
    await page.locator(".latest .rows").waitFor();
    await check("overview");
    await page.goto(`${on.origin}/policies`);
    await page.locator(".rules").waitFor();
    await page.locator("#draft-text").fill("rules: [{ id: a, when: 'args.x >', then: deny }]");
    await page.locator(".policy-bench .primary").first().click();
    await page.locator(".faults").waitFor();
    await page.locator(".policy-bench .primary").last().click();
    await page.locator(".policy-bench .reasons").waitFor();
    await check("policies with a draft that has a fault");
    await page.goto(`${on.origin}/agents`);
    await page.locator(".agent-card a").first().waitFor();
    await check("agents");
    await page.locator(".agent-card a").first().click();
    await page.locator("article.agent .criteria").first().waitFor();
    await check("an agent");
    await page.locator("article.agent .button.stop").click();
    await drawn(page);
    await check("the kill switch");
    await page.keyboard.press("Escape");
    await page.goto(`${on.origin}/incidents`);
    await page.locator(".agent-card a").last().click();
    await page.locator(".incident-clock").first().waitFor();
    await check("an incident");
    await page.locator(".incident-clock .button").first().click();
    await drawn(page);
    await check("a report that was made");
    await page.keyboard.press("Escape");
    await page.goto(`${on.origin}/rollbacks`);
    await page.locator(".task-card").first().waitFor();
    await check("rollbacks");
    await page.getByRole("link", { name: "TK-1" }).click();
    await page.locator(".undo-step details").first().click();
    await check("a task");
    await page.locator(".task .button.primary").first().click();
    await drawn(page);
    await check("a rollback");
    await page.keyboard.press("Escape");
    await page.goto(`${on.origin}/settings`);
    await page.locator(".people").waitFor();
    await page.locator(".pace").waitFor();
    await check("settings");
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
