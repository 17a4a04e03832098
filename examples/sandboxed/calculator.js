// A tool server as a skill: JavaScript that can compute, read a line and print one, and nothing else.
const tools = [
  {
    name: "compute",
    description: "Computes with numbers: + - * / and brackets.",
    inputSchema: { type: "object", properties: { term: { type: "string" } }, required: ["term"] },
  },
];
const answers = {
  initialize: () => ({ protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "calculator", version: "1" } }),
  "tools/list": () => ({ tools }),
  // Even what this runs of foreign text can reach nothing.
  "tools/call": ({ arguments: { term } }) => ({ content: [{ type: "text", text: String(Function(`return (${term})`)()) }] }),
};
for (let line = readLine(); line !== null; line = readLine()) {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) continue;
  try {
    print(JSON.stringify({ jsonrpc: "2.0", id, result: answers[method]?.(params) ?? {} }));
  } catch (error) {
    print(JSON.stringify({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text: String(error) }], isError: true } }));
  }
}
