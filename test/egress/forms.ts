/**
 * Forms in which attackers write an address that they must not reach: one way or another each means this machine, its network, or the place
 * where a cloud keeps credentials. `NAMES` are what a name server answers for names that are allowed.
 */
const LOOPBACK = ["127.0.0.1", "127.0.0.2", "127.1", "127.0.1", "127.255.255.254", "0", "0.0.0.0", "0.0.0.1", "0.1.2.3"];
const OTHER_BASES = [
  "2130706433", // decimal
  "4294967295",
  "02130706433",
  "017700000001", // octal
  "0177.0.0.1",
  "0177.0.0.01",
  "00177.0000.0000.0001",
  "0x7f000001", // hexadecimal
  "0x7f.0.0.1",
  "0x7f.0x0.0x0.0x1",
  "0x7F.1",
  "0X7F000001",
  "0x7f.1",
  "127.0x0.01.1",
  "127.000.000.001",
  "0127.0.0.1",
  "127.0.0.1.", // a dot at the end
  "127.0.0.1..",
  "127..0.0.1",
  "127.0.0",
  "127.0.0.1.1",
  "127.0.0.256",
  "383.0.0.1", // wraps round
  "1.1.1.257",
  "169.254.43518",
  "0xa9fea9fe", // 169.254.169.254
  "2852039166",
  "0251.0376.0251.0376",
  "025177524776",
  "0xa9.0xfe.0xa9.0xfe",
  "0xa9.254.0251.254",
  "0xac100001",
  "3232235521", // 192.168.0.1
  "0300.0250.0.1",
  "0x0a.0.0.1",
  "10.1",
  "012.1.1.1",
];
const PRIVATE = [
  "10.0.0.1",
  "10.255.255.255",
  "172.16.0.1",
  "172.31.255.254",
  "192.168.0.1",
  "192.168.255.255",
  "100.64.0.1",
  "100.127.255.254",
  "192.0.0.1",
  "192.0.0.170",
  "192.0.2.1",
  "198.51.100.7",
  "203.0.113.9",
  "198.18.0.1",
  "198.19.255.255",
  "192.88.99.1",
  "240.0.0.1",
  "254.1.1.1",
];
const METADATA = ["169.254.169.254", "169.254.170.2", "169.254.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192"];
const MULTICAST = ["224.0.0.1", "239.255.255.250", "232.1.1.1", "255.255.255.255"];
const SIX = [
  "::1",
  "::",
  "0:0:0:0:0:0:0:1",
  "0000:0000:0000:0000:0000:0000:0000:0001",
  "::0001",
  "0::1",
  "::2",
  "fe80::1", // of the link
  "febf::1",
  "fec0::1", // of the site
  "fc00::1",
  "fd00::1",
  "fd12:3456:789a::1",
  "fdff:ffff:ffff:ffff::1",
  "fd00:ec2::254", // where a cloud keeps credentials
  "fd20:ce::254",
  "ff00::1", // to many
  "ff02::1",
  "ff05::2",
  "ff0e::1",
  "100::1", // discarded
  "100:0:0:1::1",
  "5f00::1",
  "3fff::1",
  "2001:db8::1",
  "2001:2::1",
  "2001:10::1",
  "2001:20::1",
  "2001:1::1",
  "3ffe::1",
  "4000::1",
  "e000::1",
];
const MAPPED = [
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::FFFF:127.0.0.1",
  "0:0:0:0:0:ffff:127.0.0.1",
  "::ffff:10.0.0.1",
  "::ffff:c0a8:1",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "::ffff:0.0.0.0",
  "::ffff:1.1.1.1",
  "::127.0.0.1", // compatible
  "::7f00:1",
  "::a9fe:a9fe",
  "::10.0.0.1",
  "::ffff:0:127.0.0.1", // translated
  "::ffff:0:a9fe:a9fe",
  "64:ff9b::127.0.0.1", // NAT64
  "64:ff9b::7f00:1",
  "64:ff9b::10.0.0.1",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b::c0a8:101",
  "64:ff9b:1::127.0.0.1",
  "64:ff9b:1::a9fe:a9fe",
  "64:ff9b:1:ffff::10.0.0.1",
  "2002:7f00:1::", // 6to4
  "2002:7f00:1::1",
  "2002:a9fe:a9fe::",
  "2002:c0a8:101::1",
  "2002:a00:1::1",
  "2001:0:7f00:1::", // Teredo
  "2001:0:4136:e378:8000:63bf:80ff:fffe",
  "2001::1",
  "fe80::5efe:127.0.0.1", // ISATAP
  "2606:4700::5efe:7f00:1",
  "2606:4700::5efe:169.254.169.254",
  "2606:4700::200:5efe:10.0.0.1",
  "2606:4700:0:1:200:5efe:c0a8:101",
];

const FOUR = [...PRIVATE, ...METADATA, ...MULTICAST];
const KEEPS = ["127.0.0.1", "10.0.0.1", "169.254.169.254"];

/** As the host of a URL, `[…]` for IPv6. */
export const HOSTS: readonly string[] = [
  ...LOOPBACK,
  ...OTHER_BASES,
  ...FOUR,
  ...[...SIX, ...MAPPED].map((address) => `[${address}]`),
  // Zones, and what is no address in brackets.
  ...["[fe80::1%lo]", "[fe80::1%25lo]", "[::1%251]", "[127.0.0.1]", "[::ffff:127.1]", "[::1", "::1]", "[[::1]]", "[v1.127.0.0.1]", "[]", "[::1]x"],
  // Names of this machine and of clouds.
  ...["localhost", "LOCALHOST", "localhost.", "localhost.localdomain", "a.localhost", "ip6-localhost", "metadata.google.internal", "metadata", "instance-data"],
  // Names that a service makes of an address: not listed.
  ...["127.0.0.1.nip.io", "7f000001.nip.io", "localtest.me", "169.254.169.254.sslip.io"],
  // Digits and dots that are not ASCII, some of which become ASCII when a name is normalised.
  ...["１２７.0.0.1", "①②⑦.⓪.⓪.①", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "lоcalhost", "local­host", "loc​alhost", "127.0.0.①", "K8s.local"],
  // What one reader takes for a user name, a path or a fragment, and another for the host.
  ...["allowed.test@127.0.0.1", "allowed.test:80@127.0.0.1", "127.0.0.1@allowed.test", "allowed.test%40127.0.0.1", "127.0.0.1%2f@allowed.test"],
  ...["allowed.test#@127.0.0.1", "127.0.0.1#.allowed.test", "127.0.0.1\\@allowed.test", "allowed.test\\@127.0.0.1", "127.0.0.1\\.allowed.test"],
  ...["127.0.0.1;.allowed.test", "127.0.0.1,allowed.test", "127.0.0.1 allowed.test", "127.0.0.1\tallowed.test", "127.0.0.1%00.allowed.test", "127.0.0.1%0d%0a"],
  ...["%31%32%37.0.0.1", "127.0.0.1%20", "127%2e0%2e0%2e1", "%6c%6f%63alhost", "allowed.test%2f", "allowed.test%00127.0.0.1"],
  // Names that only look like the allowed one.
  ...["allowed.test.", "allowed.test..", ".allowed.test", "allowed..test", "allowed.test.evil.test", "notallowed.test", "xallowed.test", "allowed.testx"],
  ...["allowed-test", "allowed.tést", "xn--allowed.test", "-allowed.test", "allowed.test-", "*.allowed.test", "*", "allowed_test"],
];

/** What a name server answers for an allowed name. */
export const ANSWERS: readonly (readonly string[])[] = [
  ...["127.0.0.1", "127.8.8.8", "0.0.0.0", ...FOUR].map((address) => [address]),
  ...[...SIX, ...MAPPED].map((address) => [address]),
  // A good one first: who looks at one and connects to another is led inside.
  ...KEEPS.map((address) => ["1.1.1.1", address]),
  ["2606:4700::1111", "::1"],
  ["1.1.1.1", "64:ff9b::7f00:1"],
];
