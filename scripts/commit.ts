import { spawnSync } from "node:child_process";
import { ROOT } from "./root.ts";

/** The commit that figures are of, as a page names it; with a word where files differ from it. What a run writes of its own figures is no difference. */
export function commit(): string {
  const git = (...args: string[]): string => spawnSync("git", args, { cwd: ROOT, encoding: "utf8" }).stdout?.trim() ?? "";
  const changed = git("status", "--porcelain", "--", ".", ":!docs/eval", ":!docs/bench") !== "";
  return git("rev-parse", "--short=12", "HEAD") + (changed ? " + changes" : "");
}
