// An agent on the OpenAI SDK. Holdfast is the base URL; nothing else is different.
import OpenAI from "openai";
import { run, tools } from "./tools.mjs";

const client = new OpenAI({ baseURL: "http://127.0.0.1:8787/v1", apiKey: process.env.AGENT_KEY });
const messages = [{ role: "user", content: "Summarise my inbox." }];

for (;;) {
  const answer = await client.chat.completions.create({
    model: "practice/assistant",
    messages,
    tools: tools.map(({ name, description, schema }) => ({ type: "function", function: { name, description, parameters: schema } })),
  });
  const { message } = answer.choices[0];
  if (message.content) console.log(`model: ${message.content}`);
  if (!message.tool_calls?.length) break;
  messages.push(message);
  for (const { id, function: call } of message.tool_calls) {
    messages.push({ role: "tool", tool_call_id: id, content: run(call.name, JSON.parse(call.arguments)) });
  }
}
