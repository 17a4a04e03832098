import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { type Undoings, undoings } from "../../console/dev/rollbacks.ts";
import { verifies } from "../verifies.ts";
import { drawn, house, overflow, type Stage, stage, visited, type Watched } from "./console-stage.ts";

const home = await house();

const SIZE = { viewport: { width: 1440, height: 900 }, locale: "en-GB" };
const PHONE = { viewport: { width: 390, height: 844 }, locale: "de-DE" };
const SHOTS = process.env["HOLDFAST_SHOTS"];
const look = async (page: Page, name: string): Promise<void> =>
  void (SHOTS !== undefined && (await page.screenshot({ path: `${SHOTS}/rollbacks-${name}.png`, fullPage: !name.startsWith("dialog") })));

/** A stage over the gateway's own journal and runs, and a page that is logged in. */
async function visit(
  t: TestContext,
  options: BrowserContextOptions = SIZE,
  expected?: RegExp,
): Promise<{ readonly on: Stage; readonly undoing: Undoings } & Watched> {
  const undoing = await undoings("robin");
  const on = await stage(home.folder, { rollbacks: undoing.app });
  const seen = await visited(t, home, on, options, expected);
  await seen.page.goto(on.loginUrl());
  await seen.page.locator(".numbers").waitFor();
  return { on, undoing, ...seen };
}
const dialog = (page: Page) => page.getByRole("dialog");
const states = (page: Page): Promise<string[]> => page.locator(".undo-step .card-head .word").allInnerTexts();

test("a person sees what tasks did and what is left of it, and how each step is undone", async (t) => {
  verifies("C-08", "M-03");
  const { page } = await visit(t);
  await page.getByRole("link", { name: "Rollbacks", exact: true }).click();
  await page.locator(".task-card").nth(1).waitFor();
  await page.getByText("In 1 task something is left").waitFor();
  await look(page, "list");
  await page.getByRole("link", { name: "TK-1" }).click();
  await page.locator(".undo-step").nth(4).waitFor();
  assert.deepEqual(await states(page), ["failed", "refused, nothing was done", "undone", "nobody knows", "undone"]);
  const text = await page.locator("article.task").innerText();
  for (const shown of ["Rolled back by ben", "the wrong customer", "a person has to approve it first (Q-12)", "it may have been done"])
    assert.ok(text.includes(shown), shown);
  await page.locator(".undo-step", { hasText: "crm.create_customer" }).locator("summary").click();
  // What came from a tool is drawn as text, and what cannot be seen in it is written out.
  await page.locator("mark.letter").waitFor();
  assert.match(await page.locator(".undo-step", { hasText: "crm.create_customer" }).innerText(), /c-<b>7/);
  await look(page, "task");
});

test("a task is rolled back from a step on, with a reason and its name typed, and each step once", async (t) => {
  verifies("C-08", "M-03");
  const { page, on, undoing } = await visit(t);
  await page.goto(`${on.origin}/rollbacks/TK-2`);
  await page.getByRole("button", { name: "Roll back to step 2" }).click();
  const send = dialog(page).getByRole("button", { name: "Roll back" });
  await dialog(page).getByText("2 steps are undone").waitFor();
  await dialog(page).getByLabel("Why?").fill("wrong order <b>");
  assert.equal(await send.isDisabled(), true, "nothing is sent before the name was typed");
  await dialog(page).getByLabel("To confirm").fill("TK-2");
  await drawn(page);
  await look(page, "dialog");
  undoing.made.splice(0);
  await send.click();
  await page.getByText("Rolled back by robin").waitFor();
  assert.deepEqual(undoing.made, ['crm.remove_note {"note":"n-1"}', 'shop.cancel_order {"order":"o-8"}']);
  assert.deepEqual(await states(page), ["undone", "undone", "can be undone"]);
  await page.getByText("wrong order <b>").waitFor();
  await page.getByRole("button", { name: "Roll back", exact: true }).click();
  await dialog(page).getByLabel("Why?").fill("all of it");
  await dialog(page).getByLabel("To confirm").fill("TK-2");
  await dialog(page).getByRole("button", { name: "Roll back" }).click();
  await dialog(page).waitFor({ state: "detached" });
  await page.locator(".undo-step", { hasText: "can be undone" }).waitFor({ state: "detached" });
  assert.equal(undoing.made.at(-1), 'crm.delete_customer {"id":"c-8"}');
  assert.equal(undoing.made.length, 3);
  assert.equal(await page.getByRole("button", { name: "Roll back", exact: true }).isDisabled(), true, "there is nothing left to undo");
});

test("a run that takes longer is seen to go on, and nothing else is begun meanwhile", async (t) => {
  verifies("C-08");
  const { page, on, undoing } = await visit(t);
  const { promise, resolve } = Promise.withResolvers<{ state: "done" }>();
  undoing.ends.set("shop.cancel_order", promise);
  await page.goto(`${on.origin}/rollbacks/TK-2`);
  await page.getByRole("button", { name: "Roll back", exact: true }).click();
  await dialog(page).getByLabel("Why?").fill("wrong");
  await dialog(page).getByLabel("To confirm").fill("TK-2");
  await dialog(page).getByRole("button", { name: "Roll back" }).click();
  await dialog(page).waitFor({ state: "detached" });
  await page.getByText("A rollback is under way").waitFor();
  assert.equal(await page.getByRole("button", { name: "Roll back", exact: true }).isDisabled(), true);
  resolve({ state: "done" });
  await page.getByText("A rollback is under way").waitFor({ state: "detached" });
  assert.deepEqual(await states(page), ["undone", "undone", "undone"]);
});

test("on a telephone, in German and in the dark, what is left can be read and settled", async (t) => {
  verifies("C-08", "M-03");
  const { page, on } = await visit(t, { ...PHONE, colorScheme: "dark", hasTouch: true }, /status of 404/);
  await page.goto(`${on.origin}/rollbacks`);
  await page.locator(".task-card").nth(1).waitFor();
  await look(page, "phone-list");
  await page.getByRole("link", { name: "TK-1" }).click();
  await page.locator(".undo-step.left").nth(2).waitFor();
  await look(page, "phone-task");
  assert.ok((await overflow(page)) <= 0);
  const step = page.locator(".undo-step", { hasText: "crm.note" });
  await step.getByRole("button", { name: "Ich habe es angesehen" }).click();
  await dialog(page).getByLabel("Warum?").fill("von Hand gelöscht");
  await drawn(page);
  await look(page, "dialog-phone");
  await dialog(page).getByRole("button", { name: "Ich habe es angesehen" }).click();
  await step.getByText("Angesehen von robin").waitFor();
  await page.locator(".undo-step.left").nth(2).waitFor({ state: "detached" });
  await page.goto(`${on.origin}/rollbacks/TK-99`);
  await page.getByText("Eine Aufgabe dieses Namens gibt es nicht").waitFor();
});
