import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { createTraffic, spend } from "./controls/traffic.ts";
import { hostFor } from "./egress.ts";
import { compilePolicy } from "./policy.ts";
import type { HostConfig } from "./policy-config.ts";

const entry = (host: string, more: Partial<HostConfig> = {}): HostConfig => ({ host, ports: [80, 443], addresses: [], tls: true, ...more });
const fits = (one: HostConfig, target: string): boolean => hostFor([one], target) !== undefined;

test("an entry names one host, or all below one, never a part of a name", () => {
  verifies("P-07");
  for (const target of ["GET a.test 80", "CONNECT a.test 443"]) assert.ok(fits(entry("a.test"), target), target);
  for (const target of ["GET a.test 81", "GET b.a.test 80", "GET xa.test 80", "GET a.test.b 80", "GET A.TEST 80", "GET a.test. 80", ""])
    assert.ok(!fits(entry("a.test"), target), target);
  for (const target of ["GET b.a.test 80", "GET c.b.a.test 80"]) assert.ok(fits(entry("*.a.test"), target), target);
  for (const target of ["GET a.test 80", "GET .a.test 80", "GET xa.test 80", "GET b.a.test.c 80"]) assert.ok(!fits(entry("*.a.test"), target), target);
  assert.ok(fits(entry("*"), "GET a.test 80"));
  for (const target of ["GET 1.1.1.1 80", "GET 2606:4700::1111 80"]) assert.ok(!fits(entry("*"), target), "a star is every name, and an address is none");
  assert.ok(fits(entry("2606:4700:0::1111"), "GET 2606:4700::1111 80"));
});

test("where methods are listed they are all there are, and a tunnel is one of them", () => {
  const reading = entry("a.test", { methods: ["GET", "HEAD"] });
  assert.ok(fits(reading, "GET a.test 80"));
  for (const target of ["POST a.test 80", "CONNECT a.test 443"]) assert.ok(!fits(reading, target), target);
  assert.ok(fits(entry("a.test"), "DELETE a.test 80"));
});

test("in no stretch of time is more carried than the limit, and it is free again when that has passed", () => {
  verifies("C-06");
  const [traffic, limit] = [createTraffic(), { bytes: 1_000, ms: 60_000, text: "1kb/min" }];
  const at = (now: number, bytes: number): boolean => spend("a", limit, traffic, bytes, now);
  assert.deepEqual([at(0, 600), at(30_000, 400), at(30_001, 1)], [true, true, false]);
  assert.equal(at(59_999, 1), false);
  assert.equal(at(62_000, 500), true, "the first slice has passed");
  assert.equal(at(62_001, 600), false);
  assert.equal(spend("b", limit, traffic, 1_000, 62_001), true, "each agent has its own");
});

test("what is allowed and perhaps not meant is said: everything, nothing, and most of what is not public", () => {
  const config = {
    models: {},
    tools: {},
    roles: { none: { read: [], write: [], deny: [] }, shut: { read: [], write: [], deny: ["net.connect"] } },
    agents: {
      a: {
        role: "none",
        models: [],
        egress: [entry("*"), entry("b.test", { methods: ["GET"], ports: [443] }), entry("c.test", { addresses: ["10.0.0.0/8", "0.0.0.0/0"] })],
        limits: { requests: { count: 1, ms: 1, text: "1" } },
      },
      b: { role: "shut", models: [], egress: [entry("a.test")], limits: { requests: { count: 1, ms: 1, text: "1" } } },
    },
    rules: [],
    flow: { mode: "enforce" },
    timezone: "UTC",
  } as const;
  const compiled = compilePolicy(config);
  assert.ok(compiled.ok);
  assert.deepEqual(
    compiled.notes.map(({ path, message }) => `${path.join("/")}: ${message}`),
    [
      "agents/a/egress/0: agent `a` may reach every public host",
      "agents/a/egress/1/methods: clients reach port 443 through a tunnel only, and `methods` has no `CONNECT`: nothing is reached",
      "agents/a/egress/2/addresses/1: `0.0.0.0/0` opens most of what is not public to `c.test`",
      "agents/b/egress: `egress` opens nothing: role `shut` blocks `net.connect`",
    ],
  );
});
