import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../bin/holdfast", import.meta.url));

/** A copy of the launcher in a tree of its own, and a folder with the few programs it may use. */
function place(t: TestContext): { root: string; bin: string; tools: string; node(version: string, at: string): void; write(path: string, text: string): void } {
  const root = mkdtempSync(join(tmpdir(), "holdfast-launcher-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  mkdirSync(join(root, "bin"));
  mkdirSync(join(root, "tools"));
  copyFileSync(BIN, join(root, "bin/holdfast"));
  for (const tool of ["sh", "dirname", "readlink"])
    symlinkSync(spawnSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).stdout.trim(), join(root, "tools", tool));
  return {
    root,
    bin: join(root, "bin/holdfast"),
    tools: join(root, "tools"),
    write,
    node(version, at) {
      write(at, `#!/bin/sh\n[ "$1" = --version ] && echo v${version} && exit\necho "node ${version}: $*"\n`);
      chmodSync(join(root, at), 0o755);
    },
  };
}

const run = (command: string, path: string, args: readonly string[] = ["x"]) => spawnSync(command, args, { encoding: "utf8", env: { PATH: path } });

test("without any Node it says so and what to do", (t) => {
  const { bin, tools, write } = place(t);
  write("src/surfaces/cli/main.ts", "");
  const { status, stderr, stdout } = run(bin, tools);
  assert.deepEqual([status, stdout], [1, ""]);
  assert.match(stderr, /^holdfast: needs Node 24\.16 or later, found none\n {2}run `npm ci` in .*: it also brings the right Node\n$/);
});

test("with only an old Node it names that one", (t) => {
  const { bin, tools, node } = place(t);
  node("20.20.2", "tools/node");
  const { status, stderr } = run(bin, tools);
  assert.equal(status, 1);
  assert.match(stderr, /needs Node 24\.16 or later, found only 20\.20\.2 \(.*tools\/node\)\n {2}install Node 24\.16/);
});

test("the checkout's own Node goes before the one in PATH, and a new enough one of PATH before none", (t) => {
  const { root, bin, tools, node, write } = place(t);
  write("src/surfaces/cli/main.ts", "");
  mkdirSync(join(root, "node_modules/commander"), { recursive: true });
  const cases = [
    ["26.10.0", "30.0.0", "26.10.0"],
    ["24.15.9", "24.16.0", "24.16.0"],
    ["24.16.0", "26.0.0", "24.16.0"],
    ["nonsense", "25.0.0", "25.0.0"],
  ] as const;
  for (const [own, inPath, taken] of cases) {
    node(own, "node_modules/.bin/node");
    node(inPath, "tools/node");
    assert.match(run(bin, tools, ["serve", "a b"]).stdout, new RegExp(`^node ${taken}: .*/src/surfaces/cli/main\\.ts serve a b\n$`));
  }
});

test("a checkout without its dependencies, and a package without its program, say so", (t) => {
  const { bin, tools, node, write } = place(t);
  node("26.10.0", "tools/node");
  assert.match(run(bin, tools).stderr, /this copy of Holdfast is not complete: `.*\/dist\/surfaces\/cli\/main\.js` is missing/);
  write("src/surfaces/cli/main.ts", "");
  assert.match(run(bin, tools).stderr, /its dependencies are not installed\n {2}run `npm ci`/);
});

test("it is found through any chain of links, and a circle is told", (t) => {
  const { root, bin, tools, node, write } = place(t);
  node("26.10.0", "tools/node");
  write("dist/surfaces/cli/main.js", "");
  mkdirSync(join(root, "a/b"), { recursive: true });
  symlinkSync("../../bin/holdfast", join(root, "a/b/one"));
  symlinkSync(join(root, "a/b/one"), join(root, "two"));
  assert.match(run(join(root, "two"), tools).stdout, /^node 26\.10\.0: .*\/dist\/surfaces\/cli\/main\.js x\n$/);
  assert.match(run("sh", tools, [join(root, "a/b/one"), "y"]).stdout, / y\n$/);
  assert.equal(run(bin, tools).status, 0);
});

test("signals and the exit code are the program's own", async (t) => {
  const { bin, write, root } = place(t);
  write("package.json", '{"type":"module"}');
  write("dist/surfaces/cli/main.js", 'process.on("SIGTERM", () => process.exit(42)); setInterval(() => {}, 1000); console.log("up");');
  const child = spawn(bin, [], { env: { PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter) }, cwd: root });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  child.kill("SIGTERM");
  assert.equal(await new Promise((resolve) => child.once("exit", resolve)), 42);
});
