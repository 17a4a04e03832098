import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { policies } from "../../console/dev/policies.ts";
import { verifies } from "../verifies.ts";
import { house, stage, visited } from "./console-stage.ts";

const home = await house();

async function visit(t: TestContext, options: object = {}): Promise<Page> {
  const on = await stage(home.folder, { policies: await policies() });
  const { page } = await visited(t, home, on, { viewport: { width: 1440, height: 900 }, locale: "en-GB", ...options });
  await page.goto(on.loginUrl());
  await page.waitForSelector(".numbers");
  await page.getByRole("link", { name: /^(Policies|Regeln)$/ }).click();
  await page.locator(".rules").waitFor();
  return page;
}

test("the rules in force are shown with what they do, when, and how often they mattered", async (t) => {
  verifies("M-03", "P-12");
  const page = await visit(t);
  const [first = "", second = ""] = await page.locator(".rules > li").allInnerTexts();
  assert.match(first, /Denies\s+no-strangers\s+Enforced\s+Had no say yet/);
  assert.match(second, /Asks\s+after-mail\s+Watches only\s+Would not have had a say/);
  assert.match(second, /After\s+action\.tool == "crm\.read_mail"/);
  assert.match(second, /Answered by finance/);
  await page.getByRole("link", { name: "Decisions in which the rule no-strangers had a say" }).click();
  assert.match(page.url(), /\/activity\?text=rules%2Fno-strangers/);
});

test("a call is tried under the rules in force, and under a draft that is not", async (t) => {
  verifies("P-12");
  const page = await visit(t);
  const trial = page.locator("section", { has: page.getByRole("heading", { name: "Try a call" }) });
  await trial.getByLabel("Tool").fill("crm.send_mail");
  await trial.getByLabel("Arguments, as JSON").fill('{"to": "bob@example.com", "text": "hello"}');
  await trial.getByLabel("What the user asked for").fill("Send bob@example.com a mail that says hello");
  await trial.getByRole("button", { name: "Try" }).click();
  await trial.locator(".badge.permit.large").waitFor();
  await trial.getByLabel("What the user asked for").fill("Send bob@example.com a mail that says hallo");
  assert.equal(await trial.locator(".badge").count(), 0, "a verdict about another call does not stay");
  await trial.getByRole("button", { name: "Try" }).click();
  await trial.locator(".badge").first().waitFor();
  await trial.getByLabel("Arguments, as JSON").fill("{");
  await trial.getByText("This is not a JSON object.").waitFor();
  assert.ok(await trial.getByRole("button", { name: "Try" }).isDisabled());
  await trial.getByLabel("Arguments, as JSON").fill('{"to": "bob@example.com", "text": "hello"}');
  await page.getByLabel("Rules and tests, as YAML").fill("rules:\n  - { id: nobody, when: 'action.tool == \"crm.send_mail\"', then: deny, mode: enforce }\n");
  await trial.getByLabel("Under the draft").check();
  await trial.getByRole("button", { name: "Try" }).click();
  await trial.locator(".badge.deny.large").waitFor();
  await trial.getByText("rules/nobody").waitFor();
  await page.getByLabel("Rules and tests, as YAML").fill("rules: []\n");
  assert.equal(await trial.locator(".badge").count(), 0, "nor one under another draft");
  assert.equal(await page.locator(".rules > li").count(), 2, "what is in force has not changed");
});

test("a draft is checked with the place of each fault, and its tests must pass", async (t) => {
  verifies("P-12");
  const page = await visit(t);
  const draft = page.locator("section", { has: page.getByRole("heading", { name: "A draft" }) });
  await draft.getByRole("button", { name: "Check" }).click();
  await draft.getByText("Good: 2 rules, 1 test passes.").waitFor();
  await draft.getByLabel("Rules and tests, as YAML").fill("rules:\n  - { id: a, when: 'args.x >', then: deny }\n");
  assert.equal(await draft.locator(".outcome").count(), 0, "a verdict about another text does not stay");
  await draft.getByRole("button", { name: "Check" }).click();
  await draft.getByText(/^1 fault: the file would be refused/).waitFor();
  await draft.getByText(/^Line 2, column/).waitFor();
  await draft.getByRole("button", { name: "As it is in force" }).click();
  assert.match(await draft.getByLabel("Rules and tests, as YAML").inputValue(), /no-strangers/);
});

test("the page speaks German", async (t) => {
  const page = await visit(t, { locale: "de-DE" });
  await page.getByRole("heading", { name: "Regeln in Kraft" }).waitFor();
  assert.match((await page.locator(".rules > li").first().innerText()).replace(/\s+/g, " "), /Verbietet no-strangers Gilt Hat noch nie mitgeredet/);
  await page.getByRole("cell", { name: "verlässt das Haus" }).first().waitFor();
});
