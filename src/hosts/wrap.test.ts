import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cursor } from "./cursor.ts";
import { HOSTS, type Host } from "./index.ts";
import { type Edited, type ServerReport, unwrap, wrap } from "./wrap.ts";

const LAUNCHER = "/opt/holdfast/bin/holdfast";
const options = { launcher: LAUNCHER };

function good(edited: Edited): { text: string; servers: readonly ServerReport[] } {
  assert.ok(edited.ok, JSON.stringify(edited));
  return edited;
}
const wrapped = (text: string, host: Host = cursor, more = {}): string => good(wrap(text, host, { ...options, ...more })).text;
const unwrapped = (text: string, host: Host = cursor): string => good(unwrap(text, host)).text;
const server = (entry: string, name = '"files"'): string => `{ "mcpServers": { ${name}: ${entry} } }`;
/** The entry after wrapping, parsed. */
const entryOf = (text: string): unknown => Object.values((JSON.parse(wrapped(text)) as { mcpServers: object }).mcpServers)[0];

/** Filled in by the client; for us it is text like any other. */
const PLACEHOLDER = `\${input:token}`;

const COMMENTED = `\ufeff// kept by hand
{
	"inputs": [{ "id": "token", "type": "promptString", "password": true }],\r
	"servers": {
		/* files */ "files": {
			"type": "stdio",
			"command": "np\\u0078", // as it was typed
			"args": [
				"-y", // yes
				"server-files",   "\${workspaceFolder}",
			],
			"env": { "TOKEN": "\${input:token}" },
		},
		"bare": { "env": {}, "command":"\\/usr\\/bin\\/server" },
		"empty": {"command": "server", "args": [ ]},
		"far": { "type": "http", "url": "https://example.org/mcp" },
	},
}
`;
const vscode = HOSTS.find(({ id }) => id === "vscode")!;

test("an entry begins with the launcher, ends with its old command, and keeps every other field", () => {
  const env = { TOKEN: PLACEHOLDER, A: "1" };
  const entry = { type: "stdio", command: "npx", args: ["-y", "server"], env, cwd: "/tmp", disabled: true };
  assert.deepEqual(entryOf(server(JSON.stringify(entry))), {
    ...entry,
    command: LAUNCHER,
    args: ["run", "--server", "files", "--", "npx", "-y", "server"],
  });
  assert.deepEqual(good(wrap(server(JSON.stringify(entry)), cursor, { ...options, config: "/etc/holdfast.yaml", agent: "desk" })).servers[0]?.after?.args, [
    ...["run", "--server", "files", "--config", "/etc/holdfast.yaml", "--agent", "desk", "--", "npx", "-y", "server"],
  ]);
});

test("comments, order, spacing, escapes, line ends and a byte order mark stay; taking it away restores every byte", () => {
  const text = wrapped(COMMENTED, vscode);
  for (const kept of ["\ufeff// kept by hand", "\\u0078", "/* files */", "// as it was typed", '"-y", // yes\n', '],\r\n\t"servers"', PLACEHOLDER])
    assert.ok(text.includes(kept), kept);
  assert.notEqual(text, COMMENTED);
  assert.equal(unwrapped(text, vscode), COMMENTED);
});

test("wrapping twice changes nothing, and neither does unwrapping twice", () => {
  for (const [text, host] of [
    [COMMENTED, vscode],
    [server('{"command":"x"}'), cursor],
  ] as const) {
    const once = wrapped(text, host);
    assert.equal(wrapped(once, host), once);
    assert.equal(wrapped(once, host, { config: "/other.yaml", agent: "other" }), once);
    assert.equal(unwrapped(text, host), text);
  }
});

test("whatever an entry holds, the way there and back restores every byte", () => {
  const word = fc.oneof(fc.string(), fc.constantFrom("--", "--server", "run", "-c", PLACEHOLDER, "holdfast.js", "a b", '"', "\\", "\u2028"));
  const entry = fc.record({ command: word.filter((text) => text !== ""), args: fc.array(word), env: fc.dictionary(word, word) }, { requiredKeys: ["command"] });
  const names = fc.oneof(word, fc.constantFrom("__proto__", "constructor", "toString"));
  fc.assert(
    fc.property(fc.array(fc.tuple(names, entry)), fc.constantFrom(undefined, 2, "\t"), (servers, indent) => {
      const unique = servers.filter(([name], i) => servers.findIndex(([other]) => other === name) === i);
      const body = unique.map(([name, one]) => `${JSON.stringify(name)}: ${JSON.stringify(one, null, indent)}`).join(",\n");
      const text = `{"mcpServers": {${body}}}`;
      const { text: there, servers: reports } = good(wrap(text, cursor, options));
      assert.equal(unwrapped(there), text);
      assert.equal(wrapped(there), there);
      assert.equal(new Set(reports.map((report) => report.server)).size, unique.length);
    }),
  );
});

test("changes made behind Holdfast since are kept when it is taken away", () => {
  const text = wrapped(server('{ "command": "npx", "args": ["a"] }')).replace('"a"', '"b", "c"').replace('"npx"', '"bunx"');
  assert.equal(unwrapped(text), server('{ "command": "bunx", "args": ["b", "c"] }'));
});

test("a file that its client or a formatter wrote anew is understood as well", () => {
  for (const entry of [{ command: "x" }, { env: {}, command: "x" }, { command: "x", args: [] }, { command: "x", args: ["a"] }]) {
    const text = wrapped(JSON.stringify({ mcpServers: { files: entry } }));
    const anew = unwrapped(JSON.stringify(JSON.parse(text), null, 2));
    assert.deepEqual(JSON.parse(anew), { mcpServers: { files: entry } });
  }
  const trailing = wrapped(server('{ "command": "x", "args": [] }')).replace('"x"]', '"x" , ]');
  assert.equal(unwrapped(trailing), server('{ "command": "x", "args": [ ] }'));
});

test("commands, arguments and names that look like options stay the old command's", () => {
  const entry = { command: "--config", args: ["--", "--server", "evil", "--agent", "root"] };
  const text = server(JSON.stringify(entry), '"--"');
  assert.deepEqual(entryOf(text), { command: LAUNCHER, args: ["run", "--server", "server", "--", "--config", ...entry.args] });
  assert.equal(unwrapped(wrapped(text)), text);
  // A shell's line is one word, and stays one.
  assert.deepEqual((entryOf(server('{"command":"npx -y server; rm -rf ~"}')) as { args: unknown }).args, [
    ...["run", "--server", "files", "--", "npx -y server; rm -rf ~"],
  ]);
});

const STATES: readonly (readonly [string, ServerReport["state"], RegExp?])[] = [
  ['{"url": "https://example.org/mcp"}', "http"],
  ['{"type": "sse", "headers": {}}', "http"],
  ['{"command": "x", "url": "https://example.org"}', "unclear", /command and an address/],
  ['{"command": "x", "transport": "streamable-http"}', "unclear", /command and an address/],
  ["{}", "unclear", /neither/],
  ['"npx"', "unclear", /no object/],
  ['{"command": ["npx"]}', "unclear", /command is no text/],
  ['{"command": ""}', "unclear", /command is no text/],
  ['{"command": "x", "args": "-y"}', "unclear", /arguments/],
  ['{"command": "x", "args": ["-y", 1]}', "unclear", /arguments/],
  [`{"command": "${LAUNCHER}", "args": ["serve"]}`, "unclear", /Holdfast itself/],
  [`{"command": "${LAUNCHER}", "args": ["run", "--server", "--", "x"]}`, "unclear", /Holdfast itself/],
  [`{"command": "${LAUNCHER}", "args": ["run", "--server", "x", "--", "y"]}`, "unchanged"],
  [`{"command": "${LAUNCHER}", "args": ["run", "-c", "x.yaml", "--", "y"]}`, "unchanged"],
  ['{"command": "/tmp/evil/holdfast", "args": ["run", "--server", "x", "--", "y"]}', "other-launcher", /\/tmp\/evil\/holdfast/],
];

test("what cannot be wrapped, and what only looks as if it were, is told and left as it is", () => {
  for (const [entry, state, why] of STATES) {
    const edited = good(wrap(server(entry), cursor, options));
    assert.equal(edited.servers[0]?.state, state, entry);
    if (why !== undefined) assert.match(edited.servers[0]?.why ?? "", why);
    assert.equal(edited.text, server(entry));
  }
});

test("who asks for another configuration or agent is told that a server is run otherwise, and by which", () => {
  const before = good(wrap(server('{"command": "x"}'), cursor, { ...options, config: "/home/me/one.yaml", agent: "desk" })).text;
  const again = (more: object): readonly (string | undefined)[] => {
    const edited = good(wrap(before, cursor, { ...options, ...more }));
    assert.equal(edited.text, before);
    return [edited.servers[0]?.state, edited.servers[0]?.why];
  };
  assert.deepEqual(again({ config: "/home/me/strict.yaml", demanded: ["config"] }), ["other-front", "it is run under `/home/me/one.yaml`"]);
  assert.deepEqual(again({ config: "/home/me/one.yaml", agent: "guest", demanded: ["config", "agent"] }), ["other-front", "it is run for `desk`"]);
  assert.deepEqual(again({ config: "/home/me/one.yaml", agent: "desk", demanded: ["config", "agent"] }), ["unchanged", undefined]);
  assert.deepEqual(again({ config: "/found/here.yaml" }), ["unchanged", undefined], "what only happened to be found demands nothing");
  const bare = good(wrap(server('{"command": "x"}'), cursor, { launcher: options.launcher })).text;
  const [one] = good(wrap(bare, cursor, { ...options, config: "/home/me/strict.yaml", demanded: ["config"] })).servers;
  assert.deepEqual([one?.state, one?.why], ["other-front", "it is run under whatever configuration is found where it is started"]);
});

test("a file full of servers takes moments or is refused", { timeout: 10_000 }, () => {
  const full = (most: number): string => `{"mcpServers": {${Array.from({ length: most }, (_, i) => `"${".".repeat(i)}": {"command": "x"}`).join(",")}}}`;
  const [most, more] = [full(1000), full(1001)];
  assert.equal(new Set(good(wrap(most, cursor, options)).servers.map((one) => one.server)).size, 1000);
  assert.equal(unwrapped(wrapped(most)), most);
  assert.ok(!wrap(more, cursor, options).ok);
});

test("JSON5 stays JSON5 on the way there and back", () => {
  const openclaw = HOSTS.find(({ id }) => id === "openclaw")!;
  const text = "{\n  // gateway\n  mcp: { servers: { files: { command: 'it\\'s', args: ['-y', /* x */ 'server',], }, bare: { command: 'x' } } },\n}\n";
  const there = wrapped(text, openclaw);
  assert.ok(there.includes(`files: { command: "${LAUNCHER}", args: ["run", "--server", "files", "--", 'it\\'s', '-y', /* x */ 'server',], }`));
  assert.equal(unwrapped(there, openclaw), text);
});

test("only the servers that were named are changed", () => {
  const text = '{"mcpServers": {"a": {"command": "a"}, "b": {"command": "b"}}}';
  const edited = good(wrap(text, cursor, { ...options, only: ["b"] }));
  assert.deepEqual(
    edited.servers.map(({ name, state }) => [name, state]),
    [["b", "wrapped"]],
  );
  assert.ok(edited.text.startsWith('{"mcpServers": {"a": {"command": "a"}, "b": {"args"'));
});

test("servers stand where each client keeps them, and nothing else is taken for one", () => {
  const entry = { command: "x", args: [] };
  const file = { mcpServers: { a: entry }, projects: { "/p": { mcpServers: { b: entry } } }, servers: { c: entry }, mcp: { servers: { d: entry } } };
  const found = HOSTS.map((host) => [
    host.id,
    good(wrap(JSON.stringify(file), host, options))
      .servers.map(({ at }) => at.join("/"))
      .join(" "),
  ]);
  assert.deepEqual(Object.fromEntries(found), {
    "claude-desktop": "mcpServers/a",
    "claude-code": "mcpServers/a projects//p/mcpServers/b",
    cursor: "mcpServers/a",
    vscode: "servers/c",
    openclaw: "mcp/servers/d",
  });
});
