import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { questions, wishes } from "../../console/dev/approvals.ts";
import { policies } from "../../console/dev/policies.ts";
import { verifies } from "../verifies.ts";
import { house, stage, visited } from "./console-stage.ts";

const home = await house();

async function visit(t: TestContext, options: object = {}, by = "robin", asked?: Awaited<ReturnType<typeof questions>>, expected?: RegExp): Promise<Page> {
  const on = await stage(home.folder, { policies: await policies(false, by), ...(asked === undefined ? {} : { questions: asked }) });
  const { page } = await visited(t, home, on, { viewport: { width: 1440, height: 900 }, locale: "en-GB", ...options }, expected);
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
  assert.match(first, /Denies\s+no-strangers\s+Enforced\s+Switch to watching\s+Had a say once/);
  assert.match(second, /Asks\s+after-mail\s+Watches only\s+Switch to enforcing\s+Would not have had a say/);
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

test("a rule is switched in the draft, replayed against what was decided, saved with a reason, and can be taken back", async (t) => {
  verifies("P-12", "P-08");
  const page = await visit(t);
  const draft = page.locator("section", { has: page.getByRole("heading", { name: "A draft" }) });
  const field = draft.getByLabel("Rules and tests, as YAML");
  const before = await field.inputValue();
  assert.ok(await draft.getByRole("button", { name: "Save …" }).isDisabled(), "there is nothing to save");
  await page.getByRole("button", { name: "Switch to enforcing: after-mail, in the draft" }).click();
  await page.getByText("The draft below has after-mail in the other mode.").waitFor();
  await field.fill(
    (await field.inputValue()).replace(
      "tests:",
      `  - { id: no-archive, when: 'action.tool == "crm.read_mail" && args.folder == "archive"', then: deny, mode: enforce }\ntests:`,
    ),
  );

  const replay = page.locator("section.replay");
  await replay.getByRole("button", { name: "Replay", exact: true }).click();
  await replay.getByText("One decision would have been another. Judged on complete material: 4 of 4 decisions.").waitFor();
  await replay.getByText("1 decision by rule no-archive").click();
  assert.match((await replay.locator(".replay-group li").innerText()).replace(/\s+/g, " "), /crm\.read_mail support · .* Permitted Denied/);
  assert.match((await replay.getByRole("link", { name: "crm.read_mail" }).getAttribute("href")) ?? "", /^\/activity\/req_/);

  await draft.getByRole("button", { name: "Save …" }).click();
  const dialog = page.getByRole("dialog");
  assert.match(await dialog.locator(".diff").innerText(), /new:\s+\+ {2}- \{ id: no-archive/);
  assert.ok(await dialog.getByRole("button", { name: "Save and put in force" }).isDisabled(), "without a reason nothing is saved");
  await dialog.getByLabel("Why").fill("it was watched for long enough");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await draft.getByText("Saved, and in force.").waitFor();
  assert.match((await page.locator(".rules > li").allInnerTexts()).join(" "), /after-mail\s+Enforced[\s\S]*no-archive\s+Enforced/);

  const [newest = "", oldest = ""] = await page.locator(".versions > li").allInnerTexts();
  assert.match(newest, /robin\s+In force[\s\S]*it was watched for long enough/);
  assert.match(oldest, /Changed in the file/);
  await page.locator(".versions").getByRole("button", { name: "Difference to the one before" }).click();
  await page.locator(".versions .diff").getByText("no-archive").waitFor();
  await page.getByRole("button", { name: "Restore as draft" }).click();
  assert.equal(await field.inputValue(), before);
  await page.getByRole("link", { name: "Agents" }).click();
  await page.getByRole("link", { name: "Policies" }).click();
  assert.equal(await field.inputValue(), before, "who comes back finds the draft");
});

test("a file that was changed meanwhile is not overwritten: what it holds now is shown, and the draft is not lost", async (t) => {
  const page = await visit(t, {}, "robin", undefined, /status of 409/);
  const draft = page.locator("section", { has: page.getByRole("heading", { name: "A draft" }) });
  const field = draft.getByLabel("Rules and tests, as YAML");
  // Somebody else saves.
  const theirs = await page.evaluate(async () => {
    const now = (await (await fetch("/api/v1/policies")).json()) as { text: string; digest: string };
    const body = JSON.stringify({ text: now.text.replaceAll("evil.example", "worse.example"), base: now.digest, reason: "theirs" });
    return (
      (await (await fetch("/api/v1/policies/save", { method: "POST", headers: { "content-type": "application/json" }, body })).json()) as { in_force: boolean }
    ).in_force;
  });
  assert.equal(theirs, true);
  await field.fill((await field.inputValue()).replace("no-strangers", "nobody"));
  const mine = await field.inputValue();
  await draft.getByRole("button", { name: "Save …" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Why").fill("mine");
  await dialog.getByRole("button", { name: "Save and put in force" }).click();
  await dialog.getByText("Nothing was saved: the file was changed").waitFor();
  assert.match(await dialog.locator(".diff").innerText(), /gone:\s+-.*worse\.example/);
  await page.keyboard.press("Escape");
  assert.equal(await field.inputValue(), mine);
});

test("who has no role for it may draft and replay, and not save", async (t) => {
  verifies("P-08");
  const page = await visit(t, {}, "ben");
  await page.getByText("You may not save: that takes a role").waitFor();
  await page.getByLabel("Rules and tests, as YAML").fill("rules: []\n");
  assert.ok(await page.getByRole("button", { name: "Save …" }).isDisabled());
});

test("what was said of a question is in the draft with one click, once", async (t) => {
  verifies("H-02");
  const asked = await questions("robin", ["robin", "ben"]);
  for (const wish of wishes()) await asked.ask(wish);
  const page = await visit(t, {}, "robin", asked);
  await page.goto(new URL("/approvals/HF-3", page.url()).href);
  await page.getByRole("button", { name: "Reject" }).first().click();
  await page.getByRole("dialog").getByRole("textbox").fill("we do not know them");
  await page.getByRole("dialog").getByRole("button", { name: "Reject" }).click();
  await page.getByRole("button", { name: "Make a rule from this" }).click();
  await page.getByRole("link", { name: "Put it into the draft" }).click();
  await page.getByText("The rule that was made of HF-3 is in the draft below").waitFor();
  assert.equal((await page.locator("#draft-text").inputValue()).match(/no-hf-3/g)?.length, 1);
  assert.equal(new URL(page.url()).search, "");
});

test("the page speaks German", async (t) => {
  const page = await visit(t, { locale: "de-DE" });
  await page.getByRole("heading", { name: "Regeln in Kraft" }).waitFor();
  assert.match(
    (await page.locator(".rules > li").first().innerText()).replace(/\s+/g, " "),
    /Verbietet no-strangers Gilt Auf Beobachten stellen Hat einmal mitgeredet/,
  );
  await page.getByRole("cell", { name: "verlässt das Haus" }).first().waitFor();
});

for (const [language, options, take, save, why, done] of [
  ["en", {}, "Take it into the draft", "Save and put in force", "Why", "Saved, and in force."],
  [
    "de",
    { viewport: { width: 390, height: 844 }, locale: "de-DE", colorScheme: "dark" },
    "In den Entwurf übernehmen",
    "Speichern und gelten lassen",
    "Warum",
    "Gespeichert, und es gilt.",
  ],
] as const)
  test(`where it takes two, a person sees what another proposed, and it is in force once they save the same (${language})`, async (t) => {
    verifies("M-03", "P-08");
    const text = "rules:\n  - { id: no-strangers, when: 'action.tool == \"crm.send_mail\"', then: deny, mode: enforce }\ntests: []\n";
    const on = await stage(home.folder, { policies: await policies(false, "robin", { by: "anna", text }) });
    const { page } = await visited(t, home, on, { viewport: { width: 1440, height: 900 }, locale: "en-GB", ...options });
    await page.goto(on.loginUrl());
    await page.waitForSelector(".numbers");
    await page.goto(`${on.origin}/policies`);
    await page.getByText("the auditors want it").waitFor();
    if (process.env["HOLDFAST_SHOTS"] !== undefined) await page.screenshot({ path: `${process.env["HOLDFAST_SHOTS"]}/proposal-${language}.png` });
    await page.getByRole("button", { name: take }).click();
    await page.getByRole("button", { name: /^(Save|Speichern) …$/ }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(why).fill("so do I");
    await dialog.getByRole("button", { name: save }).click();
    await page.getByText(done).waitFor();
    await page.locator(".rules > li").nth(1).waitFor({ state: "detached" });
    assert.equal(await page.getByText("the auditors want it").count(), 0);
  });
