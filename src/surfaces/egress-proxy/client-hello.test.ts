import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { connect } from "node:tls";
import fc from "fast-check";
import { verifies } from "../../../test/verifies.ts";
import { readHello } from "./client-hello.ts";

/** The first bytes of a real client. */
async function helloOf(options: object): Promise<Buffer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", ...options }).on("error", () => {});
  const [socket] = await once(server, "connection");
  const [bytes] = await once(socket, "data");
  client.destroy();
  socket.destroy();
  server.close();
  return bytes as Buffer;
}
/** The same message cut into records of this size. */
function inRecords(hello: Buffer, size: number): Buffer {
  const body = hello.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const piece = body.subarray(at, at + size);
    records.push(Buffer.from([22, 3, 1, piece.length >> 8, piece.length & 0xff]), piece);
  }
  return Buffer.concat(records);
}

test("the name is read from the hello of a real client, in one record or in several, and from no beginning of one", async () => {
  verifies("P-07");
  for (const options of [{ maxVersion: "TLSv1.2" }, { minVersion: "TLSv1.3" }]) {
    const hello = await helloOf({ servername: "API.example.test", ...options });
    assert.deepEqual(readHello(hello), { kind: "tls", name: "api.example.test" });
    assert.deepEqual(readHello(Buffer.concat([hello, Buffer.from("more")])), { kind: "tls", name: "api.example.test" });
    assert.deepEqual(readHello(inRecords(hello, 300)), { kind: "tls", name: "api.example.test" });
    assert.deepEqual(readHello(inRecords(hello, 1)), { kind: "not-tls" }, "nobody real writes so");
    for (let length = 0; length < hello.length; length++) assert.deepEqual(readHello(hello.subarray(0, length)), { kind: "more" }, `${length}`);
    assert.deepEqual(readHello(await helloOf({ ...options })), { kind: "tls" });
  }
});

test("what is not TLS is said to be none, and what says two names is none", async () => {
  for (const text of [
    "GET / HTTP/1.1\r\n\r\n",
    "SSH-2.0-OpenSSH\r\n",
    "\x80\x2e\x01\x03\x01",
    "\x15\x03\x01\x00\x02\x02\x28",
    "\x16\x02\x00",
    "\x16\x03\x01\x00\x00",
    "\x16\x03\x01\x00\x04\x02\x00\x00\x00",
  ])
    assert.equal(readHello(Buffer.from(text, "latin1")).kind, "not-tls", JSON.stringify(text));
  const hello = await helloOf({ servername: "one.test" });
  const at = hello.indexOf("one.test");
  // The list says that it holds more than its one name.
  const longer = Buffer.from(hello);
  longer.writeUInt16BE(longer.readUInt16BE(at - 2) - 1, at - 2);
  assert.equal(readHello(longer).kind, "not-tls");
  const odd = Buffer.from(hello);
  odd[at - 3] = 1;
  assert.equal(readHello(odd).kind, "not-tls", "a name of another kind");
});

test("no bytes make it throw, and changed ones never name what a client did not write", async () => {
  const hello = await helloOf({ servername: "one.test" });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(hello.length - 1), fc.nat(255)), { maxLength: 6 }), (changes) => {
      const changed = Buffer.from(hello);
      for (const [at, byte] of changes) changed[at] = byte;
      const read = readHello(changed);
      if (read.kind === "tls" && read.name !== undefined) assert.ok(changed.toString("latin1").toLowerCase().includes(read.name));
    }),
    { numRuns: 2_000 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void readHello(Buffer.from(bytes))));
});
