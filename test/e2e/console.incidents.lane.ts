import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { type Happened, incidents } from "../../console/dev/incidents.ts";
import { verifies } from "../verifies.ts";
import { drawn, house, overflow, type Stage, stage, visited, type Watched } from "./console-stage.ts";

const home = await house();

const SIZE = { viewport: { width: 1440, height: 900 }, locale: "en-GB" };
const PHONE = { viewport: { width: 390, height: 844 }, locale: "de-DE", colorScheme: "dark" } as const;
const SHOTS = process.env["HOLDFAST_SHOTS"];
const look = async (page: Page, name: string): Promise<void> =>
  void (SHOTS !== undefined && (await page.screenshot({ path: `${SHOTS}/incidents-${name}.png`, fullPage: !name.startsWith("dialog") })));

/** A stage over the gateway's own incidents, and a page that is logged in. */
async function visit(t: TestContext, options: BrowserContextOptions = SIZE): Promise<{ readonly on: Stage; readonly happened: Happened } & Watched> {
  const happened = await incidents("robin");
  const on = await stage(home.folder, { incidents: happened.app });
  const seen = await visited(t, home, on, options);
  await seen.page.goto(on.loginUrl());
  await seen.page.locator(".numbers").waitFor();
  return { on, happened, ...seen };
}
const dialog = (page: Page) => page.getByRole("dialog");

test("a person sees what was stopped, how often, and which report is due next", async (t) => {
  verifies("M-03", "M-05");
  const { page } = await visit(t);
  await page.getByRole("link", { name: "Incidents", exact: true }).click();
  const card = page.locator(".agent-card", { hasText: "Untrusted content tried to steer an action" });
  await card.getByText("seen 7 times").waitFor();
  assert.match(await card.innerText(), /EU AI Act, art\. 73\(3\).*Report to the authority\s+was due 12 hours ago/s, "what is late stands first");
  await look(page, "list");
  await card.getByRole("link").click();
  await page.getByRole("heading", { name: "Reports that are due" }).waitFor();
  const text = await page.locator("article").innerText();
  for (const shown of ["Made by ben", "BSI, 4711 <b>", "the attacker got an answer", "req_inc7"]) assert.ok(text.includes(shown), shown);
  await look(page, "one");
});

test("what is done about an incident is written down with its reason, and a report that was made starts no clock anew", async (t) => {
  verifies("M-03", "M-05");
  const { page, on, happened } = await visit(t);
  await page.goto(`${on.origin}/incidents/IN-1`);
  await page.locator(".incident-clock li", { hasText: "Notification" }).getByRole("button", { name: "I have made it" }).click();
  await drawn(page);
  const send = dialog(page).getByRole("button", { name: "I have made it" });
  assert.equal(await send.isDisabled(), true, "nothing is sent without a reason");
  await dialog(page).getByLabel("To whom, and under which number?").fill("BSI, 4712");
  await look(page, "dialog");
  await send.click();
  await dialog(page).waitFor({ state: "detached" });
  assert.ok(happened.incidents.get("IN-1")?.clocks[0]?.made["notification"]?.by === "robin");
  await page.getByRole("button", { name: "Contained", exact: true }).click();
  await dialog(page).getByLabel("What keeps it from happening again for now?").fill("the agent reads no mail");
  await dialog(page).getByRole("button", { name: "Contained" }).click();
  await page.locator(".agent-head .badge", { hasText: "Contained" }).waitFor();
  // It happens again: the page says so by itself.
  await happened.incidents.seen("support", "flow/other-target", "req_inc8");
  await page.locator(".agent-head .badge", { hasText: "Open" }).waitFor();
});

test("a person opens an incident that nothing here has seen, on a telephone, in German and in the dark", async (t) => {
  verifies("M-05");
  const { page, on, happened } = await visit(t, PHONE);
  await page.goto(`${on.origin}/incidents`);
  await page.getByRole("button", { name: "Vorfall eröffnen" }).click();
  await drawn(page);
  await dialog(page).getByLabel("Was ist geschehen, in wenigen Worten?").fill("Kundenliste <b>verschickt");
  await dialog(page).getByLabel("Woher wissen Sie es?").fill("ein Kunde rief an");
  await look(page, "dialog-phone");
  await dialog(page).getByRole("button", { name: "Vorfall eröffnen" }).click();
  await page.getByRole("heading", { name: "Kundenliste <b>verschickt" }).waitFor();
  await page.getByRole("button", { name: "Frist beginnen" }).click();
  await drawn(page);
  await dialog(page).getByLabel("Welches Gesetz?").selectOption({ label: "DSGVO, Art. 33 (personenbezogene Daten)" });
  await dialog(page).getByLabel("Warum gilt es hier?").fill("Namen und Anschriften");
  await dialog(page).getByRole("button", { name: "Frist beginnen" }).click();
  await page.getByText("fällig in 2 Tagen").or(page.getByText("fällig in 3 Tagen")).waitFor();
  assert.equal(await overflow(page), 0);
  await look(page, "phone");
  assert.equal(happened.incidents.list()[0]?.clocks[0]?.regime, "gdpr");
});
