import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { checkBind, isLoopback, namesFor, parseListen } from "./bind.ts";
import { knowsHost } from "./sanity.ts";

test("an address is read as it is written, and nothing else is one", () => {
  assert.deepEqual(parseListen("127.0.0.1:8787"), { host: "127.0.0.1", port: 8787 });
  assert.deepEqual(parseListen("[::1]:0"), { host: "::1", port: 0 });
  for (const bad of ["", "8787", "127.0.0.1", "127.0.0.1:99999", "http://127.0.0.1:1", "a b:1"])
    assert.throws(() => parseListen(bad), { code: "configuration" });
});

test("on loopback it just starts; elsewhere only with a key, and the admin address never", () => {
  verifies("G-01");
  for (const host of ["127.0.0.1", "127.8.8.8", "::1", "localhost"]) {
    checkBind({ host, port: 1 }, "server.listen", 0);
    checkBind({ host, port: 1 }, "server.admin", 0);
  }
  for (const host of ["0.0.0.0", "::", "10.0.0.1", "example.org", "127.0.0.1.evil.example", "::ffff:10.0.0.1"]) {
    assert.throws(
      () => checkBind({ host, port: 8787 }, "server.listen", 0),
      /`server\.listen` is `.*:8787`, which other machines can reach, and there is no key yet/,
    );
    checkBind({ host, port: 8787 }, "server.listen", 1);
    assert.throws(() => checkBind({ host, port: 8788 }, "server.admin", 5), /`server\.admin` is .* only listens on loopback/);
  }
  assert.equal(isLoopback("2130706433"), false);
});

test("a server goes by its loopback names, its own address and the names configuration adds", () => {
  const names = namesFor({ host: "0.0.0.0", port: 8787 }, ["Holdfast.example.org"])(8787);
  for (const host of ["127.0.0.1:8787", "localhost:1", "[::1]:8787", "HOLDFAST.example.org"]) assert.ok(knowsHost(names, host), host);
  for (const host of ["", "0.0.0.0", "evil.example", "holdfast.example.org.evil.example", "localhost@evil.example", "localhost:x"])
    assert.ok(!knowsHost(names, host), host);
  assert.ok(names.origins.includes("https://holdfast.example.org"));
  assert.ok(!names.origins.includes("http://127.0.0.1"));
});
