import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { formatFaults, readConfig } from "./index.ts";

const read = (undo: string) =>
  readConfig("holdfast.yaml", `tools:\n  crm:\n    tools:\n      create: { undo: ${undo} }\n`, { env: {}, readFile: () => Promise.reject(new Error("none")) });

test("how a tool is undone is read with its sources, and a constant may be written as it is", async () => {
  verifies("C-08");
  const loaded = await read(
    "{ call: crm.delete, args: { id: { from: result, path: /a~1b/0 }, all: { from: args, path: '' }, why: wrong, force: true, list: { value: [1] } } }",
  );
  assert.ok(loaded.ok);
  assert.deepEqual(loaded.config.tools["crm"]?.tools["create"]?.undo, {
    call: "crm.delete",
    args: {
      id: { from: "result", path: "/a~1b/0" },
      all: { from: "args", path: "" },
      why: { value: "wrong" },
      force: { value: true },
      list: { value: [1] },
    },
    timeout: 60_000,
  });
});

test("a request that undoes a tool is read with the places of its values, and its headers do not print", async () => {
  verifies("C-08");
  const loaded = await read(
    `{ http: { method: DELETE, url: "https://shop.example.com/orders/{order}?by={by}", headers: { authorization: "Bearer ${"s3cr"}et" }, body: { id: "{order}" } }, args: { order: { from: result, path: /id }, by: rollback } }`,
  );
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const undo = loaded.config.tools["crm"]?.tools["create"]?.undo;
  assert.ok(undo !== undefined && "http" in undo);
  assert.ok(!JSON.stringify(undo).includes("s3cret"));
  assert.equal(undo.http.headers["authorization"]?.reveal(), `Bearer ${"s3cr"}et`);
  assert.deepEqual([undo.http.accept, undo.http.addresses, undo.http.idempotency, undo.timeout], [[], [], undefined, 60_000]);
});

const request = (url: string, more = "") => `{ http: { method: DELETE, url: "${url}"${more} } }`;

for (const [wrong, undo] of [
  ["a call and a request", `{ call: crm.delete, http: { method: DELETE, url: "https://x.example/" } }`],
  ["neither of them", "{ timeout: 5s }"],
  ["a request that is not over TLS", request("http://x.example/")],
  ["a host with a place for a value", request("https://{host}.example/")],
  ["a host that a value could end", request("https://x.example{path}")],
  ["an address with a user", request("https://me@x.example/")],
  ["an address with a fragment", request("https://x.example/#a")],
  ["an address that leads upward", request("https://x.example/a/../b")],
  ["an address without its path", request("https://x.example")],
  ["a value that nobody gives", request("https://x.example/{order}")],
  ["a value in the body that nobody gives", request("https://x.example/", ', body: ["{order}"]')],
  ["a header that the request makes itself", request("https://x.example/", ", headers: { Host: y }")],
  ["a header that is none", request("https://x.example/", ', headers: { "a b": y }')],
  ["a header's value with a line break", request("https://x.example/", ', headers: { a: "b\\nc: d" }')],
  ["a method that reads", `{ http: { method: GET, url: "https://x.example/" } }`],
  ["a range that nothing opens", request("https://x.example/", ", addresses: [169.254.0.0/16]")],
  ["a tool without its server", "{ call: delete }"],
  ["a path that is no pointer", "{ call: crm.delete, args: { id: { from: result, path: id } } }"],
  ["an escape that JSON pointers do not have", "{ call: crm.delete, args: { id: { from: result, path: /a~2 } } }"],
  ["a source that is none", "{ call: crm.delete, args: { id: { from: mail, path: /id } } }"],
  ["a source and a constant", "{ call: crm.delete, args: { id: { from: result, path: /id, value: 1 } } }"],
  ["a list that does not say what it is", "{ call: crm.delete, args: { id: [1] } }"],
  ["a deadline that never comes", "{ call: crm.delete, timeout: 1h }"],
  ["a key that is not known", "{ call: crm.delete, arguments: {} }"],
] as const)
  test(`${wrong} is refused with its line`, async () => {
    const loaded = await read(undo);
    assert.ok(!loaded.ok);
    assert.match(formatFaults(loaded.faults), /holdfast\.yaml:4:/);
  });
