import { loadRefusals } from "../text/text.ts";
import { fields, items, number, readSummary, type Summary, text } from "./read.ts";
import { readStatus, type Status } from "./status.ts";
import { readStory, type Story } from "./story.ts";

/** What went wrong with a call: the HTTP status (0 where there was no answer), the problem's own title, and all of what was answered. */
export class CallFailed extends Error {
  readonly status: number;
  readonly answer: unknown;
  constructor(status: number, message: string, answer?: unknown) {
    super(message);
    this.name = "CallFailed";
    this.status = status;
    this.answer = answer;
  }
}

/** A page of decisions, newest first; `next` is where the older ones go on. */
export interface Page {
  readonly decisions: readonly Summary[];
  readonly next?: number;
}

export async function call(
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: object,
  headers: { readonly [name: string]: string } = {},
): Promise<unknown> {
  const response = await send(method, path, body, headers);
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw await failed(response, answer);
  return answer;
}

/** Asks for something that is told event by event, and calls `told` with each, until it ends or `signal` is aborted. */
export async function callEvents(path: string, body: object, signal: AbortSignal, told: (event: string, data: unknown) => void): Promise<void> {
  const response = await send("POST", path, body, {}, signal);
  if (!response.ok || response.body === null) throw await failed(response, await response.json().catch(() => undefined));
  let rest = "";
  for await (const chunk of chunksOf(response.body.pipeThrough(new TextDecoderStream()))) {
    const events = (rest + chunk).split("\n\n");
    rest = events.pop() ?? "";
    for (const event of events) told(/^event: (\w+)$/m.exec(event)?.[1] ?? "", JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? "null"));
  }
}

/** Not every browser lets a stream be read with `for await` yet. */
async function* chunksOf(stream: ReadableStream<string>): AsyncGenerator<string> {
  const reader = stream.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
}

// Everything is asked of the origin that served this page. No address ever comes from the URL, from storage or from an answer.
async function send(
  method: "GET" | "POST" | "DELETE",
  path: string,
  body: object | undefined,
  headers: { readonly [name: string]: string },
  signal?: AbortSignal,
): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      credentials: "same-origin",
      redirect: "error",
      headers: body === undefined ? headers : { ...headers, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch {
    throw new CallFailed(0, "no answer");
  }
}

async function failed(response: Response, answer: unknown): Promise<CallFailed> {
  await loadRefusals();
  return new CallFailed(response.status, text(fields(answer)["title"]) || `HTTP ${response.status}`, answer);
}

export async function getStatus(): Promise<Status> {
  return readStatus(await call("GET", "/api/v1/status"));
}

export async function getPage(query: { readonly [name: string]: string }, limit: number, before?: number): Promise<Page> {
  const search = new URLSearchParams({ limit: String(limit), ...query, ...(before === undefined ? {} : { before: String(before) }) });
  const it = fields(await call("GET", `/api/v1/audit?${search}`));
  const next = it["next"];
  return { decisions: items(it["decisions"]).map(readSummary), ...(next === undefined || next === null ? {} : { next: number(next) }) };
}

export async function getStory(id: string): Promise<Story> {
  return readStory(await call("GET", `/api/v1/audit/${encodeURIComponent(id)}`));
}

/** Runs the practice model's attacked task through the gateway; gives the ids of its requests. */
export async function sendSample(): Promise<readonly string[]> {
  return items(fields(await call("POST", "/api/v1/sample", { task: "attacked-inbox" }))["ids"]).map(text);
}

export async function getOperator(): Promise<string> {
  return text(fields(await call("GET", "/session"))["operator"]);
}
