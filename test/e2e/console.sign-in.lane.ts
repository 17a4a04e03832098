import assert from "node:assert/strict";
import { after, test } from "node:test";
import { provider } from "../sign-in/provider.ts";
import { freePort, house as served } from "../sign-in/rig.ts";
import { house, overflow, violations, watched } from "./console-stage.ts";

const home = await house();
const port = await freePort();
const idp = await provider(`http://127.0.0.1:${port}/sign-in/callback`);
const holdfast = await served(port, idp.issuer, {}, home.folder);
after(async () => {
  await holdfast.close();
  await idp.close();
});

const SIZES = { phone: { width: 360, height: 780 }, desktop: { width: 1440, height: 900 } } as const;
const TEXT = {
  en: {
    title: "Log in to Holdfast",
    button: "Sign in with Example",
    unverified: "Example does not vouch for your e-mail address.",
    menu: "Menu of anna",
    out: "Log out",
  },
  de: {
    title: "Bei Holdfast anmelden",
    button: "Mit Example anmelden",
    unverified: "Example bürgt nicht für Ihre E-Mail-Adresse.",
    menu: "Menü von anna",
    out: "Abmelden",
  },
} as const;

for (const language of ["en", "de"] as const) {
  test(`who wants a page signs in at the provider and lands on it, by keyboard alone, and out again: ${language}`, async (t) => {
    const text = TEXT[language];
    const context = await home.browser.newContext({ viewport: SIZES.desktop, locale: language === "de" ? "de-DE" : "en-GB", reducedMotion: "reduce" });
    t.after(() => context.close());
    const { page, problems, foreign } = await watched(context, holdfast.url);
    const check = async (what: string): Promise<void> => {
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport);
        for (const colorScheme of ["dark", "light"] as const) {
          await page.emulateMedia({ colorScheme });
          assert.deepEqual(await violations(page), [], `${what}, ${size}, ${colorScheme}`);
          assert.ok((await overflow(page)) <= 0, `${what}, ${size}: wider than the window`);
        }
      }
    };
    const toProvider = async (name: string): Promise<void> => {
      const link = page.getByRole("link", { name: text.button });
      await link.waitFor();
      await page.keyboard.press("Tab");
      assert.equal(await link.evaluate((element) => element === document.activeElement), true, "it is the first thing that the keyboard reaches");
      await page.keyboard.press("Enter");
      await page.getByRole("textbox", { name: "Name" }).waitFor();
      await page.keyboard.type(name);
      await page.keyboard.press("Enter");
    };
    await page.goto(`${holdfast.url}/approvals?show=decided`);
    await page.getByRole("heading", { name: text.title }).waitFor();
    await toProvider("ben");
    await page.getByText(text.unverified).waitFor();
    assert.equal(page.url(), `${holdfast.url}/login?to=%2Fapprovals%3Fshow%3Ddecided`);
    await check("the way in, and why nobody came in");
    // At the provider he is still signed in: he has to be somebody else there.
    await context.clearCookies({ name: /^_[a-z]/ });
    await toProvider("anna");
    await page.getByRole("button", { name: text.menu }).waitFor();
    assert.equal(page.url(), `${holdfast.url}/approvals?show=decided`);
    assert.equal(await page.evaluate(() => document.cookie), "");
    const cookies = (await context.cookies(holdfast.url)).filter(({ name }) => name.includes("holdfast"));
    assert.deepEqual(
      cookies.map(({ name, sameSite, httpOnly, secure }) => [name, sameSite, httpOnly, secure]),
      [["__Host-holdfast", "Strict", true, true]],
    );
    await page.getByRole("button", { name: text.menu }).click();
    await page.getByRole("menuitem", { name: text.out }).click();
    await page.getByRole("link", { name: text.button }).waitFor();
    assert.deepEqual(problems, []);
    assert.deepEqual(
      foreign.filter((address) => !address.startsWith(`${idp.issuer}/`)),
      [],
    );
  });
}
