/**
 * `npm run -s build:gateway [folder]`: the program as a package carries it, below `dist`. Node reads no types below `node_modules`, so a package runs JavaScript only.
 * Packages stay outside: what `npm audit` looks at is what runs. Nothing is minified, so that a stack trace can be read.
 */
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { type Plugin, rolldown } from "rolldown";
import { ROOT } from "./root.ts";

const SRC = join(ROOT, "src");
const OUT = process.argv[2] ?? join(ROOT, "dist");
/** The program, and each file that is started by its path: in a thread or a process of its own. */
const STARTED = [
  "surfaces/cli/main.ts",
  "stores/sqlite-thread.ts",
  "vault/webauthn-thread.ts",
  "input/larger/thread.ts",
  "sandbox/skill/thread.ts",
  "runner/starter.ts",
  "runner/process.ts",
].map((path) => join(SRC, path));
/** What is read as text, and runs in a sandbox or a machine, where types are taken away or read. */
const CARRIED = [
  "runner/forward.ts",
  ...["agent.pl", ...["packages", "kernel", "host", "firecracker", "frames", "files", "erofs"].map((name) => `${name}.ts`)].map((name) => `sandbox/vm/${name}`),
];

// A part of an earlier build would be packed with the new ones: their names say what is in them.
for (const path of [...STARTED.map((input) => relative(SRC, input)), ...CARRIED]) rmSync(join(OUT, dirname(path)), { recursive: true, force: true });
for (const input of STARTED) {
  const bundle = await rolldown({ input, cwd: ROOT, platform: "node", plugins: [ownPlace(input)], external: /^[^./]/ });
  await bundle.write({ dir: join(OUT, relative(SRC, dirname(input))), entryFileNames: `${basename(input, ".ts")}.js` });
}
for (const path of CARRIED) {
  mkdirSync(join(OUT, dirname(path)), { recursive: true });
  copyFileSync(join(SRC, path), join(OUT, path));
}

/** A module says where it lies (`import.meta`) as if it were a file of its own below `dist`: what it looks for beside itself is there. */
function ownPlace(entry: string): Plugin {
  return {
    name: "own-place",
    transform(code, id) {
      if (!id.startsWith(SRC) || !code.includes("import.meta")) return null;
      for (const [, path] of code.matchAll(/new URL\(`([^`$]+)\$\{extname/g))
        if (!STARTED.includes(join(dirname(id), `${path}.ts`))) throw new Error(`\`${path}\` is started by its path and not built`);
      const there = JSON.stringify(relative(dirname(entry), id).replace(/\.ts$/, ".js"));
      return code
        .replaceAll("import.meta.url", `new URL(${there}, import.meta.url).href`)
        .replaceAll("import.meta.dirname", `process.getBuiltinModule("node:path").join(import.meta.dirname, ${there}, "..")`);
    },
  };
}
