import assert from "node:assert/strict";
import { test } from "node:test";
import { requestTarget, tunnelTarget } from "./target.ts";

test("an address is decided about in one form, however a client writes it", () => {
  for (const [written, host] of [
    ["[2606:4700::1111]", "2606:4700::1111"],
    ["[2606:4700:0:0:0:0:0:1111]", "2606:4700::1111"],
    ["[2606:4700:0000::0.0.17.17]", "2606:4700::1111"],
    ["[2606:4700:0:0::1111]", "2606:4700::1111"],
    ["[2001:DB8:0:1:1:1:1:1]", "2001:db8:0:1:1:1:1:1"],
    ["[::FFFF:127.0.0.1]", "::ffff:7f00:1"],
    ["[0::1]", "::1"],
    ["1.1.1.1", "1.1.1.1"],
  ] as const) {
    assert.equal(tunnelTarget({ url: `${written}:443` }).host, host, written);
    assert.equal(requestTarget({ url: `http://${written}/`, method: "GET", headers: { host: written } }).host, host, written);
  }
});
