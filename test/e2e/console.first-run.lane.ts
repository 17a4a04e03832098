/** The first two minutes with the product itself: what `npm start` runs, in an empty folder, without a key of anybody's, and then clicks alone. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { ROOT } from "../../scripts/root.ts";
import { starterConfig } from "../../src/config/index.ts";
import { verifies } from "../verifies.ts";
import { launch, violations, watched } from "./console-stage.ts";

const LIMIT_MS = 120_000;

test("from `npm start` to an attack that was seen being blocked, by clicks alone, within two minutes; then a key, a client and the first rule", {
  timeout: 240_000,
}, async (t) => {
  verifies("M-03", "P-08");
  const folder = mkdtempSync(join(tmpdir(), "holdfast-first-"));
  // Any free port in place of the usual one, so that this can run beside another.
  writeFileSync(join(folder, "holdfast.yaml"), starterConfig.replace("127.0.0.1:8787", "127.0.0.1:0").replace("127.0.0.1:8788", "127.0.0.1:0"));
  const began = performance.now();
  const started = spawn(process.execPath, [join(ROOT, "scripts/start.ts"), "--json"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  const gone = new Promise((resolve) => started.once("exit", resolve));
  const browser = await launch();
  t.after(async () => {
    await browser.close();
    started.kill("SIGTERM");
    await gone;
    rmSync(folder, { recursive: true, force: true });
  });
  const { url, login } = await new Promise<{ readonly url: string; readonly login: string }>((resolve, reject) => {
    createInterface({ input: started.stdout }).once("line", (line) => resolve(JSON.parse(line)));
    void gone.then((code) => reject(new Error(`ended with ${code}`)));
  });
  const { page, problems, foreign } = await watched(await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB" }), url);
  await page.goto(login);
  await page.getByText("0 of 4 done").waitFor();
  await page.getByRole("button", { name: "Send the attack" }).click();
  const blocked = page.locator(".first-steps .rows").getByRole("link", { name: /Denied.*mail/ });
  await blocked.first().waitFor();
  const took = performance.now() - began;
  assert.ok(took < LIMIT_MS, `it took ${Math.round(took / 1000)} s`);

  await page.getByRole("button", { name: "Make a key for default and fill it in" }).click();
  await page.getByText("A new key for default stands above.").waitFor();
  await page.getByRole("tab", { name: "curl" }).click();
  const code = await page.getByRole("tabpanel", { name: "curl" }).locator(".code").innerText();
  const [, key = ""] = /Bearer (hf_[\w-]+)"/.exec(code) ?? [];
  assert.deepEqual(await violations(page), []);
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: /-d '(.+)'/.exec(code)?.[1] ?? "",
  });
  assert.equal(answer.status, 200);

  await page.getByRole("link", { name: "Go to the rules" }).click();
  await page.getByRole("button", { name: "Switch to enforcing: message-outside, in the draft" }).click();
  await page.getByText("The draft below has message-outside in the other mode.").waitFor();
  await page.getByRole("button", { name: "Save …" }).click();
  await page.getByRole("dialog").getByLabel("Why").fill("it was watched for long enough");
  await page.getByRole("button", { name: "Save and put in force" }).click();
  await page.getByText("Saved, and in force.").waitFor();
  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByText("4 of 4 done").waitFor();
  assert.doesNotMatch(await page.innerText("body"), /hf_[\w-]{20}/, "the key is gone with the page on which it stood");
  assert.deepEqual([problems, foreign], [[], []]);
});
