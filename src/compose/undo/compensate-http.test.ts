import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { readConfig } from "../../config/index.ts";
import { readySending } from "./compensate-http.ts";

const configOf = async (http: string) => {
  const yaml = `tools: { shop: { tools: { order: { undo: { http: ${http}, args: { id: { from: result, path: /id } } } } } } }`;
  const loaded = await readConfig("holdfast.yaml", yaml, { env: {}, readFile: () => Promise.reject(new Error("none")) });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return loaded.config;
};
const step = (tool: string, url: string, repeatable: boolean) => ({
  task: "TK-1",
  number: 1,
  request: "req_1",
  tool,
  at: 0,
  effect: "done" as const,
  undo: { call: "DELETE shop.example.com", args: { method: "DELETE", url }, timeout: 1_000, http: { repeatable } },
});
const asked: string[] = [];
const ready = async (http: string, tool = "shop.order", url = "https://shop.example.com/orders/7", repeatable = false) =>
  readySending({
    config: await configOf(http),
    step: step(tool, url, repeatable),
    principal: { agent: "clerk" },
    id: "req_2",
    surface: "rollback",
    clock: { now: () => 0 },
    resolve: async (name) => {
      asked.push(name);
      return ["192.0.2.9", "192.0.2.1"];
    },
  });

test("a request is sent only while the configuration names its method and host, and else no name is looked up", async () => {
  verifies("C-08");
  const sending = await ready(`{ method: DELETE, url: "https://shop.example.com/other/{id}" }`);
  assert.ok("request" in sending);
  assert.deepEqual(sending.request.action.args, {
    host: "shop.example.com",
    port: 443,
    method: "DELETE",
    path: "/orders/7",
    address: "192.0.2.1",
    others: ["192.0.2.9"],
  });
  assert.deepEqual(asked.splice(0), ["shop.example.com"]);
  for (const [http, tool, url] of [
    [`{ method: POST, url: "https://shop.example.com/orders/{id}" }`],
    [`{ method: DELETE, url: "https://other.example.com/orders/{id}" }`],
    [`{ method: DELETE, url: "https://shop.example.com:8443/orders/{id}" }`],
    [`{ method: DELETE, url: "https://shop.example.com/orders/{id}" }`, "shop.pay"],
    [`{ method: DELETE, url: "https://shop.example.com/orders/{id}" }`, "constructor.order"],
    [`{ method: DELETE, url: "https://shop.example.com/orders/{id}" }`, "shop.order", "https://shop.example.com.evil.example/orders/7"],
  ] as const)
    assert.deepEqual(
      await ready(http, tool, url),
      { refused: "the configuration does not say any more that it is undone by this request" },
      `${http} ${tool ?? ""} ${url ?? ""}`,
    );
  const plain = `{ method: DELETE, url: "https://shop.example.com/orders/{id}" }`;
  assert.deepEqual(await ready(plain, "shop.order", "https://shop.example.com/orders/7", true), {
    refused: "the configuration does not name a header any more by which its server tells a repetition",
  });
  assert.deepEqual(asked, []);
});
