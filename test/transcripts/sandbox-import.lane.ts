import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { BIN } from "../serve.ts";
import { verifies } from "../verifies.ts";

test("settings of another sandbox are written as one of ours or not at all, and each line is answered for", { timeout: 60_000 }, () => {
  verifies("C-04");
  // Not in /tmp, of which a sandbox has one of its own.
  const folder = mkdtempSync("/var/tmp/holdfast-import-");
  for (const one of ["project", ".ssh"]) mkdirSync(join(folder, one));
  symlinkSync("../.ssh", join(folder, "project", "link"));
  const file = join(folder, "settings.json");
  const run = (settings: object, ...flags: readonly string[]) => {
    writeFileSync(file, JSON.stringify(settings));
    return spawnSync(BIN, ["sandbox", "import", file, "--cwd", join(folder, "project"), ...flags], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: folder },
    });
  };
  const web = run({ network: { allowedDomains: ["api.example.com:443"], deniedDomains: [] } });
  assert.deepEqual([web.stdout, web.status], ["sandbox:\n  driver: process\n  allow_hosts:\n    - host: api.example.com\n      ports:\n        - 443\n", 0]);
  assert.match(web.stderr, /^tighter +network\.allowedDomains\[0\]: /m);

  const writes = { filesystem: { allowWrite: ["."] } };
  const less = run(writes);
  assert.deepEqual([less.stdout, less.status], ["", 1]);
  assert.match(less.stderr, /^less +filesystem\.allowWrite: [\s\S]*--accept-less/m);
  assert.match(run(writes, "--accept-less").stdout, /write:\n {4}- .*\/project\n$/);

  // A link into what is denied is what it leads to.
  const hidden = run({ filesystem: { denyRead: ["~/.ssh/keys"], allowRead: ["link"] } }, "--accept-less");
  assert.deepEqual([hidden.stdout, hidden.status], ["", 1]);
  assert.match(hidden.stderr, /^refused +filesystem\.denyRead\[0\]: /m);
  const json = run({ newGuard: true }, "--json");
  assert.equal(json.status, 1);
  assert.deepEqual(Object.keys(JSON.parse(json.stdout)), ["ok", "lines"]);
  rmSync(folder, { recursive: true });
});
