// An agent that runs the code its model writes, at `examples/sandboxed/run-code.mjs` behind Holdfast. The model is a stand-in: first it does its work, then it has
// been talked into everything that code could be used for. Yours goes there.
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const { HOLDFAST_URL = "http://127.0.0.1:8787", HOLDFAST_KEY } = process.env;
const client = new Client({ name: "coder", version: "1" });
await client.connect(
  new StreamableHTTPClientTransport(new URL("/mcp/code", HOLDFAST_URL), { requestInit: { headers: { authorization: `Bearer ${HOLDFAST_KEY}` } } }),
);

const model = {
  "adds up": "let sum = 0; for (let n = 1; n <= 1000; n++) sum += n; console.log(sum);",
  "reads a password": 'import { readFileSync } from "node:fs"; console.log(readFileSync("/etc/shadow", "utf8"));',
  "reads the environment": "console.log(process.env.HOLDFAST_KEY ?? process.env.AWS_SECRET_ACCESS_KEY ?? 'nothing there');",
  "calls home": 'console.log((await fetch("http://198.51.100.7/", { signal: AbortSignal.timeout(2000) })).status);',
  "asks the gateway": `console.log((await fetch(${JSON.stringify(HOLDFAST_URL)}, { signal: AbortSignal.timeout(2000) })).status);`,
  "leaves something behind": 'import { writeFileSync } from "node:fs"; writeFileSync("/var/tmp/left-behind", "x"); console.log("written");',
};

for (const [what, code] of Object.entries(model)) {
  const { content, isError = false } = await client.callTool({ name: "run_code", arguments: { code } });
  const [printed] = content.map(({ text }) => (isError ? (/\w*Error: [^\n\]]+/.exec(text)?.[0] ?? text) : text.trim()));
  console.log(`${isError ? "stopped" : "done   "}  ${what}: ${printed}`);
}
await client.close();
