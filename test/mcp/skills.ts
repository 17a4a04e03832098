/** Skills for commands: what a test writes down itself, and what a call of one came to. */
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

/** The text of a result. */
export const said = (result: unknown): string => (result as { content: { text: string }[] }).content[0]?.text ?? "";
