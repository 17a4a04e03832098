import assert from "node:assert/strict";
import { BlockList, isIP } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { verifies } from "../../test/verifies.ts";
import { bytesOf, isAddress, isNever, parseRange, sameAddress, standingOf } from "./address.ts";
import { isHostName } from "./host-name.ts";

const ranges = (...texts: readonly string[]) => texts.map((text) => parseRange(text)!);

test("an address is what Node takes for one, but for zones, and nothing that a resolver would repair", () => {
  const parts = fc.constantFrom("0", "1", "127", "255", "256", "01", "0x7f", "ffff", "fe80", "", ":", "::", ".", "1.2.3.4", "%lo", "g");
  const texts = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV4Extended(),
    fc.array(parts, { maxLength: 10 }).map((all) => all.join("")),
    fc.array(parts, { maxLength: 10 }).map((all) => all.join(":")),
  );
  fc.assert(
    fc.property(texts, (text) => assert.equal(isAddress(text), isIP(text) !== 0 && !text.includes("%"), text)),
    { numRuns: 3_000 },
  );
});

test("two forms of one address are one address, and a range holds what Node says that it holds", () => {
  assert.ok(sameAddress("2001:DB8::1", "2001:0db8:0:0:0:0:0:1"));
  assert.ok(sameAddress("::ffff:1.2.3.4", "::ffff:102:304"));
  assert.ok(!sameAddress("::ffff:1.2.3.4", "1.2.3.4"));
  assert.ok(!sameAddress("x", "x"));
  const cut = (text: string, bits: number): string => {
    const bytes = bytesOf(text)!.map((byte, at) => byte & (0xff << Math.min(8, Math.max(0, (at + 1) * 8 - bits))) & 0xff);
    return bytes.length === 4 ? bytes.join(".") : Array.from({ length: 8 }, (_, at) => ((bytes[at * 2]! << 8) | bytes[at * 2 + 1]!).toString(16)).join(":");
  };
  const cases = fc.oneof(fc.tuple(fc.ipV4(), fc.ipV4(), fc.nat(32)), fc.tuple(fc.ipV6(), fc.ipV6(), fc.nat(128)));
  fc.assert(
    fc.property(cases, ([base, address, bits]) => {
      const family = base.includes(":") ? "ipv6" : "ipv4";
      const list = new BlockList();
      list.addSubnet(cut(base, bits), bits, family);
      // Excepting a range opens exactly what is in it and never closed for good.
      const standing = standingOf(address);
      if (standing.ok || standing.never || /^64:ff9b:/i.test(address)) return;
      assert.equal(standingOf(address, ranges(`${cut(base, bits)}/${bits}`)).ok, list.check(address, family), `${address} in ${cut(base, bits)}/${bits}`);
    }),
    { numRuns: 3_000 },
  );
});

test("a range with bits behind its prefix is none: somebody meant another", () => {
  for (const text of ["10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/08", "10/8", "10.0.0.0/", "fd00::1/64", "::/129", "10.0.0.0/8/8", "", "name"])
    assert.equal(parseRange(text), undefined, text);
  for (const text of ["10.0.0.0/8", "0.0.0.0/0", "10.0.0.1", "fd00::/8", "::1", "::/0"]) assert.notEqual(parseRange(text), undefined, text);
});

test("what nothing opens stays closed whatever is excepted, and an exception of a translator opens nothing behind it", () => {
  verifies("P-07");
  const all = ranges("0.0.0.0/0", "::/0");
  for (const address of [
    "169.254.169.254",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "100.100.100.200",
    "::",
    "fe80::1",
    "ff02::1",
    "fd00:ec2::254",
  ])
    assert.equal(standingOf(address, all).ok, false, address);
  for (const address of ["::ffff:10.0.0.1", "::10.0.0.1", "2002:a00:1::", "2001:0:1::", "2606:4700::5efe:a00:1", "64:ff9b::a9fe:a9fe"])
    assert.equal(standingOf(address, all).ok, false, address);
  for (const address of ["127.0.0.1", "::1", "10.0.0.1", "fd12::1", "100.64.0.1", "64:ff9b::10.0.0.1"])
    assert.equal(standingOf(address, all).ok, true, address);
  const translator = ranges("64:ff9b::/96");
  assert.equal(standingOf("64:ff9b::1.1.1.1", translator).ok, true);
  assert.equal(standingOf("64:ff9b::10.0.0.1", translator).ok, false);
  for (const text of ["169.254.0.0/16", "169.254.169.254", "fe80::/64", "::ffff:0:0/96", "::ffff:10.0.0.0/104", "224.0.0.0/8", "0.0.0.0"])
    assert.ok(isNever(parseRange(text)!), text);
  for (const text of ["0.0.0.0/0", "::/0", "127.0.0.0/8", "::1", "10.0.0.0/8"]) assert.ok(!isNever(parseRange(text)!), text);
});

test("public addresses are public", () => {
  for (const address of [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "172.32.0.1",
    "172.15.0.1",
    "100.128.0.1",
    "192.0.1.1",
    "198.20.0.1",
    "2606:4700::1111",
    "2a00:1450:4001::200e",
    "2001:4860:4860::8888",
  ])
    assert.deepEqual(standingOf(address), { ok: true }, address);
});

test("a host's name has one form, and what could be an address is none", () => {
  for (const name of ["a", "a.b", "xn--nxasmq6b.test", "a_b.c-d.test", "1.a", "a1"]) assert.ok(isHostName(name), name);
  for (const name of [
    "",
    ".",
    "a.",
    ".a",
    "a..b",
    "A.b",
    "-a",
    "a-",
    "a b",
    "ä.de",
    "1",
    "a.1",
    "a.0x1",
    "127.1",
    "0x7f000001",
    "a".repeat(64),
    "a.".repeat(130),
  ])
    assert.ok(!isHostName(name), name);
});
