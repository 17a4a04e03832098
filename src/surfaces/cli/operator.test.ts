import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { operatorsOf } from "../api/operator.ts";
import { CHALLENGE, PROOF_PATH } from "../api/server-proof.ts";
import { usageOf, wordsOf } from "./language.ts";
import { reachIn, TOKEN_VARIABLE } from "./operator.ts";
import type { Terminal } from "./terminal.ts";

const LOCAL = `hfo_${"l".repeat(43)}`;
const OWN = `hfo_${"p".repeat(43)}`;

/** What listens where the file says; `proof` is what it says of a challenge. */
async function listening(
  proof: (challenge: string, port: number) => unknown,
  run: (terminal: Terminal, folder: string) => Promise<void>,
): Promise<IncomingMessage[]> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    const { [CHALLENGE]: challenge } = request.headers;
    const answer =
      request.url === PROOF_PATH ? { proof: proof(String(challenge), request.socket.localPort ?? 0) } : { url: "http://phish.test/login#x", paused: true };
    response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = await mkdtemp(join(tmpdir(), "holdfast-reach-"));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await writeFile(join(folder, "server.json"), JSON.stringify({ url, admin: url }));
    await writeFile(join(folder, "operator.token"), LOCAL);
    const quiet = new Writable({ write: (_chunk, _encoding, done) => done() });
    const world = { in: Readable.from([]), out: quiet, err: quiet, env: { [TOKEN_VARIABLE]: OWN }, cwd: folder, signal: new AbortController().signal };
    await run({ ...world, language: "en", usage: await usageOf("en"), words: await wordsOf("en") }, folder);
  } finally {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  }
  return asked;
}

test("whoever listens where a killed server was is sent no token, and nothing that it says is believed", async () => {
  verifies("C-12", "P-08");
  const before: string[] = [];
  const others = operatorsOf(OWN, () => []);
  const relayed = (challenge: string, port: number): string => operatorsOf(LOCAL, () => []).prove(challenge, port + 1);
  for (const proof of [() => undefined, () => "", (challenge: string) => challenge, others.prove, () => before[0], relayed]) {
    const asked = await listening(proof, async (terminal, folder) => {
      const server = await reachIn(terminal, folder);
      await assert.rejects(server.call("POST", "/api/v1/agents/a/pause", { reason: "it loops" }), /cannot show that it is the server/);
      await assert.rejects(server.login(), /cannot show that it is the server/);
    });
    assert.deepEqual([...new Set(asked.map(({ url }) => url))], [PROOF_PATH], "no more is asked");
    assert.ok(asked.every(({ headers }) => headers.authorization === undefined));
    assert.equal(new Set(asked.map(({ headers }) => headers[CHALLENGE])).size, asked.length, "each challenge is new");
    // What the true server once said is worth nothing later.
    before.push(operatorsOf(LOCAL, () => []).prove(String(asked[0]?.headers[CHALLENGE]), asked[0]?.socket.localPort ?? 0));
  }
});

test("the server that wrote the files shows that it is the one, and is asked", async () => {
  const asked = await listening(operatorsOf(LOCAL, () => []).prove, async (terminal, folder) => {
    const server = await reachIn(terminal, folder);
    assert.deepEqual(await server.call("GET", "/api/v1/agents"), { url: "http://phish.test/login#x", paused: true });
    assert.equal(await server.login(), "http://phish.test/login#x");
  });
  assert.deepEqual(asked.map(({ headers }) => headers.authorization).filter(Boolean), [`Bearer ${OWN}`, `Bearer ${OWN}`]);
});
