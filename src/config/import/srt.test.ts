import assert from "node:assert/strict";
import { test } from "node:test";
import { stringify } from "yaml";
import { verifies } from "../../../test/verifies.ts";
import { readConfig } from "../load.ts";
import { importSrt } from "./srt.ts";

const PLACES = { cwd: "/srv/project", home: "/home/me", real: (path: string) => path.replace(/^\/srv\/project\/link/, "/home/me/.ssh") };
const taken = (settings: object) => {
  const imported = importSrt(JSON.stringify(settings), PLACES);
  if (typeof imported === "string") return assert.fail(imported);
  const of = (fate: string): readonly string[] => imported.lines.filter((line) => line.fate === fate).map(({ at }) => at);
  return { ...imported, refused: of("refused"), less: of("less"), of };
};
const network = (allowedDomains: readonly string[], deniedDomains: readonly string[] = [], more: object = {}) =>
  taken({ network: { allowedDomains, deniedDomains, ...more } });
const files = (lists: object) => taken({ filesystem: lists });

test("hosts that are allowed are allowed, with their ports, and what cannot be meant is not taken over", () => {
  verifies("C-04", "P-07");
  const { sandbox, refused } = network(["github.com", "*.NPMJS.org:8443", "127.0.0.1:3000", "[2001:db8::1]:443", "localhost", "169.254.169.254"]);
  assert.deepEqual(sandbox.allow_hosts, [
    { host: "github.com", ports: [80, 443] },
    { host: "*.npmjs.org", ports: [8443] },
    { host: "127.0.0.1", ports: [3000], addresses: ["127.0.0.1"] },
    { host: "2001:db8::1", ports: [443], addresses: ["2001:db8::1"] },
  ]);
  assert.deepEqual(refused, []);
  const wrong = ["*", "*.com", "a b", "http://x.example", "x.example/y", "2001:db8::1", "x.example:0", "x.example:99999", "a*.example.com", "user@x.example"];
  assert.equal(network(wrong).refused.length, wrong.length);
  assert.deepEqual(network(wrong).sandbox.allow_hosts, []);
});

test("a host that is denied is not allowed, and where a list cannot say so, that is refused", () => {
  verifies("C-04", "P-07");
  const cases: readonly (readonly [allowed: string[], denied: string[], hosts: string[] | "refused"])[] = [
    [["a.example.com", "b.example.com"], ["b.example.com"], ["a.example.com:80,443"]],
    [["a.example.com", "b.example.org"], ["*.example.com"], ["b.example.org:80,443"]],
    [["*.api.example.com"], ["*.example.com"], []],
    [["example.com"], ["*.example.com"], ["example.com:80,443"]],
    [["a.example.com"], ["*"], []],
    [["a.example.com"], ["*:80"], ["a.example.com:443"]],
    [["a.example.com:22"], ["*:22"], []],
    [["a.example.com"], ["a.example.com:22"], ["a.example.com:80,443"]],
    [["*.example.com"], ["evil.example.com"], "refused"],
    [["*.example.com"], ["*.evil.example.com:443"], "refused"],
    [["*.example.com"], ["evil.example.com:22"], ["*.example.com:80,443"]],
    [["a.example.com"], ["93.184.216.34"], "refused"],
    [["a.example.com"], ["10.0.0.1"], ["a.example.com:80,443"]],
    [["a.example.com"], ["not a host"], "refused"],
  ];
  for (const [allowed, denied, hosts] of cases) {
    const { refused, sandbox } = network(allowed, denied);
    const got = refused.length > 0 ? "refused" : sandbox.allow_hosts.map(({ host, ports }) => `${host}:${ports.join()}`);
    assert.deepEqual(got, hosts, `${allowed} without ${denied}`);
  }
  assert.deepEqual(network(["a.example.com"], [], { deniedResolvedAddresses: ["10.0.0.0/8", "fc00::/7", "169.254.169.254", "10.9.0.0/16"] }).refused, []);
  assert.deepEqual(network(["a.example.com"], [], { deniedResolvedAddresses: ["8.8.8.0/24", "0.0.0.0/0", "x"] }).refused.length, 3);
});

test("nothing that is denied lies in what is named, because a mount has no holes", () => {
  verifies("C-04", "P-06");
  const good: readonly (readonly [object, object])[] = [
    [{ denyRead: ["~/.ssh"], allowRead: ["."] }, { read: ["/srv/project"] }],
    [{ denyRead: ["/home"], allowRead: ["~/work"] }, { read: ["/home/me/work"] }],
    [
      { denyRead: ["/srv/project"], allowRead: ["."], allowWrite: ["out"] },
      { read: ["/srv/project"], write: ["/srv/project/out"] },
    ],
    [{ allowWrite: ["a", "b"], denyWrite: ["b"] }, { write: ["/srv/project/a"] }],
    [{ allowWrite: ["a"], denyWrite: ["/etc"] }, { write: ["/srv/project/a"] }],
    [{ allowRead: ["a/", "a/../a/b"], allowWrite: ["./a"] }, { write: ["/srv/project/a"] }],
    [{ allowRead: ["/usr/share/dict", "/tmp/x"], allowWrite: ["/tmp"] }, {}],
    [{ denyRead: ["/opt/*/secret"], allowRead: ["."] }, { read: ["/srv/project"] }],
  ];
  for (const [lists, paths] of good) {
    const { sandbox, refused } = files(lists);
    assert.deepEqual([refused, { read: sandbox.read, write: sandbox.write }], [[], { read: [], write: [], ...paths }], JSON.stringify(lists));
  }
  const bad: readonly object[] = [
    { denyRead: ["secrets"], allowRead: ["."] },
    { denyRead: ["./secrets"], allowWrite: ["."] },
    { denyRead: ["**/.env"], allowRead: ["/opt/x"] },
    { denyRead: ["/srv/**/key"], allowRead: ["."] },
    { denyRead: ["/usr/share/private"] },
    { denyRead: ["/home"], allowWrite: ["~/work"] },
    { allowWrite: ["."], denyWrite: [".env"] },
    { allowWrite: ["."], denyWrite: ["*.lock"] },
    { allowWrite: ["src/*"] },
    { allowRead: ["/"] },
    { allowWrite: ["/"] },
    { allowRead: "." },
    { denyRead: ["~/.ssh/keys"], allowRead: ["link"] },
    { allowRead: [1] },
  ];
  for (const lists of bad) assert.notDeepEqual(files(lists).refused, [], JSON.stringify(lists));
});

test("what is kept apart there without a line, and not here, is said to be less", () => {
  verifies("C-04");
  assert.deepEqual(network(["a.example.com"]).less, []);
  assert.deepEqual(files({ allowWrite: ["a"] }).less, ["filesystem.allowWrite", "network.allowAllUnixSockets"]);
  assert.deepEqual(taken({ network: { allowAllUnixSockets: true }, filesystem: { allowRead: ["a"] } }).less, []);
});

test("files that are not kept apart make it the sandbox that keeps the network apart alone", () => {
  verifies("C-04", "P-07");
  const { sandbox, refused } = taken({
    filesystem: { disabled: true, denyRead: ["**/.env"], allowWrite: ["/"] },
    network: { allowedDomains: ["a.example.com:443"] },
  });
  assert.deepEqual([sandbox, refused], [{ driver: "network", read: [], write: [], allow_hosts: [{ host: "a.example.com", ports: [443] }] }, []]);
});

test("what is not known is refused, each of it, and so is what Holdfast does in no way", () => {
  verifies("C-04");
  const network = { httpProxyPort: 1, socksProxyPort: 2, mitmProxy: {}, parentProxy: {}, filterRequest: 1, tlsTerminate: {}, newGuard: 1 };
  const credentials = {
    files: [{ path: "~/.netrc", mode: "mask" }, { mode: "deny" }, { path: "x", mode: "?" }],
    envVars: [{ name: "T", mode: "mask" }],
    awsPairs: [],
    sigv4: {},
    other: 1,
  };
  const { refused } = taken({ network, credentials, filesystem: { denyExecute: [] }, whoKnows: true });
  assert.deepEqual(
    [...refused].sort(),
    [
      ...Object.keys(network).map((key) => `network.${key}`),
      ...["files[0]", "files[1]", "files[2]", "envVars[0]", "awsPairs", "sigv4", "other"].map((key) => `credentials.${key}`),
      ...["filesystem.denyExecute", "whoKnows"],
    ].sort(),
  );
  const kept = taken({ credentials: { files: [{ path: "~/.netrc", mode: "deny" }], envVars: [{ name: "T", mode: "deny" }] } });
  assert.deepEqual(kept.refused, []);
  assert.deepEqual(taken({ credentials: { files: [{ path: "key", mode: "deny" }] }, filesystem: { allowRead: ["."] } }).refused, ["credentials.files[0]"]);
  for (const text of ["", "[]", "{", '{"network":{},"network":{}}', "null", "7"]) assert.equal(typeof importSrt(text, PLACES), "string", text);
  for (const one of [{ network: 1 }, { filesystem: [] }, { network: { allowedDomains: "x" } }, { filesystem: { disabled: "yes" } }])
    assert.notDeepEqual(taken(one).refused, []);
});

test("no line is left out, and what is written is a sandbox that loads", async () => {
  verifies("C-04");
  const settings = {
    network: {
      allowedDomains: ["github.com", "*.npmjs.org:443"],
      deniedDomains: ["evil.example"],
      deniedDomainReasons: {},
      strictAllowlist: true,
      allowLocalBinding: false,
    },
    filesystem: { denyRead: ["~/.ssh"], allowRead: ["lib"], allowWrite: ["out"], denyWrite: [], allowGitConfig: false },
    ignoreViolations: { "*": ["/usr/bin"] },
    ...{ enableWeakerNestedSandbox: false, allowPty: true, ripgrep: { command: "rg" }, mandatoryDenySearchDepth: 3, bwrapPath: "/usr/bin/bwrap", git: {} },
  };
  const { lines, refused, sandbox } = taken(settings);
  assert.deepEqual(refused, []);
  const leaves = (value: unknown, at: string): string[] => {
    if (Array.isArray(value)) return value.map((_, index) => `${at}[${index}]`);
    return ["network", "filesystem", ""].includes(at)
      ? Object.entries(value as object).flatMap(([key, one]) => leaves(one, at === "" ? key : `${at}.${key}`))
      : [at];
  };
  for (const leaf of leaves(settings, ""))
    assert.ok(
      lines.some(({ at }) => at === leaf),
      leaf,
    );
  const config = stringify({ tools: { one: { stdio: { command: ["node", "x.js"] }, sandbox } } });
  const loaded = await readConfig("holdfast.yaml", config, { env: {}, readFile: async () => "" } as never);
  assert.ok(loaded.ok, JSON.stringify(loaded));
  assert.deepEqual(loaded.config.tools["one"]?.sandbox?.write, ["/srv/project/out"]);
});
