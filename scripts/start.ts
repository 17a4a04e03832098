/** `npm start`: builds the console if its sources are newer than what was built, then becomes `holdfast serve --init`. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { languageOf } from "../src/surfaces/cli/language.ts";
import { ROOT } from "./root.ts";

const WORDS = {
  en: {
    building: "building the console …",
    unbuilt: "the console could not be built",
    unstarted: (why: string) => `cannot start bin/holdfast: ${why}`,
  },
  de: {
    building: "Die Konsole wird gebaut …",
    unbuilt: "Die Konsole ließ sich nicht bauen",
    unstarted: (why: string) => `bin/holdfast lässt sich nicht starten: ${why}`,
  },
};
const words = WORDS[languageOf(process.argv.slice(2), process.env)];

const CONSOLE = join(ROOT, "console");
/** What the console is built from: its own sources, and the parts of Holdfast that it bundles. */
const FROM = ["console", "src/core", "src/detectors", "src/input", "src/output", "models/injection/weights.bin"].map((path) => join(ROOT, path));

if (newest(FROM) > newest([join(CONSOLE, "dist/index.html")])) {
  console.error(words.building);
  const built = spawnSync("vite", ["build", "--logLevel", "warn"], { cwd: CONSOLE, stdio: ["ignore", "inherit", "inherit"] });
  if (built.status !== 0) {
    console.error(words.unbuilt);
    process.exit(1);
  }
}

const server = spawn(join(ROOT, "bin/holdfast"), ["serve", "--init", ...process.argv.slice(2)], { stdio: "inherit" });
// The server drains its connections on these; it decides when this process ends.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void server.kill(signal));
server.on("error", (error) => {
  console.error(words.unstarted(error.message));
  process.exitCode = 1;
});
server.on("exit", (code) => {
  process.exitCode = code ?? 1;
});

/** The latest change below any of these paths, in milliseconds since the epoch; 0 where nothing is there. */
function newest(paths: readonly string[]): number {
  let latest = 0;
  for (const path of paths) {
    if (!existsSync(path)) continue;
    const stat = statSync(path);
    if (!stat.isDirectory()) latest = Math.max(latest, stat.mtimeMs);
    else
      latest = Math.max(
        latest,
        newest(
          readdirSync(path)
            .filter((name) => name !== "node_modules" && name !== "dist")
            .map((name) => join(path, name)),
        ),
      );
  }
  return latest;
}
