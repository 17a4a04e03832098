/**
 * `npm run -s build:gateway [folder]`: the program as a package carries it, below `dist`. Node reads no types below `node_modules`, so a package runs JavaScript only.
 * Packages stay outside: what `npm audit` looks at is what runs. Nothing is minified, so that a stack trace can be read.
 */
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { type Plugin, rolldown } from "rolldown";
import { OWN } from "../src/sandbox/vm/kept.ts";
import { ROOT } from "./root.ts";

const SRC = join(ROOT, "src");
const OUT = process.argv[2] ?? join(ROOT, "dist");
/** The program, and each file that one of these starts by its path, in a thread or a process of its own: found while they are read. */
const started = new Set([join(SRC, "surfaces/cli/main.ts")]);
/** What is read as text, and runs in a sandbox or a machine, where types are taken away or read; found in the same way, but for the machine's. */
const carried = new Set(OWN.map((name) => join(SRC, "sandbox/vm", name)));

const emptied = new Set<string>();
for (const input of started) {
  const bundle = await rolldown({ input, cwd: ROOT, platform: "node", plugins: [ownPlace(input)], external: /^[^./]/ });
  await bundle.write({ dir: placeOf(input), entryFileNames: `${basename(input, ".ts")}.js` });
}
for (const path of carried) copyFileSync(path, join(placeOf(path), basename(path)));

/** Its folder below `dist`. A part of an earlier build would be packed with the new ones: their names say what is in them. */
function placeOf(path: string): string {
  const folder = join(OUT, relative(SRC, dirname(path)));
  if (!emptied.has(folder)) rmSync(folder, { recursive: true, force: true });
  emptied.add(folder);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A module says where it lies (`import.meta`) as if it were a file of its own below `dist`: what it looks for beside itself is there. */
function ownPlace(entry: string): Plugin {
  return {
    name: "own-place",
    transform(code, id) {
      if (!id.startsWith(SRC) || !code.includes("import.meta")) return null;
      const starts = [...code.matchAll(/new URL\(\s*`([^`$]+)\$\{extname\(import\.meta\.url\)\}`/g)];
      const reads = [...code.matchAll(/import\.meta\.dirname,\s*"([^"]+\.ts)"/g)];
      // One that is written otherwise would be missed here, and missing only where the package runs.
      if (starts.length !== code.split("extname(import.meta").length - 1 || /\.ts["'`]\s*,\s*import\.meta/.test(code))
        throw new Error(`\`${relative(SRC, id)}\` names a file beside it in a way that is not known here`);
      for (const [, path] of starts) started.add(join(dirname(id), `${path}.ts`));
      for (const [, path = ""] of reads) carried.add(join(dirname(id), path));
      const there = JSON.stringify(relative(dirname(entry), id).replace(/\.ts$/, ".js"));
      return code
        .replaceAll("import.meta.url", `new URL(${there}, import.meta.url).href`)
        .replaceAll("import.meta.dirname", `process.getBuiltinModule("node:path").join(import.meta.dirname, ${there}, "..")`);
    },
  };
}
