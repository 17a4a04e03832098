/** Every detector file with what it exports. */
import { globSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/root.ts";
import type { Detector } from "../../src/core/detector.ts";

const FOLDER = join(ROOT, "src/detectors");

/** What a file exports: a detector, a list of them, or the keys of providers. */
function exportedBy(value: unknown): readonly Detector[] {
  if (Array.isArray(value)) return value.flatMap(exportedBy);
  if (typeof value !== "object" || value === null) return [];
  if ("keys" in value && Array.isArray(value.keys)) return exportedBy(value.keys);
  return "detect" in value && "id" in value ? [value as Detector] : [];
}

/** By file, what it brings. */
export const shipped = new Map<string, readonly Detector[]>();
for (const file of globSync("*/**/*.ts", { cwd: FOLDER }).filter((name) => !name.endsWith(".test.ts") && !name.endsWith("index.ts"))) {
  shipped.set(file, Object.values((await import(join(FOLDER, file))) as object).flatMap(exportedBy));
}
/** Those that share a maker with others. */
export const rows: ReadonlySet<Detector> = new Set([...shipped.values()].filter((list) => list.length > 1).flat());
