import { spawnSync } from "node:child_process";
import { ROOT } from "./root.ts";

/** The commit that a figure is of, as a page names it; with a word where files differ from it. */
export function commit(): string {
  const git = (...args: string[]): string => spawnSync("git", args, { cwd: ROOT, encoding: "utf8" }).stdout.trim();
  return git("rev-parse", "--short=12", "HEAD") + (git("status", "--porcelain") === "" ? "" : " + changes");
}
