import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { BrowserContextOptions, Page } from "playwright-core";
import { scene } from "../../console/dev/scenes.ts";
import { CLIENTS } from "../../console/src/overview/clients.ts";
import { HOSTS } from "../../src/hosts/index.ts";
import { verifies } from "../verifies.ts";
import { house, type Stage, stage, visited, type Watched, watched } from "./console-stage.ts";

const home = await house();

const DESKTOP = { viewport: { width: 1440, height: 900 }, locale: "en-GB" };

/** A stage and a watched page of its own for one test; nothing may have gone wrong in the page by its end. */
async function visit(
  t: TestContext,
  options: BrowserContextOptions & { loggedIn?: boolean; expected?: RegExp; seed?: Parameters<typeof stage>[1] } = {},
): Promise<{ on: Stage } & Watched> {
  const { loggedIn = true, expected, seed, ...context } = options;
  const on = await stage(home.folder, seed);
  const seen = await visited(t, home, on, { ...DESKTOP, ...context }, expected);
  if (loggedIn) {
    await seen.page.goto(on.loginUrl());
    await seen.page.waitForSelector(".numbers");
  }
  return { on, ...seen };
}

async function expectWithin(ms: number, holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + ms; !(await holds()); ) assert.ok(performance.now() < end, `not within ${ms} ms`);
}

const rows = (page: Page) => page.locator("a[data-decision]");
const refund = (n: number) =>
  scene({ tool: `finance.refund${n}`, effect: "deny", reasons: [{ id: "default-deny", effect: "deny", text: "nothing permits this action" }] });

test("without a session the console says how to log in and shows nothing of the log", async (t) => {
  const { page, on } = await visit(t, { loggedIn: false });
  await page.goto(`${on.origin}/activity`);
  await page.getByRole("heading", { name: "Log in to Holdfast" }).waitFor();
  assert.match(await page.innerText("body"), /holdfast console/);
  assert.equal(await rows(page).count(), 0);
});

test("a one-time URL logs in once, and its token does not stay in the address", async (t) => {
  const { page, on } = await visit(t, { loggedIn: false });
  const sent: string[] = [];
  page.on("request", (request) => sent.push(request.url()));
  const url = on.loginUrl();
  const token = url.split("#")[1] ?? "";
  await page.goto(url);
  await page.waitForSelector(".numbers");
  assert.equal(page.url(), `${on.origin}/`);
  assert.equal(sent.filter((address) => address.includes(token) && !address.includes("#")).length, 0);
  const [cookie] = await page.context().cookies();
  assert.deepEqual([cookie?.name, cookie?.httpOnly, cookie?.sameSite, cookie?.secure], ["__Host-holdfast", true, "Strict", true]);
  assert.equal(await page.evaluate(() => document.cookie), "");

  const other = await watched(await home.browser.newContext(DESKTOP), on.origin);
  await other.page.goto(url);
  await other.page.getByText("This link is unknown, has been used or has expired").waitFor();
  assert.equal(new URL(other.page.url()).hash, "");
  assert.equal(await rows(other.page).count(), 0);
  await other.page.context().close();
});

test("logging out ends the session, and a session that ends elsewhere sends back to the login", async (t) => {
  const { page, on } = await visit(t);
  await page.getByRole("button", { name: "Menu of robin" }).click();
  await page.getByRole("menuitem", { name: "Log out" }).click();
  await page.getByRole("heading", { name: "Log in to Holdfast" }).waitFor();
  await page.goto(on.loginUrl());
  await page.waitForSelector(".numbers");
  on.sessions.revokeAll();
  await page.getByRole("heading", { name: "Log in to Holdfast" }).waitFor();
});

test("decisions appear live and uncounted where nobody reads, and an outcome changes its row in place", async (t) => {
  const { page, on } = await visit(t);
  await page.getByRole("link", { name: "Activity", exact: true }).click();
  await rows(page).first().waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  await page.mouse.move(5, 5);
  await page.evaluate(() => {
    const counts: string[] = [];
    Object.assign(window, { counts });
    new MutationObserver(() => counts.push(document.querySelector(".fresh")?.textContent ?? "")).observe(document.querySelector(".fresh")!, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });
  const { finish } = on.api.begin({ ...refund(1), outcome: { status: "failed", code: "upstream-timeout" } });
  const first = page.locator("tbody tr").first();
  await first.getByText("finance.refund1").waitFor();
  await first.getByText("Running").waitFor();
  finish();
  await first.getByText("Failed").waitFor();
  assert.deepEqual(await page.evaluate(() => (window as unknown as { counts: string[] }).counts), [], "what is shown at once is not counted first");
});

test("what is new never moves the row under the cursor; it is counted until somebody asks for it", async (t) => {
  const { page, on } = await visit(t);
  await page.goto(`${on.origin}/activity`);
  await page.getByText("Live", { exact: true }).waitFor();
  const third = rows(page).nth(2);
  await third.hover();
  const [id, top] = [await third.getAttribute("id"), (await third.boundingBox())?.y];
  for (let n = 0; n < 3; n++) on.api.add(refund(n));
  const pill = page.getByRole("button", { name: "3 new" });
  await pill.waitFor();
  assert.equal((await page.locator(`#${id}`).boundingBox())?.y, top);
  await pill.click();
  await page.locator("tbody tr").first().getByText("finance.refund2").waitFor();
  assert.equal(await pill.count(), 0);
});

test("a paused list stands still and catches up when it is resumed", async (t) => {
  const { page, on } = await visit(t);
  await page.goto(`${on.origin}/activity`);
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Pause the live list" }).click();
  on.api.add(refund(7));
  await page.waitForTimeout(700);
  assert.equal(await page.getByText("finance.refund7").count(), 0);
  await page.getByRole("button", { name: "Resume the live list" }).click();
  await page.mouse.move(5, 5);
  await page.getByText("finance.refund7").waitFor();
});

test("filters narrow the list, live in the address and survive a reload", async (t) => {
  const { page, on } = await visit(t);
  await page.goto(`${on.origin}/activity`);
  await rows(page).first().waitFor();
  await page.getByLabel("Decision", { exact: true }).selectOption("deny");
  await page.getByRole("searchbox", { name: "Search in the log" }).fill("parcel");
  await page.waitForURL(/text=parcel/);
  await page.waitForFunction(() => document.querySelectorAll("a[data-decision]").length === 1);
  assert.deepEqual(Object.fromEntries(new URL(page.url()).searchParams), { effect: "deny", text: "parcel" });
  await page.reload();
  await rows(page).first().waitFor();
  assert.equal(await rows(page).count(), 1);
  assert.equal(await page.getByRole("searchbox", { name: "Search in the log" }).inputValue(), "parcel");
  await page.getByRole("searchbox", { name: "Search in the log" }).fill("no such thing");
  await page.getByRole("heading", { name: "No decision matches these filters" }).waitFor();
  await page.getByRole("button", { name: "Clear filters" }).last().click();
  await rows(page).nth(10).waitFor();
  assert.equal(new URL(page.url()).search, "");
  await page.getByRole("button", { name: "More filters" }).click();
  await page.getByLabel("Agent", { exact: true }).fill("inventory");
  await page.waitForURL(/agent=inventory/);
  await page.getByLabel("Time").selectOption("1h");
  await page.waitForFunction(() => document.querySelectorAll("a[data-decision]").length === 1);
});

test("nothing is written into the search box but what is typed, however late the address follows", async (t) => {
  const { page, on } = await visit(t);
  // Notes what the page itself writes into a field over what stands there.
  await page.addInitScript(() => {
    const { prototype } = HTMLInputElement;
    const value = Object.getOwnPropertyDescriptor(prototype, "value")!;
    const written: string[] = [];
    Object.assign(window, { written });
    Object.defineProperty(prototype, "value", {
      ...value,
      set(this: HTMLInputElement, text: string) {
        if (text !== value.get?.call(this)) written.push(`${value.get?.call(this)} -> ${text}`);
        value.set?.call(this, text);
      },
    });
  });
  await page.goto(`${on.origin}/activity`);
  await rows(page).first().waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("par");
  await page.waitForURL(/text=par$/);
  await page.keyboard.type("cel");
  await page.waitForURL(/text=parcel$/);
  // What it leaves is shown: nothing of the way there is still to come.
  await page.waitForFunction(() => document.querySelectorAll("a[data-decision]").length < 10 && document.querySelector(".loading") === null);
  assert.deepEqual(await page.evaluate(() => (window as unknown as { written: string[] }).written), []);
  await page.getByRole("searchbox").fill("");
  await page.waitForURL(/activity$/);
  assert.equal(await page.getByRole("searchbox").inputValue(), "");
});

test("older decisions come as one goes back, down to the first, and only those in sight are drawn", async (t) => {
  const { page, on } = await visit(t);
  for (let n = 0; n < 400; n++) on.api.add(refund(n));
  await page.goto(`${on.origin}/activity`);
  await rows(page).first().waitFor();
  await page.locator(".list-pane").focus();
  // Each time as far as what is there goes.
  await expectWithin(15_000, async () => {
    await page.keyboard.press("End");
    return page.locator(`tr[aria-rowindex="${on.api.counts.decisions + 1}"]`).isVisible();
  });
  assert.ok(await page.getByText("This is the first record that matches.").isVisible());
  assert.equal(await page.locator("table.decisions").getAttribute("aria-rowcount"), String(on.api.counts.decisions + 1));
  assert.ok((await rows(page).count()) < 60);
});

test("what has the focus keeps it, however far the list is scrolled, and the keyboard goes on from there", async (t) => {
  const { page, on } = await visit(t);
  for (let n = 0; n < 400; n++) on.api.add(refund(n));
  await page.goto(`${on.origin}/activity`);
  await rows(page).first().waitFor();
  for (const key of ["j", "j", "j"]) await page.keyboard.press(key);
  const [third, fourth] = await rows(page).evaluateAll((links) => links.slice(2, 4).map(({ id }) => id));
  const focused = () => page.evaluate(() => document.activeElement?.id);
  assert.equal(await focused(), third);
  await page.locator(".list-pane").evaluate((pane) => pane.scrollTo({ top: pane.scrollHeight / 2 }));
  await page.locator("tr.skipped").nth(1).waitFor({ state: "attached" });
  assert.equal(await focused(), third);
  await page.keyboard.press("j");
  assert.equal(await focused(), fourth);
  assert.ok(await page.locator(`#${fourth}`).isVisible());
});

test("one decision's story is told in full, and leads to the calls around it", async (t) => {
  verifies("A-01");
  const { page, on } = await visit(t);
  await page.goto(`${on.origin}/activity`);
  await page.locator("tr", { hasText: "mail.send" }).first().getByRole("link").click();
  const story = page.getByRole("article", { name: "Decision" });
  await story.getByText("The recipient comes from untrusted content, not from the user", { exact: true }).waitFor();
  const ends = await page.evaluate(() => [".list-pane", ".decisions th.column-agent"].map((it) => document.querySelector(it)!.getBoundingClientRect().right));
  assert.equal(ends[1], ends[0], "the list beside it fills its side: a column that is not shown takes no room");
  const text = await story.innerText();
  for (const part of [
    "flow/untrusted-recipient",
    "archive@parcel-status.example",
    "tool:mail.read_inbox",
    "untrusted",
    "Ignore all previous instructions",
    "Found: instruction-override, phone, iban",
    "Not carried out",
  ]) {
    assert.ok(text.includes(part), part);
  }
  assert.deepEqual(await story.locator("mark").allInnerTexts(), ["[phone]", "[iban]"]);
  await story.getByRole("region", { name: "Related" }).getByRole("link").click();
  await story.getByRole("heading", { name: "Model call practice/assistant" }).waitFor();
  await story.getByText("Mask in the answer: Credential and Financial data").waitFor();
  await page.goBack();
  await story.getByRole("heading", { name: "Tool call mail.send" }).waitFor();
});

test("the proof is checked in the browser: a true record verifies, a changed one does not", async (t) => {
  verifies("A-02");
  const { page, on } = await visit(t);
  const good = on.api.add(refund(1));
  const bad = on.api.add(refund(2));
  await page.goto(`${on.origin}/activity/${good}`);
  await page.getByRole("button", { name: "Verify" }).click();
  await page.getByText("Verified: this record stands in the signed log, unchanged.").waitFor();
  assert.equal(await page.locator(".steps .holds").count(), 4);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download proof" }).click()]);
  assert.match(
    readFileSync((await download.path()) ?? "", "utf8"),
    /^c2sp\.org\/tlog-proof@v1\nindex \d+\n(?:[A-Za-z0-9+/]{43}=\n)+\nholdfast\.example\/fixture\n/,
  );

  on.api.tamper(bad);
  await page.goto(`${on.origin}/activity/${bad}`);
  await page.locator(".story-head .badge.permit").waitFor();
  await page.getByRole("button", { name: "Verify" }).click();
  await page.getByText("Not verified: what is shown is not what was logged.").waitFor();
  assert.match(await page.locator(".steps .fails").innerText(), /The path of hashes leads from it to the root: does not hold/);
});

test("the sample attack is sent from the first steps and seen being blocked", async (t) => {
  const { page } = await visit(t, { seed: { seed: [] } });
  await page.getByText("0 of 4 done").waitFor();
  assert.match(await page.locator(".code").first().innerText(), /base_url="http:\/\/127\.0\.0\.1:\d+\/v1"/);
  await page.getByRole("tab", { name: "curl" }).click();
  await page
    .getByRole("tabpanel", { name: "curl" })
    .getByText(/authorization: Bearer hf_/)
    .waitFor();
  const [list, panel] = await Promise.all(["tablist", "tabpanel"].map((role) => page.locator(`.first-steps [role=${role}]`).first().boundingBox()));
  assert.ok(list && panel && panel.y >= list.y + list.height, "what a tab shows stands below the tabs");
  for (const { id } of HOSTS)
    assert.ok(
      CLIENTS.some((client) => client.id === id),
      `${id} has its lines`,
    );
  await page.getByRole("tab", { name: "Cursor" }).click();
  await page
    .getByRole("tabpanel", { name: "Cursor" })
    .getByText(/bin\/holdfast wrap cursor --dry-run/)
    .waitFor();
  await page.getByRole("button", { name: "Send the attack" }).click();
  await page.getByText("2 of 4 done").waitFor();
  await page
    .locator(".first-steps .rows")
    .getByRole("link", { name: /Denied.*mail\.send/ })
    .click();
  await page.getByRole("article").getByText("The recipient comes from untrusted content, not from the user", { exact: true }).waitFor();
});

test("the language changes without a reload, and dates and numbers with it", async (t) => {
  const { page, on } = await visit(t);
  for (let n = 0; n < 1000; n++) on.api.add(refund(n));
  await page.evaluate(() => Object.assign(window, { kept: true }));
  await page.getByText("1,070").waitFor();
  await page.getByRole("radio", { name: "DE Deutsch" }).click();
  await page.getByRole("heading", { name: "Überblick" }).waitFor();
  await page.getByText("1.070").waitFor();
  assert.equal(await page.evaluate(() => `${document.documentElement.lang} ${"kept" in window} ${document.title}`), "de true Überblick – Holdfast");
  await page.reload();
  await page.getByRole("heading", { name: "Überblick" }).waitFor();
});

test("the whole way can be gone with the keyboard", async (t) => {
  const { page, on } = await visit(t);
  await page.goto(`${on.origin}/activity`);
  await rows(page).first().waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "main");
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "search");
  await page.keyboard.type("jk?");
  assert.equal(await page.getByRole("dialog").count(), 0);
  await page.getByRole("searchbox").fill("");
  await page.waitForURL(/activity(#main)?$/);
  await rows(page).nth(10).waitFor();
  await page.keyboard.press("Escape");
  for (const key of ["j", "j", "j", "k"]) await page.keyboard.press(key);
  const second = await rows(page).nth(1).getAttribute("id");
  assert.equal(await page.evaluate(() => document.activeElement?.id), second);
  await page.keyboard.press("Enter");
  await page.getByRole("article", { name: "Decision" }).getByRole("heading", { level: 2 }).waitFor();
  await page.keyboard.press("Escape");
  await page.waitForURL(/activity(#main)?$/);
  assert.equal(await page.evaluate(() => document.activeElement?.id), second);
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await page.getByText("Single-key shortcuts").click();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("?");
  await page.waitForTimeout(200);
  assert.equal(await page.getByRole("dialog").count(), 0);
});

test("nothing moves for those who asked for less motion", async (t) => {
  const { page, on } = await visit(t, { reducedMotion: "reduce" });
  await page.goto(`${on.origin}/activity`);
  await page.getByText("Live", { exact: true }).waitFor();
  assert.equal(await page.locator(".live-dot").evaluate((dot) => getComputedStyle(dot).animationName), "none");
});

test("what the gateway refuses is said in the reader's language, and its German is loaded when the first is", async (t) => {
  for (const [locale, wanted] of [
    ["en-GB", "The agents could not be loaded: an operator's session is needed"],
    ["de-DE", "Die Agenten ließen sich nicht laden: Dafür braucht es eine Anmeldung an der Konsole"],
  ] as const) {
    const { page, on } = await visit(t, { locale, expected: /^console: .* 403 / });
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    const body = JSON.stringify({ title: "an operator's session is needed", status: 403, code: "forbidden" });
    await page.route("**/api/v1/agents", (route) => route.fulfill({ status: 403, contentType: "application/problem+json", body }));
    await page.goto(`${on.origin}/agents`);
    await page.getByText(wanted).waitFor();
    assert.equal(asked.filter((path) => path.includes("/refusals")).length, 1);
  }
});

test("the first page is small in either language, and holds nothing inline", async (t) => {
  const html = readFileSync(join(home.folder, "index.html"), "utf8");
  assert.doesNotMatch(html, /<style|<script(?![^>]* src=)|style=|\son\w+=/);
  for (const locale of ["en-GB", "de-DE"]) {
    const { page, on } = await visit(t, { locale });
    // What a browser asks for that knows nothing yet, until the page has its numbers.
    const asked: string[] = [];
    const context = await home.browser.newContext({ ...DESKTOP, locale });
    const fresh = await context.newPage();
    await context.addCookies(await page.context().cookies());
    fresh.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await fresh.goto(on.origin);
    await fresh.locator(".latest .rows").waitFor();
    await context.close();
    const files = ["index.html", ...asked.filter((path) => path.startsWith("/assets/"))].map((path) => readFileSync(join(home.folder, path)));
    assert.ok(files.length > 2);
    const bytes = files.reduce((sum, file) => sum + gzipSync(file).length, 0);
    t.diagnostic(`${locale}: ${bytes} bytes`);
    assert.ok(bytes <= 250_000, `${locale}: ${bytes} bytes`);
  }
});
