// The same agent on the Anthropic SDK, streaming.
import Anthropic from "@anthropic-ai/sdk";
import { run, tools } from "./tools.mjs";

const client = new Anthropic({ baseURL: "http://127.0.0.1:8787", apiKey: process.env.AGENT_KEY });
const messages = [{ role: "user", content: "Summarise my inbox." }];

for (;;) {
  const stream = client.messages.stream({
    model: "practice/assistant",
    max_tokens: 1024,
    messages,
    tools: tools.map(({ name, description, schema }) => ({ name, description, input_schema: schema })),
  });
  const { content } = await stream.finalMessage();
  for (const block of content) if (block.type === "text") console.log(`model: ${block.text}`);
  const calls = content.filter((block) => block.type === "tool_use");
  if (calls.length === 0) break;
  messages.push({ role: "assistant", content });
  messages.push({ role: "user", content: calls.map(({ id, name, input }) => ({ type: "tool_result", tool_use_id: id, content: run(name, input) })) });
}
