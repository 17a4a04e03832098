import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { type Crew, crew } from "../../console/dev/agents.ts";
import type { AgentBudget } from "../../src/surfaces/api/index.ts";
import { verifies } from "../verifies.ts";
import { drawn, house, type Stage, stage, visited, type Watched } from "./console-stage.ts";

const home = await house();

const SIZE = { viewport: { width: 1440, height: 900 }, locale: "en-GB" };
const PHONE = { viewport: { width: 390, height: 844 }, locale: "de-DE" };
const SHOTS = process.env["HOLDFAST_SHOTS"];
const look = async (page: Page, name: string): Promise<void> => void (SHOTS !== undefined && (await page.screenshot({ path: `${SHOTS}/agents-${name}.png` })));
const BUDGETS: readonly AgentBudget[] = [
  { id: "limits/budget/usd", scope: "agent", unit: "usd", used: 18.5, reserved: 0, limit: 20, window: 86_400 },
  {
    id: "limits/user/budget/tokens",
    scope: "user",
    of: "u-<b>7",
    unit: "tokens",
    used: 2_000,
    reserved: 0,
    limit: 2_000,
    window: 2_592_000,
    frees_at: "2026-11-27T00:00:00Z",
  },
];

/** A stage over real phases and a real kill switch, and a page that is logged in. */
async function visit(t: TestContext, options: BrowserContextOptions = SIZE): Promise<{ readonly on: Stage; readonly people: Crew } & Watched> {
  const people = await crew("robin", BUDGETS);
  const on = await stage(home.folder, { crew: people });
  const seen = await visited(t, home, on, options);
  await seen.page.goto(on.loginUrl());
  await seen.page.locator(".numbers").waitFor();
  return { on, people, ...seen };
}
const dialog = (page: Page) => page.getByRole("dialog");

test("a person sees what each agent may do and what its next phase rests on, and takes the step that is proposed", async (t) => {
  verifies("H-03", "M-03");
  const { page, on, people } = await visit(t);
  await page.getByRole("link", { name: "Agents", exact: true }).click();
  await page.locator(".agent-card").nth(2).waitFor();
  await page.getByText("Proposed: Spot-checked.").waitFor();
  await look(page, "list");
  await page.getByRole("link", { name: "support" }).click();
  await page.getByText("98.3%, at least 95%").waitFor();
  const text = await page.locator("article.agent").innerText();
  for (const shown of [
    "60 of 50",
    "crm.update_customer",
    "finance.*",
    "18.5 of 20 USD",
    "the agent, window: 1 day",
    "2,000 of 2,000 tokens",
    "user u-<b>7, window: 30 days",
    "It was never moved.",
  ])
    assert.ok(text.includes(shown), shown);
  await look(page, "one");
  await page.getByRole("button", { name: "Promote" }).click();
  const send = dialog(page).getByRole("button", { name: "Promote" });
  await dialog(page).getByLabel("Why?").fill("eight good days <b>");
  assert.equal(await send.isDisabled(), true, "nothing is sent before the name was typed");
  await dialog(page).getByLabel("To confirm").fill("support");
  await send.click();
  await page.getByText("Supervised → Spot-checked").waitFor();
  await page.getByText("eight good days <b>").waitFor();
  assert.equal(people.phases.of("support"), "spot-checked");
  const own = page.locator(".tool-phase");
  await own.locator("summary", { hasText: "a step is proposed" }).click();
  await look(page, "tool");
  await own.getByRole("button", { name: "Demote" }).click();
  await dialog(page).getByText("Only with the tool crm.update_customer.").waitFor();
  await dialog(page).getByLabel("Why?").fill("it writes too much");
  await dialog(page).getByLabel("To confirm").fill("support");
  await dialog(page).getByRole("button", { name: "Demote" }).click();
  await own.locator("summary", { hasText: "Shadow" }).waitFor();
  assert.deepEqual([people.phases.of("support", "crm.update_customer"), people.phases.of("support")], ["shadow", "spot-checked"]);
  await page.goto(`${on.origin}/agents/finance`);
  await page.getByRole("button", { name: "Promote" }).click();
  await dialog(page).getByText("The numbers are not there yet.").waitFor();
  await drawn(page);
  await look(page, "forced");
  await dialog(page).getByLabel("Why?").fill("a trial");
  await dialog(page).getByLabel("To confirm").fill("finance");
  await dialog(page).getByRole("button", { name: "Promote" }).click();
  await page.getByText("Against the numbers").waitFor();
});

test("the kill switch stops one agent from its page and all of them from anywhere, each with a reason and a typed word", async (t) => {
  verifies("C-12", "M-03");
  const { page, on, people } = await visit(t);
  await page.goto(`${on.origin}/agents/finance`);
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await dialog(page).getByLabel("Why?").fill("it pays twice");
  await dialog(page).getByLabel("To confirm").fill("finance");
  await dialog(page).getByRole("button", { name: "Stop" }).click();
  await page.getByText("Paused by robin").waitFor();
  assert.equal(people.phases.of("finance"), "supervised", "and is looked at once it works again");
  for (const place of [".moves", ".incident"]) await page.locator(place).getByText("a person stopped it").waitFor();
  await look(page, "paused");
  await page.goto(`${on.origin}/activity`);
  await page.getByRole("button", { name: "Stop all agents" }).click();
  await dialog(page).getByLabel("Why?").fill("an attack");
  await dialog(page).getByLabel("To confirm").fill("finance");
  assert.equal(await dialog(page).getByRole("button", { name: "Stop" }).isDisabled(), true);
  await dialog(page).getByLabel("To confirm").fill("all");
  await drawn(page);
  await look(page, "stop-all");
  await dialog(page).getByRole("button", { name: "Stop" }).click();
  await dialog(page).waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Agents", exact: true }).click();
  await page.getByText("All agents are paused, by robin").waitFor();
  await page.getByRole("button", { name: "Resume all" }).click();
  await dialog(page).getByLabel("Why?").fill("over");
  await dialog(page).getByLabel("To confirm").fill("all");
  await dialog(page).getByRole("button", { name: "Resume" }).click();
  await page.getByText("All agents are paused").waitFor({ state: "detached" });
  await page.getByText("Paused by robin").waitFor();
});

test("on a telephone, in German and in the dark, an agent can be read, demoted and stopped", async (t) => {
  const { page, on, people } = await visit(t, { ...PHONE, colorScheme: "dark", hasTouch: true });
  await page.goto(`${on.origin}/agents`);
  await page.locator(".agent-card").nth(2).waitFor();
  await look(page, "phone-list");
  await page.getByRole("link", { name: "finance" }).click();
  await page.getByText("Benutzer u-<b>7, Zeitfenster: 30 Tage").waitFor();
  await page.getByText("18,5 von 20 USD").waitFor();
  await page.getByRole("button", { name: "Zurückstufen" }).click();
  await dialog(page).getByLabel("Warum?").fill("neues Werkzeug");
  await dialog(page).getByLabel("Bestätigung").fill("finance");
  await drawn(page);
  await look(page, "phone-demote");
  await dialog(page).getByRole("button", { name: "Zurückstufen" }).click();
  await page.getByText("Stichproben → Beaufsichtigt").waitFor();
  assert.equal(people.phases.of("finance"), "supervised");
  await look(page, "phone-one");
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)) <= 0);
  await page.getByRole("button", { name: "Stopp: alle Agenten anhalten" }).waitFor();
});
