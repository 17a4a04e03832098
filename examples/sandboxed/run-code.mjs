// A tool server that runs the JavaScript it is given. It takes no care at all of what that code may do: its sandbox does.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const TOOL = {
  name: "run_code",
  description: "Runs a JavaScript module and returns what it printed.",
  inputSchema: { type: "object", properties: { code: { type: "string" } }, required: ["code"] },
};

function run(code) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--input-type=module", "--eval", code], { stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (printed += text));
    child.on("error", (error) => resolve({ content: [{ type: "text", text: error.message }], isError: true }));
    child.on("close", (status) => resolve({ content: [{ type: "text", text: printed }], isError: status !== 0 }));
  });
}

async function answer({ method, params }) {
  if (method === "initialize") return { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "run-code", version: "1" } };
  if (method === "tools/list") return { tools: [TOOL] };
  return method === "tools/call" ? await run(params.arguments.code) : {};
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.id === undefined) continue;
  answer(message).then((result) => console.log(JSON.stringify({ jsonrpc: "2.0", id: message.id, result })));
}
