import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Case, mismatch, parseTranscript } from "./transcript.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const BIN = fileURLToPath(new URL("../../bin/holdfast", import.meta.url));

for (const file of readdirSync(HERE).filter((name) => name.endsWith(".txt"))) {
  test(`transcript ${file}`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-transcript-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    for (const one of parseTranscript(readFileSync(join(HERE, file), "utf8"))) {
      await t.test(`${one.title} (line ${one.line})`, async () => {
        for (const { name, text } of one.files) writeFileSync(join(folder, name), text);
        const ran = await run(one, folder);
        const hide = (text: string): string => text.replaceAll(folder, "[folder]");
        const said = `\n--- standard output\n${hide(ran.stdout)}--- standard error\n${hide(ran.stderr)}`;
        assert.equal(ran.exit, one.exit, `exit code${said}`);
        for (const stream of ["stdout", "stderr"] as const) {
          const wrong = mismatch(one[stream], hide(ran[stream]));
          assert.equal(wrong, undefined, `${stream}: ${wrong}${said}`);
        }
      });
    }
  });
}

function run(one: Case, folder: string): Promise<{ exit: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const { PATH = "" } = process.env;
    // An empty home: no configuration of the person who runs the tests may be found.
    const child = spawn(BIN, one.argv, { cwd: folder, env: { PATH, HOME: folder, NO_COLOR: "1" } });
    const output = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) child[stream].setEncoding("utf8").on("data", (text: string) => (output[stream] += text));
    child.on("error", reject);
    child.on("close", (exit) => resolve({ exit, ...output }));
    // A verb that does not read its input closes it.
    child.stdin.on("error", () => {});
    child.stdin.end(one.stdin);
  });
}
