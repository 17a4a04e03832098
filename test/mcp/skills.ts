/** Skills for commands, written down by the test that calls them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

const folder = mkdtempSync(join(tmpdir(), "holdfast-skills-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Its path, as it stands in a configuration. */
export function skill(name: string, code: string): string {
  const path = join(folder, name);
  writeFileSync(path, code);
  return JSON.stringify(path);
}
