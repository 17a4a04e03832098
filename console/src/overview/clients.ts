/** How to point a client at the gateway. Code is not translated; the key is never filled in, because it is not known here. */
export interface Client {
  readonly id: string;
  readonly name: string;
  code(baseUrl: string, model: string): string;
}

const KEY = "hf_…";

export const CLIENTS: readonly Client[] = [
  {
    id: "openai-python",
    name: "OpenAI Python",
    code: (baseUrl, model) => `from openai import OpenAI

client = OpenAI(base_url="${baseUrl}/v1", api_key="${KEY}")
answer = client.chat.completions.create(
    model="${model}",
    messages=[{"role": "user", "content": "What is in my inbox?"}],
)
print(answer.choices[0].message.content)`,
  },
  {
    id: "openai-js",
    name: "OpenAI JS",
    code: (baseUrl, model) => `import OpenAI from "openai";

const client = new OpenAI({ baseURL: "${baseUrl}/v1", apiKey: "${KEY}" });
const answer = await client.chat.completions.create({
  model: "${model}",
  messages: [{ role: "user", content: "What is in my inbox?" }],
});
console.log(answer.choices[0].message.content);`,
  },
  {
    id: "anthropic",
    name: "Anthropic",
    code: (baseUrl, model) => `import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({ baseURL: "${baseUrl}", apiKey: "${KEY}" });
const answer = await client.messages.create({
  model: "${model}",
  max_tokens: 300,
  messages: [{ role: "user", content: "What is in my inbox?" }],
});
console.log(answer.content);`,
  },
  {
    id: "curl",
    name: "curl",
    code: (baseUrl, model) => `curl ${baseUrl}/v1/chat/completions \\
  -H "authorization: Bearer ${KEY}" \\
  -H "content-type: application/json" \\
  -d '{"model": "${model}", "messages": [{"role": "user", "content": "What is in my inbox?"}]}'`,
  },
];
