/** How to point a client at the gateway. Code is not translated. */
export interface Client {
  readonly id: string;
  readonly name: string;
  /** Its MCP servers are put behind Holdfast by a command; otherwise its base URL is changed. */
  readonly wraps?: true;
  code(baseUrl: string, model: string, key: string): string;
}

/** Stands for a key that is not known here. */
export const SOME_KEY = "hf_…";

const WRAPPED: readonly (readonly [id: string, name: string])[] = [
  ["claude-code", "Claude Code"],
  ["claude-desktop", "Claude Desktop"],
  ["cursor", "Cursor"],
  ["openclaw", "OpenClaw"],
  ["vscode", "VS Code"],
];

export const CLIENTS: readonly Client[] = [
  {
    id: "openai-python",
    name: "OpenAI Python",
    code: (baseUrl, model, key) => `from openai import OpenAI

client = OpenAI(base_url="${baseUrl}/v1", api_key="${key}")
answer = client.chat.completions.create(
    model="${model}",
    messages=[{"role": "user", "content": "What is in my inbox?"}],
)
print(answer.choices[0].message.content)`,
  },
  {
    id: "openai-js",
    name: "OpenAI JS",
    code: (baseUrl, model, key) => `import OpenAI from "openai";

const client = new OpenAI({ baseURL: "${baseUrl}/v1", apiKey: "${key}" });
const answer = await client.chat.completions.create({
  model: "${model}",
  messages: [{ role: "user", content: "What is in my inbox?" }],
});
console.log(answer.choices[0].message.content);`,
  },
  {
    id: "anthropic",
    name: "Anthropic",
    code: (baseUrl, model, key) => `import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({ baseURL: "${baseUrl}", apiKey: "${key}" });
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
    code: (baseUrl, model, key) => `curl ${baseUrl}/v1/chat/completions \\
  -H "authorization: Bearer ${key}" \\
  -H "content-type: application/json" \\
  -d '{"model": "${model}", "messages": [{"role": "user", "content": "What is in my inbox?"}]}'`,
  },
  ...WRAPPED.map(([id, name]): Client => ({ id, name, wraps: true, code: () => `bin/holdfast wrap ${id} --dry-run\nbin/holdfast wrap ${id}` })),
];
