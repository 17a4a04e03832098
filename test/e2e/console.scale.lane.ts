/**
 * The console before a log of 100,000 decisions, and while 200 a second are made. The limits are a person's: a step that is felt as one, and
 * no frame that comes so late that it is seen. They are stated for a machine of the usual speed (`pace.ts`). A machine that serves others as well is
 * late by itself, so what was late is done once more.
 */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { BrowserContextOptions, CDPSession, Page } from "playwright-core";
import { verifies } from "../verifies.ts";
import { gateway } from "./console-gateway.ts";
import { house, visited } from "./console-stage.ts";
import { idOf, RARE, RARE_EVERY, REFUSED_EVERY, writeLongLog } from "./long-log.ts";
import { type Pace, paced, said } from "./pace.ts";
import { ascending, type Frames, framesOf, heapOf, middle, stepOf, type Wanted } from "./stopwatch.ts";

const DECISIONS = 100_000;
const STEP = 200;
const INTERACTIVE = 1500;
const TRIES = 5;

const home = await house();
const on = await gateway(
  home.folder,
  `
models: { practice: { provider: practice } }
tools: { crm: { default: { trust: untrusted }, tools: { read_mail: { effect: read, egress: false }, send_mail: { effect: write, egress: true } } } }
roles: { support: { read: [crm.read_mail] } }
agents: { support: { role: support, models: [practice/*], limits: { requests: 10000/s } } }
`,
  (data) => writeLongLog(data, DECISIONS),
);
after(() => on.close());

const SIZE: BrowserContextOptions = { viewport: { width: 1440, height: 900 }, locale: "en-GB" };
type Session = Exclude<BrowserContextOptions["storageState"], string | undefined>;
let session: Session | undefined;

/** A page of the same person; the login URL works once. */
async function visit(t: TestContext, path: string, expected?: RegExp): Promise<{ readonly page: Page; readonly cdp: CDPSession }> {
  const known = session === undefined ? {} : { storageState: session };
  const { page } = await visited(t, home, { ...on, close: async () => {} }, { ...SIZE, ...known }, expected);
  const cdp = await page.context().newCDPSession(page);
  if (session === undefined) {
    await page.goto(on.login.replace("127.0.0.1", "localhost"));
    await page.locator(".numbers").waitFor();
    session = await page.context().storageState();
  }
  await page.goto(`${on.origin}${path}`);
  return { page, cdp };
}

async function activity(t: TestContext): Promise<{ readonly page: Page; readonly cdp: CDPSession }> {
  const visitor = await visit(t, "/activity");
  await visitor.page.locator("a[data-decision]").first().waitFor();
  await visitor.page.getByText("Live", { exact: true }).waitFor();
  return visitor;
}

const newest = (count: number, wanted: (n: number) => boolean): string[] => {
  const found: string[] = [];
  for (let n = DECISIONS - 1; n >= 0 && found.length < count; n--) if (wanted(n)) found.push(idOf(n));
  return found;
};

const say = (n: number | undefined): string => `${Math.round(n ?? Number.NaN)} ms`;

/** Says what was measured, and that no step took longer than a step may: each in its best of a few tries. */
function within(t: TestContext, what: string, [steps, pace]: readonly [steps: readonly (readonly number[])[], pace: Pace]): void {
  const [all, best, limit] = [ascending(steps.flat()), ascending(steps.map((tries) => Math.min(...tries))), STEP * pace.factor];
  const measured = `${steps.length} steps, median ${say(middle(all))}, 95 % ${say(all[Math.floor(all.length * 0.95)])}, worst ${say(best.at(-1))}`;
  t.diagnostic(`${what}: ${measured}; limit ${STEP} ms, here ${say(limit)}: ${said(pace)}`);
  assert.ok(middle(all) <= limit && (best.at(-1) ?? Number.POSITIVE_INFINITY) <= limit, `${what}: ${best.slice(-10).map(say)}; ${said(pace)}`);
}

test("the first page can be used within 1.5 s, however long the log is", async (t) => {
  const { page, cdp } = await visit(t, "/");
  await cdp.send("Network.setCacheDisabled", { cacheDisabled: true });
  await page.addInitScript(() => {
    const look = (): void => {
      const numbers = [...document.querySelectorAll(".number-value")].map(({ textContent }) => textContent);
      if (numbers.length === 0 || numbers.includes("–") || document.querySelector(".latest .rows") === null) return void requestAnimationFrame(look);
      // The first moment at which a press would be answered at once.
      requestIdleCallback(() => Object.assign(window, { usable: performance.now() }));
    };
    requestAnimationFrame(look);
  });
  const [times, pace] = await paced(page, async () => {
    const all: number[] = [];
    for (let i = 0; i < 5; i++) {
      await page.goto(on.origin);
      await page.waitForFunction(() => "usable" in window);
      all.push(await page.evaluate(() => (window as unknown as { usable: number }).usable));
    }
    return all;
  });
  const measured = `usable after ${times.map(Math.round).join(", ")} ms; limit ${INTERACTIVE} ms, here ${say(INTERACTIVE * pace.factor)}: ${said(pace)}`;
  t.diagnostic(measured);
  assert.ok(middle(ascending(times)) <= INTERACTIVE * pace.factor, measured);
});

test("each page down shows the rows that follow within 200 ms, and no row is left out", async (t) => {
  const { page } = await activity(t);
  await page.locator(".list-pane").focus();
  const down = async (): Promise<number[][]> => {
    const steps: number[][] = [];
    for (let i = 0; i < 120; i++) steps.push([await stepOf(page, { to: "down" }, () => page.keyboard.press("PageDown"))]);
    return steps;
  };
  within(t, "page down", await paced(page, down));
  const drawn = await page.locator("tbody tr").count();
  assert.ok(drawn < 80, `${drawn} rows are drawn`);
  const ids = await page.locator("a[data-decision]").evaluateAll((links) => links.map(({ id }) => id));
  const from = DECISIONS - 1 - Number((await page.locator("tr[data-index]").first().getAttribute("data-index")) ?? "");
  assert.deepEqual(
    ids,
    ids.map((_, i) => `decision-${idOf(from - i)}`),
  );
});

test("one can go back through all 100,000 decisions to the first, and up again, within 200 ms a step", async (t) => {
  const { page, cdp } = await activity(t);
  await page.locator(".list-pane").focus();
  const before = await heapOf(cdp);
  const first = page.locator(`#decision-${idOf(0)}`);
  const back = async (): Promise<number[][]> => {
    const steps: number[][] = [];
    while ((await first.count()) === 0) steps.push([await stepOf(page, { to: "down" }, () => page.keyboard.press("End"))]);
    return steps;
  };
  within(t, "to the end of what is there", await paced(page, back));
  assert.equal(await page.locator("table.decisions").getAttribute("aria-rowcount"), String(DECISIONS + 1));
  const heap = ((await heapOf(cdp)) - before) / 2 ** 20;
  t.diagnostic(`${heap.toFixed(1)} MiB for all of them`);
  assert.ok(heap < 120, `${heap} MiB`);
  const jump = async (): Promise<number[][]> => {
    const steps: number[][] = [];
    for (let i = 0; i < 5; i++) {
      steps.push([await stepOf(page, { to: "up" }, () => page.keyboard.press("Home"))]);
      steps.push([await stepOf(page, { to: "down" }, () => page.keyboard.press("End"))]);
    }
    return steps;
  };
  within(t, "from one end to the other", await paced(page, jump));
});

test("each filter shows what it leaves of 100,000 decisions within 200 ms, with the keyboard alone", async (t) => {
  verifies("A-01");
  const { page } = await activity(t);
  const search = page.getByRole("searchbox");
  const type = async (text: string): Promise<void> => {
    await search.focus();
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type(text);
  };
  const choose = (name: string, value: string) => () => page.getByLabel(name, { exact: true }).selectOption(value);
  const fill = (name: string, text: string) => () => page.getByLabel(name, { exact: true }).fill(text);
  await page.getByRole("button", { name: "More filters" }).click();
  const all = newest(12, () => true);
  const refused = (n: number): boolean => n % REFUSED_EVERY === 3;
  const filters: readonly (readonly [what: string, first: readonly string[], act: () => Promise<unknown>])[] = [
    ["a word that few have", newest(20, (n) => n % RARE_EVERY === 0), () => type(RARE.toUpperCase())],
    ["a word that none has", [], () => type("nothing is called so")],
    ["the id of the oldest", [idOf(0)], () => type(idOf(0))],
    ["a reason", newest(12, refused), () => type("untrusted-recipient")],
    ["no word", all, () => type(" ").then(() => page.keyboard.press("Backspace"))],
    ["an effect", newest(12, refused), choose("Decision", "deny")],
    ["and an agent", newest(12, (n) => refused(n) && n % 5 === 1), fill("Agent", "billing")],
    ["and a tool", newest(12, (n) => refused(n) && n % 5 === 1 && n % 6 === 2), fill("Tool", "shop.refund")],
    ["and a kind of action of which there is none", [], choose("Action", "model.call")],
  ];
  const each = async (): Promise<number[][]> => {
    const steps: number[][] = filters.map(() => []);
    for (let round = 0; round < TRIES; round++) {
      for (const [i, [, first, act]] of filters.entries()) {
        const wanted: Wanted = { first };
        steps[i]?.push(await stepOf(page, wanted, act));
      }
      await page.getByRole("button", { name: "Clear filters" }).first().click();
      await page.locator(`#decision-${all[0]}`).waitFor();
    }
    for (const [i, [what]] of filters.entries()) t.diagnostic(`${what}: ${steps[i]?.map(say).join(", ")}`);
    return steps;
  };
  within(t, "filters", await paced(page, each));
});

const PER_SECOND = 200;

/** Decisions over the gateway's own API, evenly, until it is told to stop; says how many were made and within how many seconds. */
function stream(): { stop(): Promise<{ readonly made: number; readonly seconds: number }> } {
  const begun = performance.now();
  let [made, over] = [0, false];
  const ask = async (n: number): Promise<void> => {
    const response = await fetch(`${on.url}/api/v1/decide`, {
      method: "POST",
      headers: { authorization: `Bearer ${on.key?.text}`, "content-type": "application/json" },
      body: JSON.stringify({ action: { type: "tool.call", tool: n % 3 === 0 ? "crm.read_mail" : "crm.send_mail", args: { number: n } } }),
    });
    assert.ok([200, 403].includes(response.status), `${response.status}`);
    await response.arrayBuffer();
    made++;
  };
  const running = (async () => {
    const waiting = new Set<Promise<void>>();
    for (let n = 0; !over; ) {
      for (const due = ((performance.now() - begun) / 1000) * PER_SECOND; n < due; n++) {
        const one = ask(n).finally(() => waiting.delete(one));
        waiting.add(one);
      }
      await pause(10);
    }
    await Promise.all(waiting);
  })();
  return {
    async stop() {
      over = true;
      await running;
      return { made, seconds: (performance.now() - begun) / 1000 };
    },
  };
}

const WATCHED = 10_000;
/** Milliseconds on the page's thread after which a task counts as a long one. */
const LONG_TASK = 50;
/** The gaps between frames that are seen as a stutter, one of them and one in a hundred; where the machine had this much to spare. */
const [STUTTER, OFTEN, SPARE] = [100, 50, 0.1];
/** The share of its thread that a page may take: the other half is the person's, however slow the machine is. */
const BUSY = 0.5;

/** No task of the page holds up a frame; nor was a frame late in one of a few times at which the machine had a processor for it. */
async function smooth(t: TestContext, page: Page, what: string, look: () => Promise<Frames>): Promise<void> {
  let late: string | undefined;
  for (let i = 0; i < TRIES; i++) {
    const [{ gaps, moved, longest, busy, idle }, pace] = await paced(page, look);
    const [worst = 0, often = 0] = [gaps.at(-1), gaps[Math.floor(gaps.length * 0.99)]];
    const percent = (share: number): string => `${Math.round(share * 100)} %`;
    const [task, one, many] = [LONG_TASK, STUTTER, OFTEN].map((limit) => limit * pace.factor) as [number, number, number];
    const frames = `${gaps.length} frames, longest gap ${say(worst)} (${STUTTER}, here ${say(one)}), 99 % ${say(often)} (${OFTEN}, here ${say(many)})`;
    const measured = `longest task ${say(longest)} (${LONG_TASK}, here ${say(task)}), busy ${percent(busy)}, ${frames}, idle ${percent(idle)}; ${said(pace)}`;
    t.diagnostic(`${what}: ${measured}`);
    assert.equal(moved, 0, `${what}: something moved`);
    assert.ok(longest > 0 && longest <= task && busy < BUSY, `${what}: ${measured}`);
    if (worst <= one && often <= many) return;
    if (idle >= SPARE) late = measured;
  }
  assert.equal(late, undefined, `${what} stutters`);
}

test("200 decisions a second run in without a stutter: a list that is read does not move, one that is not is up to date, and neither grows", async (t) => {
  const { page, cdp } = await activity(t);
  const source = stream();
  t.after(() => source.stop());
  // One that is read: the cursor stands on the third row, the focus on the fourth.
  for (const _ of [1, 2, 3, 4]) await page.keyboard.press("j");
  const box = await page.locator("tr[data-index='2']").boundingBox();
  assert.ok(box !== null);
  const at = { x: box.x + 400, y: box.y + box.height / 2 };
  await page.mouse.move(at.x, at.y);
  await page
    .getByRole("button", { name: "100 new+" })
    .or(page.getByRole("button", { name: /^100 new/ }))
    .waitFor();
  const before = await heapOf(cdp);
  await smooth(t, page, "read", () => framesOf(home.browser, page, WATCHED, at));
  const read = ((await heapOf(cdp)) - before) / 2 ** 20;
  // One that nobody reads.
  await page.keyboard.press("n");
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.mouse.move(5, 5);
  await pause(1000);
  const middleOf = await heapOf(cdp);
  await smooth(t, page, "unread", () => framesOf(home.browser, page, WATCHED));
  const unread = ((await heapOf(cdp)) - middleOf) / 2 ** 20;
  t.diagnostic(`${read.toFixed(1)} and ${unread.toFixed(1)} MiB more in use`);
  assert.ok(read < 4 && unread < 4, `${read} and ${unread} MiB`);
  const { made, seconds } = await source.stop();
  t.diagnostic(`${made} decisions in ${seconds.toFixed(1)} s`);
  assert.ok(made >= 0.95 * PER_SECOND * seconds, `only ${made} in ${seconds} s`);
  const answer = await page.evaluate(async () => ((await (await fetch("/api/v1/audit?limit=1")).json()) as { decisions: { id: string }[] }).decisions[0]?.id);
  await page.waitForFunction((id) => document.querySelector("a[data-decision]")?.id === id, `decision-${answer}`);
});
