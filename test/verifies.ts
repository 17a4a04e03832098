import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const known = new Set<string>(
  (JSON.parse(readFileSync(new URL("../knowledge/requirements.json", import.meta.url), "utf8")) as { id: string }[]).map(({ id }) => id),
);

/**
 * Says which requirements the enclosing test shows. Called as the first line of a test's body with literal ids; `docs/coverage.md` is
 * generated from these calls, and an id that is not in `knowledge/requirements.json` fails the test.
 */
export function verifies(...ids: readonly string[]): void {
  for (const id of ids) assert.ok(isRequirement(id), `unknown requirement id \`${id}\``);
}

export const isRequirement = (id: string): boolean => known.has(id);
