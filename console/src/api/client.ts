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

// Everything is asked of the origin that served this page. No address ever comes from the URL, from storage or from an answer.
export async function call(
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: object,
  headers: { readonly [name: string]: string } = {},
): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      redirect: "error",
      headers: body === undefined ? headers : { ...headers, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new CallFailed(0, "no answer");
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new CallFailed(response.status, text(fields(answer)["title"]) || `HTTP ${response.status}`, answer);
  return answer;
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
