import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { verifies } from "../../test/verifies.ts";
import { withFacts } from "./confirm.ts";

const TEXT = `# our house
models:
  openai: { provider: openai,   credential: "\${env:KEY}" } # the big one
tools:
  crm:   # customers
    http: { url: http://127.0.0.1:9 }
    tools:
      read: { effect: read } # seen by Anna
      note:
        effect: write   # ours

  files:
    stdio:
      command: [node,  files.js]
  web: { http: { url: "http://127.0.0.1:10" }, tools: {} }
  shared: &base
    http: { url: http://127.0.0.1:11 }
    tools: { x: { effect: read } }
  copy: *base
agents:
  a: { role: r, models: [openai/*] }
`;
const FACTS = { effect: "write", egress: false, trust: "untrusted" } as const;

test("facts are put between what stands there, and no character of it moves", () => {
  verifies("P-01");
  const { text, left } = withFacts(TEXT, [
    { server: "crm", tool: "read", facts: FACTS },
    { server: "crm", tool: "note", facts: FACTS },
    { server: "crm", tool: "send.mail", facts: FACTS },
    { server: "files", tool: "list", facts: { trust: "untrusted" } },
    { server: "files", tool: "put", facts: FACTS },
    { server: "web", tool: "get", facts: FACTS },
    { server: "copy", tool: "x", facts: FACTS },
    { server: "nobody", tool: "x", facts: FACTS },
  ]);
  const { tools } = parse(text) as { tools: { [server: string]: { tools: unknown } } };
  const kept = { egress: false, trust: "untrusted" };
  assert.deepEqual(tools["crm"]?.tools, { read: { effect: "read", ...kept }, note: { effect: "write", ...kept }, "send.mail": FACTS });
  assert.deepEqual(tools["files"]?.tools, { list: { trust: "untrusted" }, put: FACTS });
  assert.deepEqual(tools["web"]?.tools, { get: FACTS });
  assert.deepEqual(
    left.map(({ server }) => server),
    ["copy", "nobody"],
  );
  // What was there is what is left when what was added is taken out again.
  let at = 0;
  for (const sign of TEXT) {
    const found = text.indexOf(sign, at);
    assert.ok(found >= 0, TEXT.slice(0, at));
    at = found + 1;
  }
  for (const line of TEXT.split("\n").filter((one) => !/seen by|web:/.test(one))) assert.ok(text.split("\n").includes(line), line);
});

test("a text without a last newline, and one in Windows' lines, are written into as well", () => {
  for (const [begin, newline] of [
    ["tools:\n  a:\n    http: { url: http://127.0.0.1:9 }", "\n"],
    ["tools:\r\n  a:\r\n    http: { url: http://127.0.0.1:9 }\r\n", "\r\n"],
  ] as const) {
    const { text } = withFacts(begin, [{ server: "a", tool: "t", facts: FACTS }]);
    assert.deepEqual(parse(text), { tools: { a: { http: { url: "http://127.0.0.1:9" }, tools: { t: FACTS } } } }, newline);
  }
});
