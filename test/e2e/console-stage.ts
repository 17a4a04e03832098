import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext } from "node:test";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { type Fixture, type FixtureOptions, fixture } from "../../console/dev/fixture.ts";
import { settings } from "../../console/dev/settings.ts";
import type { Clock } from "../../src/core/layers.ts";
import { consoleApp, operatorOf } from "../../src/surfaces/console/index.ts";
import { createSessions, type Sessions } from "../../src/vault/sessions.ts";

const BROWSERS = [process.env["HOLDFAST_CHROMIUM"] ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where a Chromium is, if this machine has one. */
const CHROMIUM = BROWSERS.find((path) => path !== "" && existsSync(path));

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // What a key scrolls to is there in one frame: a test measures the console, and not how Chromium likes to slide.
  "--disable-smooth-scrolling",
];

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timer: (ms, fire) => {
    const timer = setTimeout(fire, ms);
    return () => clearTimeout(timer);
  },
};

/** What all tests of one file share: a browser, and the folder of a console that was built for them. Both are gone after the last test. */
export interface House {
  readonly browser: Browser;
  readonly folder: string;
}

export async function house(): Promise<House> {
  const [dist, browser] = await Promise.all([builtConsole(), launch()]);
  after(async () => {
    await browser.close();
    dist.remove();
  });
  return { browser, folder: dist.folder };
}

/** A page in front of a stage for one test. By its end nothing may have gone wrong in the page but what was expected; then the stage goes too. */
export async function visited(
  t: TestContext,
  { browser }: House,
  on: Pick<Stage, "origin" | "close">,
  options: BrowserContextOptions,
  expected = /^$/,
): Promise<Watched> {
  const context = await browser.newContext(options);
  const seen = await watched(context, on.origin);
  t.after(async () => {
    await context.close();
    await on.close();
    assert.deepEqual(
      seen.problems.filter((problem) => !expected.test(problem)),
      [],
    );
    assert.deepEqual(seen.foreign, []);
  });
  return seen;
}

/** Builds the console once, into a folder of its own. */
async function builtConsole(): Promise<{ readonly folder: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-console-"));
  await build({ root: new URL("../../console", import.meta.url).pathname, logLevel: "error", build: { outDir: folder, emptyOutDir: true } });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Stage {
  readonly origin: string;
  readonly api: Fixture;
  readonly sessions: Sessions;
  /** A one-time login URL, as the terminal prints it. */
  loginUrl(): string;
  close(): Promise<void>;
}

/** The console's own server in front of the fixture's API, on a free port. */
export async function stage(
  dist: string,
  options: Pick<FixtureOptions, "seed" | "questions" | "policies" | "crew" | "rollbacks" | "incidents"> & { readonly settings?: "some" | "none" } = {},
): Promise<Stage> {
  const sessions = createSessions({ clock: systemClock, random: (bytes) => randomBytes(bytes) });
  let origin = "";
  const { settings: wanted, ...rest } = options;
  const own = wanted === undefined ? {} : { settings: await settings(sessions, () => Number(new URL(origin).port), wanted === "none") };
  const api = fixture({ ...rest, ...own, baseUrl: () => origin, operator: (cookie) => operatorOf(sessions, cookie) });
  const app = new Hono();
  app.route("/", consoleApp({ dist, sessions, knowsHost: (host) => `http://${host.replace("localhost", "127.0.0.1")}` === origin, now: Date.now }));
  app.route("/", api.app);
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  await new Promise((listening) => server.once("listening", listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    api,
    sessions,
    loginUrl: () => `${origin}/login#${sessions.mint({ name: "robin" })}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}

export function launch(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error("no Chromium on this machine: install it, or say where it is in HOLDFAST_CHROMIUM");
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
}

/** Resolves once an open dialog can be seen: React Aria waits for the keyboard of a telephone before it draws one. */
export async function drawn(page: Page): Promise<void> {
  await page.locator("[role=dialog]").waitFor();
  await page.waitForFunction(() => {
    const overlay = document.querySelector(".overlay");
    return overlay !== null && getComputedStyle(overlay).opacity === "1";
  });
}

/** What a page must never do; each is collected, so that a test can say that there was none. */
export interface Watched {
  readonly page: Page;
  readonly problems: readonly string[];
  readonly foreign: readonly string[];
}

/** A page that notes every dialog, console error, policy violation and request to another origin. */
export async function watched(context: BrowserContext, origin: string): Promise<Watched> {
  const problems: string[] = [];
  const foreign: string[] = [];
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on("dialog", (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    // A 401 before the login is what the page asks for; the browser logs it all the same.
    if (message.type() === "error" && !/status of 401/.test(message.text())) problems.push(`console: ${message.text()}`);
    if (message.type() === "warning" && /polic|trusted/i.test(message.text())) problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/`) && !/^(data|blob):/.test(request.url())) foreign.push(request.url());
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => console.error(`violation of ${event.violatedDirective}: ${event.blockedURI}`));
  });
  return { page, problems, foreign };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "EN-301-549", "best-practice"];

/** What axe finds on the page as it stands. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async (tags) => {
    const axe = (
      window as unknown as { axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> } }
    ).axe;
    const { violations } = await axe.run({ runOnly: tags, resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`));
  }, TAGS);
}

/** Wider than the window means that something is cut off or has to be pushed sideways (WCAG 1.4.10). */
export const overflow = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

/** The rows of the page of questions. */
export const rows = (page: Page) => page.locator(".questions a.row-link");
export const dialog = (page: Page) => page.getByRole("dialog");
