/**
 * A model provider that answers at once. `POST …/chat/completions` gets 1 KB of JSON, or, where the body says `"stream":true`, 200 events:
 * as fast as they go, or spread over a second where the model is called `paced`.
 */
import { createServer, type ServerResponse } from "node:http";
import { listening } from "./listening.ts";

const CHUNKS = 200;
const PACED_MS = 5;
const words = "The quick gateway reads every word that passes and lets the harmless ones go on their way without a pause ".repeat(10);

const whole = JSON.stringify({
  id: "chatcmpl-bench",
  object: "chat.completion",
  created: 1700000000,
  model: "bench",
  choices: [{ index: 0, message: { role: "assistant", content: words.slice(0, 780) }, finish_reason: "stop" }],
  usage: { prompt_tokens: 180, completion_tokens: 160, total_tokens: 340 },
});

const event = (delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({ id: "chatcmpl-bench", object: "chat.completion.chunk", created: 1700000000, model: "bench", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const text = words.split(" ");
const events = [
  event({ role: "assistant", content: "" }, null),
  ...Array.from({ length: CHUNKS - 2 }, (_, i) => event({ content: `${text[i % text.length]} ` }, null)),
  event({}, "stop"),
];

const server = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    const body = Buffer.concat(pieces);
    if (!body.includes('"stream":true')) return void response.writeHead(200, { "content-type": "application/json" }).end(whole);
    response.writeHead(200, { "content-type": "text/event-stream" });
    if (body.includes("paced")) return paced(response);
    burst(response, 0);
  });
});
server.keepAliveTimeout = 60_000;
listening(server);

/** One event per turn of the event loop, as a provider that has the answer ready sends them: some arrive together, some alone. */
function burst(response: ServerResponse, next: number): void {
  if (next === events.length) return void response.end("data: [DONE]\n\n");
  response.write(events[next]);
  setImmediate(burst, response, next + 1);
}

function paced(response: ServerResponse): void {
  const begun = performance.now();
  let sent = 0;
  const beat = setInterval(() => {
    const due = Math.min(events.length, Math.floor((performance.now() - begun) / PACED_MS) + 1);
    while (sent < due) response.write(events[sent++]);
    if (sent < events.length) return;
    clearInterval(beat);
    response.end("data: [DONE]\n\n");
  }, PACED_MS);
  response.on("close", () => clearInterval(beat));
}
