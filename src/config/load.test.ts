import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { verifies } from "../../test/verifies.ts";
import { formatFaults, type Loaded, loadConfig, readConfig } from "./index.ts";

const files =
  (all: { readonly [path: string]: string }) =>
  async (path: string): Promise<string> => {
    const text = all[path];
    if (text === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    return text;
  };
const none = files({});
const read = (text: string, env: Record<string, string> = {}, readFile = none) => readConfig("holdfast.yaml", text, { env, readFile });
async function faults(text: string, env?: Record<string, string>, readFile?: typeof none): Promise<string> {
  const loaded = await read(text, env, readFile);
  assert.ok(!loaded.ok, text);
  return formatFaults(loaded.faults);
}
const good = (loaded: Loaded) => {
  assert.ok(loaded.ok, loaded.ok ? "" : formatFaults(loaded.faults));
  return loaded;
};

test("an empty file is a configuration: loopback, ten requests a minute, nothing granted", async () => {
  verifies("I-07", "G-01");
  const { config } = good(await read("agents: { a: { role: r } }"));
  assert.deepEqual([config.server.listen, config.server.admin, config.storage.url], ["127.0.0.1:8787", "127.0.0.1:8788", "sqlite:./data/holdfast.db"]);
  assert.deepEqual(config.agents["a"], {
    role: "r",
    models: [],
    egress: [],
    callbacks: [],
    limits: {
      requests: { count: 10, ms: 60_000, text: "10/min" },
      actions: { count: 100, ms: 60_000, text: "100/min" },
      connections: { count: 60, ms: 60_000, text: "60/min" },
      traffic: { bytes: 1 << 30, ms: 3_600_000, text: "1gb/h" },
      duplicates: { writes: 5, reads: 100, within: 3_600_000 },
      breaker: { failures: 10, pause: 60_000 },
      agents: {
        depth: 3,
        fan_out: { count: 20, ms: 60_000, text: "20/min" },
        descendants: { count: 200, ms: 3_600_000, text: "200/h" },
        cycles: false,
      },
    },
  });
  assert.equal(config.flow.mode, "enforce");
  good(await read(""));
});

test("amounts in a time are read in whole parts: dollars, bytes, and what is counted", async () => {
  verifies("C-09");
  const { config } = good(
    await read(`
models: { m: { provider: openai, prices: { "*": { input: 0.15, output: 0.6 } }, max_output: 100 } }
agents:
  a:
    role: r
    limits:
      external: 30/min
      budget: { usd: 0.07/day, tokens: 200000/month, bytes: 1.5MB/hour, actions: 15000/day, payments: 1000/week }
      user: { requests: 5/min, budget: { usd: 2/day } }
      tool: { pay.*: { actions: 5/day } }
`),
  );
  const limits = config.agents["a"]?.limits;
  const DAY = 86_400_000;
  assert.deepEqual(limits?.budget, {
    usd: { count: 70_000_000, ms: DAY, text: "0.07/day" },
    tokens: { count: 200_000, ms: 30 * DAY, text: "200000/month" },
    bytes: { count: 1_572_864, ms: DAY / 24, text: "1.5MB/hour" },
    actions: { count: 15_000, ms: DAY, text: "15000/day" },
    payments: { count: 1_000, ms: 7 * DAY, text: "1000/week" },
  });
  assert.deepEqual([limits?.external?.count, limits?.user?.requests?.count, limits?.tool?.["pay.*"]?.actions?.count], [30, 5, 5]);
  for (const wrong of ["tokens: 1.5/day", "tokens: 0/day", "tokens: 10/s", "tokens: 10kb/day", "usd: -1/day", "usd: 1e3/day", "usd: 99999999999/day"])
    assert.match(await faults(`agents: { a: { role: r, limits: { budget: { ${wrong} } } } }`), /expected an amount in a time such as/, wrong);
  assert.match(await faults("agents: { a: { role: r, limits: { tool: { pay.*: { budget: { tokens: 5/day } } } } } }"), /tokens/);
  assert.match(await faults("models: { m: { provider: openai, prices: { gpt: { input: -1, output: 1 } } } }"), /a price is no less than nothing/);
});

test("a name server that nobody could ask is a fault of the configuration, and not of each connection", async () => {
  for (const server of ["9.9.9.9", "10.0.0.2:53", "2620:fe::fe", "[2620:fe::fe]:53"])
    assert.deepEqual(good(await read(`egress: { resolvers: ["${server}"] }`)).config.egress.resolvers, [server]);
  for (const wrong of ["999.1.1.1", "1.2.3.4:99999", "1.2.3.4:0", "1.2.3.4.5:53", "[::::]:53", ":::", "dns.test"])
    assert.match(await faults(`egress: { resolvers: ["${wrong}"] }`), /expected an address such as `9\.9\.9\.9`/, wrong);
});

test("how people are told is read, and what would never reach anybody is a fault", async () => {
  const { oversight } = good(
    await read(`
oversight:
  mail: { server: "smtps://smtp.example", from: holdfast@example.org, to: [all@example.org] }
  quiet: { from: "20:00", until: "07:30", days: [sun] }
  escalate: [{ after: 15m, to: [security] }]
`),
  ).config;
  assert.deepEqual(oversight.quiet, { from: 1_200, until: 450, days: ["sun"], through: [] });
  assert.deepEqual(oversight.escalate, [{ after: 900_000, to: ["security"] }]);
  for (const [wrong, why] of [
    ['mail: { server: "http://smtp.example", from: a@example.org }', /expected a mail server/],
    ['mail: { server: "smtp://smtp.example", from: nobody }', /name@example\.com/],
    ['mail: { server: "smtp://smtp.example", from: a@example.org, user: a }', /`user` and `password` belong together/],
    ['quiet: { from: "20:00" }', /`from` and `until` belong together/],
    ['quiet: { from: "20:00", until: "20:00" }', /say when it is quiet/],
    ["quiet: {}", /say when it is quiet/],
    ['quiet: { from: "24:00", until: "07:00" }', /expected a time of day/],
    ["escalate: [{ after: 10s, to: [a] }]", /at least `1m`/],
    ["escalate: [{ after: 10m, to: [] }]", /at least one role/],
    ["digest: 2d", /at most `1d`/],
  ] as const)
    assert.match(await faults(`oversight: { ${wrong} }`), why, wrong);
});

test("only what begins behind a shell of this machine can be kept waiting", async () => {
  const server = (driver: string): string => `tools: { clock: { stdio: { command: [sh, /x] }, sandbox: { driver: ${driver}, warm: 1 } } }`;
  for (const driver of ["process", "runc", "gvisor", "container"]) assert.ok(good(await read(server(driver))), driver);
  for (const driver of ["wasm", "vm", "firecracker", "network", "kubernetes"]) assert.match(await faults(server(driver)), /cannot be kept waiting/, driver);
});

test("a work folder is for sandboxes that take one, is of some size, and is not for what waits", async () => {
  const server = (driver: string, more: string): string => `tools: { clock: { stdio: { command: [sh, /x] }, sandbox: { driver: ${driver}, ${more} } } }`;
  for (const driver of ["process", "runc", "gvisor", "container"]) assert.ok(good(await read(server(driver, "work: 1gb"))), driver);
  for (const driver of ["wasm", "vm", "firecracker", "network", "kubernetes"])
    assert.match(await faults(server(driver, "work: 1gb")), /takes no work folder/, driver);
  assert.match(await faults(server("process", "work: 100kb")), /at least `1mb`/);
  assert.match(await faults(server("process", "work: 1gb, warm: 1")), /is of one session/);
});

test("the file that was named wins over the variable, the folder and the home, in this order", async () => {
  const all = files({
    "/w/named.yaml": "timezone: Europe/Rome",
    "/env.yaml": "timezone: Europe/Oslo",
    "/w/holdfast.yaml": "timezone: Europe/Bern",
    "/x/holdfast/holdfast.yaml": "timezone: Europe/Kiev",
    "/h/.config/holdfast/holdfast.yaml": "timezone: UTC",
  });
  const from = async (path: string | undefined, env: Record<string, string>, cwd = "/w") => {
    const loaded = await loadConfig({ env, cwd, readFile: all, ...(path === undefined ? {} : { path }) });
    return loaded.ok ? loaded.path : formatFaults(loaded.faults);
  };
  const xdg = { XDG_CONFIG_HOME: "/x", HOME: "/h" };
  assert.equal(await from("named.yaml", { HOLDFAST_CONFIG: "/env.yaml", ...xdg }), "named.yaml");
  assert.equal(await from(undefined, { HOLDFAST_CONFIG: "/env.yaml", ...xdg }), "/env.yaml");
  assert.match(await from(undefined, xdg), /^\/w\/holdfast\.yaml/);
  assert.match(await from(undefined, xdg, "/elsewhere"), /^\/x\/holdfast\/holdfast\.yaml/);
  assert.match(await from(undefined, { HOME: "/h" }, "/elsewhere"), /^\/h\/\.config/);
  assert.equal(await from("gone.yaml", xdg), "gone.yaml:0:0: the configuration file cannot be read");
  assert.equal(await from(undefined, { HOLDFAST_CONFIG: "/gone.yaml", ...xdg }), "/gone.yaml:0:0: the configuration file cannot be read");
  assert.equal(await from(undefined, {}, "/elsewhere"), "holdfast.yaml:0:0: no configuration file was found\n  `holdfast init` writes one");
});

test("a file that is there and cannot be read is not passed over for another", async () => {
  const readFile = async (path: string): Promise<string> => {
    if (path === "/w/holdfast.yaml") throw Object.assign(new Error("denied"), { code: "EACCES" });
    return "";
  };
  const loaded = await loadConfig({ env: { XDG_CONFIG_HOME: "/x" }, cwd: "/w", readFile });
  assert.ok(!loaded.ok);
});

test("the environment sets addresses and the store over the file, and a misspelt variable is a fault", async () => {
  const { config } = good(
    await read("server: { listen: 127.0.0.1:1 }", { HOLDFAST_LISTEN: "127.0.0.1:2", HOLDFAST_STORAGE: "memory:", HOLDFAST_OTHER_THING: "x" }),
  );
  assert.deepEqual([config.server.listen, config.storage.url], ["127.0.0.1:2", "memory:"]);
  assert.equal(
    await faults("", { HOLDFAST_CONFGI: "x" }),
    "holdfast.yaml:1:1: unknown environment variable `HOLDFAST_CONFGI`\n  did you mean `HOLDFAST_CONFIG`?",
  );
  assert.match(await faults("", { HOLDFAST_LISTEN: "nonsense" }), /expected an address with a port/);
});

test("references to variables and files are read wherever they stand, and are secrets where a credential stands", async () => {
  verifies("A-03");
  const text = [
    "models:",
    `  a: { provider: openai, base_url: https://\${env:HOST}/v1, credential: \${env:KEY} }`,
    `  b: { provider: openai, credential: "\${file:/run/secret, one}" }`,
  ].join("\n");
  const loaded = good(await read(text, { HOST: "h.example", KEY: "k-$&-1,2" }, files({ "/run/secret, one": "s3cret\n" })));
  const { a, b } = loaded.config.models;
  assert.equal(a?.base_url, "https://h.example/v1");
  assert.deepEqual([a?.credential?.reveal(), b?.credential?.reveal()], ["k-$&-1,2", "s3cret"]);
  for (const shown of [JSON.stringify(loaded), inspect(loaded, { depth: 20 })]) assert.ok(!/s3cret|k-\$&/.test(shown));
});

test("a reference that leads nowhere is a fault, and what one leads to is never quoted", async () => {
  const text =
    `models:\n  a: { provider: \${env:WHICH}, credential: \${env:GONE} }\n  b: { provider: openai, credential: \${file:/gone} }\n  c: { provider: openai, credential: \${vault:kv/x#y} }\n  d: { provider: openai, credential: $` +
    "{evn:X} }";
  const quoted = text.replace("{evn:X} }", "{evn:X}").replace("credential: $" + "{evn:X}", 'credential: "$' + '{evn:X}" }');
  assert.equal(
    await faults(quoted, { WHICH: "my-secret-word", EMPTY: "" }),
    [
      `holdfast.yaml:2:18: expected \`practice\`, \`openai\`, \`anthropic\`, \`ollama\`, found \`\${env:WHICH}\``,
      "holdfast.yaml:2:44: the environment variable `GONE` is not set",
      "holdfast.yaml:3:38: the file `/gone` cannot be read",
      "holdfast.yaml:4:38: references to a vault are not available yet",
      `  write \`\${env:NAME}\` or \`\${file:/path}\``,
      "holdfast.yaml:5:38: a reference that is not understood",
      `  write \`\${env:NAME}\` or \`\${file:/path}\``,
    ].join("\n"),
  );
  assert.match(await faults(`models: { a: { provider: openai, credential: \${env:EMPTY} } }`, { EMPTY: "" }), /`EMPTY` is not set/);
});

test("what a reference brings in is text, never read again and never YAML", async () => {
  const { config } = good(await read(`models: { a: { provider: openai, credential: \${env:A} } }`, { A: `x\${env:B}, models: {}`, B: "no" }));
  assert.equal(config.models["a"]?.credential?.reveal(), `x\${env:B}, models: {}`);
  assert.deepEqual(Object.keys(config.models), ["a"]);
});

test("YAML's traps are faults: duplicate keys, alias bombs, foreign tags, prototype keys, size and depth", async () => {
  const bomb = [
    "a: &a [x,x,x,x,x,x,x,x,x]",
    ...Array.from("bcdefghij", (name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefghi"[i]}`).join(",")}]`),
  ].join("\n");
  const cases: readonly (readonly [string, RegExp])[] = [
    ["timezone: UTC\ntimezone: UTC", /^holdfast\.yaml:2:1: not valid YAML: this key is there twice/],
    [bomb, /too many aliases/],
    ["a: &a [1, *a]", /^holdfast\.yaml:1:11: the alias `a` stands inside what it repeats/],
    ["timezone: !!js/function 'x'", /^holdfast\.yaml:1:11: not valid YAML: there is no such tag/],
    ["roles: { __proto__: { read: [] } }", /^holdfast\.yaml:1:10: the key `__proto__` is not allowed/],
    ["roles:\n  constructor: { read: [] }", /^holdfast\.yaml:2:3: the key `constructor` is not allowed/],
    ["? [a, b]\n: c", /a key must be a plain word/],
    ["---\na: 1\n---\nb: 2", /not valid YAML/],
    [`timezone: ${"x".repeat(1 << 20)}`, /larger than 1048576 bytes/],
    [`a: ${"[".repeat(40)}${"]".repeat(40)}`, /nested more than 32 deep/],
    ["timezone: \uE000", /private use area/],
    ["- a", /^holdfast\.yaml:1:1: expected a mapping, found a list/],
    ["\tserver: {}", /not valid YAML/],
  ];
  for (const [text, expected] of cases) assert.match(await faults(text), expected, text.slice(0, 60));
});

test("no text makes loading throw, and every fault has a place in the file", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.constantFrom(
          "server",
          "roles",
          ": ",
          "{",
          "}",
          "[",
          "]",
          "\n",
          "  ",
          "- ",
          "&a ",
          "*a",
          "'",
          '"',
          "|",
          `\${env:X}`,
          "#",
          "!!x ",
          "a",
          "1",
          ",",
          "?",
        ),
        { maxLength: 40 },
      ),
      async (parts) => {
        const loaded = await read(parts.join(""));
        if (!loaded.ok) for (const { line, column } of loaded.faults) assert.ok(line >= 1 && column >= 1);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("the digest is of the file's bytes, and further checks place what they find", async () => {
  const text = 'rules:\n  - { id: a, when: "args.n > 1", then: deny }';
  const { digest, locate } = good(await read(text));
  assert.equal(digest, good(await read(text)).digest);
  assert.notEqual(digest, good(await read(`${text}\n`)).digest);
  assert.deepEqual(locate({ path: ["rules", 0, "when"], message: "m", offset: 5 }), { file: "holdfast.yaml", line: 2, column: 26, message: "m" });
  const checked = await readConfig("holdfast.yaml", text, { env: {}, readFile: none, check: () => [{ path: ["rules", 0, "id"], message: "not this one" }] });
  assert.ok(!checked.ok);
  assert.equal(formatFaults(checked.faults), "holdfast.yaml:2:11: not this one");
});
