import { type Asking, decodeHeader, encodeHeader, headerArguments, headerValue } from "../../codecs/mcp/index.ts";
import { isObject } from "../../core/json.ts";
import type { Session } from "./sessions.ts";

export type Headers = { readonly [name: string]: string | string[] | undefined };

/** The parameter that `Mcp-Name` repeats, for the methods that have one. */
const NAMED: { readonly [method: string]: "name" | "uri" | "taskId" } = {
  "tools/call": "name",
  "prompts/get": "name",
  "resources/read": "uri",
  "tasks/get": "taskId",
  "tasks/update": "taskId",
  "tasks/cancel": "taskId",
};

/** The headers that repeat parts of the body (2026-07-28), made from the body that was decided about. */
export function mirroredHeaders({ method, params }: Asking, session: Session): { readonly [name: string]: string } {
  const name = params[NAMED[method] ?? ""];
  const headers: Record<string, string> = { "mcp-method": method, ...(typeof name === "string" ? { "mcp-name": encodeHeader(name, encode) } : {}) };
  for (const [header, value] of argumentHeaders(params, session)) if (value !== undefined) headers[header] = encodeHeader(value, encode);
  return headers;
}

/**
 * What is wrong with a client's headers: whoever routes or counts by them must not see another request than the one that is done.
 * Undefined where they say what the body says.
 */
export function mismatch(headers: Headers, { method, params }: Asking, version: string): string | undefined {
  if (headers["mcp-protocol-version"] !== version) return "`MCP-Protocol-Version` is missing or does not say what the body says";
  if (headers["mcp-method"] !== method) return "`Mcp-Method` is missing or does not say what the body says";
  const name = params[NAMED[method] ?? ""];
  return typeof name === "string" && decoded(headers["mcp-name"]) !== name ? "`Mcp-Name` is missing or does not say what the body says" : undefined;
}

/** The same for the arguments that a tool's definition mirrors. */
export function argumentMismatch(headers: Headers, { params }: Asking, session: Session): string | undefined {
  const wrong = argumentHeaders(params, session).some(([header, value]) => !same(decoded(headers[header]), value));
  return wrong ? "an `Mcp-Param` header is missing or does not say what the body says" : undefined;
}

function argumentHeaders(params: Asking["params"], { tools }: Session): readonly (readonly [string, string | undefined])[] {
  const definition = tools?.get(typeof params["name"] === "string" ? params["name"] : "");
  const args = params["arguments"];
  if (definition === undefined) return [];
  return (headerArguments(definition) ?? []).map((one) => [`mcp-param-${one.header}`, isObject(args) ? headerValue(one, args) : undefined]);
}

const decoded = (value: string | string[] | undefined): string | undefined => (typeof value === "string" ? decodeHeader(value, decode) : undefined);
/** Whole numbers are compared as numbers: `42.0` is `42`. */
const same = (header: string | undefined, body: string | undefined): boolean =>
  header === body || (header !== undefined && body !== undefined && /^-?\d+$/.test(body) && /^-?\d+(?:\.0+)?$/.test(header) && Number(header) === Number(body));

const encode = (text: string): string => Buffer.from(text, "utf8").toString("base64");
function decode(text: string): string | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes.toString("utf8") : undefined;
}
