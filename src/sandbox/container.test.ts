/** What the driver `container` does where an engine cannot do its part. The engine is a small fake: a real one cannot be made to lack a limit. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { driver } from "./drivers/container.ts";
import { LIMITS } from "./index.ts";

test("an engine that cannot set one of the limits is given no container to make", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-engine-"));
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const answer = request.url?.endsWith("/info") === true ? { MemoryLimit: true, PidsLimit: false, CpuCfsQuota: true } : { Id: "an-id", Config: {} };
    response.writeHead(request.method === "POST" ? 201 : 200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  const socket = join(folder, "socket");
  await new Promise<void>((done) => server.listen(socket, done));
  const before = process.env["DOCKER_HOST"];
  process.env["DOCKER_HOST"] = `unix://${socket}`;
  t.after(async () => {
    if (before === undefined) delete process.env["DOCKER_HOST"];
    else process.env["DOCKER_HOST"] = before;
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    rmSync(folder, { recursive: true });
  });
  const cell = { command: ["true"], env: {}, read: [], write: [], limits: LIMITS, image: "some:1" };
  await assert.rejects(driver.prepare(cell), { code: "unavailable", message: /cannot limit: PidsLimit/ });
  assert.deepEqual(
    asked.filter((one) => one.includes("/containers/")),
    [],
  );
});
