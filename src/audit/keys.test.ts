import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { codeOf } from "../core/errors.ts";
import { openKeys } from "./keys.ts";

const base = mkdtempSync(join(tmpdir(), "audit-keys-"));
after(() => rmSync(base, { recursive: true }));
const folder = (): string => mkdtempSync(join(base, "data-"));
const refused = (error: unknown): boolean =>
  codeOf(error) === "configuration" && error instanceof Error && !/[0-9a-f]{32}|[A-Za-z0-9+/]{30}/.test(error.message);

test("the first start makes the keys, secret ones for the owner only, and every other start finds the same", async () => {
  verifies("A-02");
  const path = folder();
  const made = await openKeys(path);
  const found = await openKeys(path);
  assert.equal(found.vkey, made.vkey);
  assert.equal(found.masking.pseudonym("anna"), made.masking.pseudonym("anna"));
  assert.equal(readFileSync(join(path, "audit.vkey"), "utf8"), `${made.vkey}\n`);
  assert.equal(statSync(join(path, "audit.key")).mode & 0o777, 0o600);
  assert.equal(statSync(join(path, "audit.mask")).mode & 0o777, 0o600);
  assert.notEqual((await openKeys(folder())).vkey, made.vkey);
});

test("a start that was cut short is finished by the next", async () => {
  const path = folder();
  const made = await openKeys(path);
  rmSync(join(path, "audit.vkey"));
  assert.equal((await openKeys(path)).vkey, made.vkey);
});

const broken: readonly (readonly [string, (path: string) => void])[] = [
  ["the signing key is missing", (path) => rmSync(join(path, "audit.key"))],
  ["the masking key is missing", (path) => rmSync(join(path, "audit.mask"))],
  ["the signing key can be read by others", (path) => chmodSync(join(path, "audit.key"), 0o640)],
  ["the masking key can be read by others", (path) => chmodSync(join(path, "audit.mask"), 0o604)],
  ["the public key is another one", (path) => writeFileSync(join(path, "audit.vkey"), "example.org/x+00000000+AAAA\n")],
  ["the signing key is damaged", (path) => writeFileSync(join(path, "audit.key"), `${readFileSync(join(path, "audit.key"), "utf8").slice(0, 60)}\n`)],
  ["the masking key is damaged", (path) => writeFileSync(join(path, "audit.mask"), "abc\n")],
];
for (const [what, damage] of broken) {
  test(`keys are not used, and not made anew in silence, where ${what}`, async () => {
    const path = folder();
    await openKeys(path);
    damage(path);
    await assert.rejects(openKeys(path), refused);
  });
}
