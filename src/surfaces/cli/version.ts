import { readFileSync } from "node:fs";

/** The version of this copy, as its package.json says. */
export const VERSION = versionOf(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));

function versionOf(packageJson: string): string {
  const parsed: unknown = JSON.parse(packageJson);
  return typeof parsed === "object" && parsed !== null && "version" in parsed && typeof parsed.version === "string" ? parsed.version : "0.0.0";
}
