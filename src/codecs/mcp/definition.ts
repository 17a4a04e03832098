import { isArray, isObject, type Json, type JsonObject } from "../../core/json.ts";

/** A tool as its server describes it: the whole object, because any of it may reach the model or change what a call does. */
export interface Definition {
  readonly name: string;
  readonly whole: JsonObject;
}

/** A name that every client can use and that cannot be mistaken for another form of writing one: no dots at the ends, no blanks, no look-alikes. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,127}$/;
const MOST = 1_000;

/** The tools of a list. What has no proper name cannot be called, so it is not one. */
export function definitionsIn(result: JsonObject): readonly Definition[] {
  const { tools } = result;
  if (tools === undefined || !isArray(tools)) return [];
  return tools.slice(0, MOST).flatMap((whole): Definition[] => {
    const name = isObject(whole) ? whole["name"] : undefined;
    return isObject(whole) && typeof name === "string" && NAME.test(name) ? [{ name, whole }] : [];
  });
}

/** An argument that is also sent as an HTTP header, so that intermediaries can see it (`x-mcp-header`, 2026-07-28). */
export interface HeaderArgument {
  readonly header: string;
  readonly path: readonly string[];
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;

/** The arguments that a definition mirrors into headers; undefined where it breaks the rules for them, and then the tool is not one. */
export function headerArguments({ whole }: Definition): readonly HeaderArgument[] | undefined {
  // Asked with every call, and a schema may be long.
  if (!known.has(whole)) known.set(whole, mirroredIn(whole));
  return known.get(whole);
}
const known = new WeakMap<JsonObject, readonly HeaderArgument[] | undefined>();

function mirroredIn(whole: JsonObject): readonly HeaderArgument[] | undefined {
  const found: HeaderArgument[] = [];
  const walk = (schema: Json | undefined, path: readonly string[], reachable: boolean): boolean => {
    if (isArray(schema ?? null)) return (schema as readonly Json[]).every((item) => walk(item, path, false));
    if (!isObject(schema)) return true;
    const header = schema["x-mcp-header"];
    if (header !== undefined) {
      const plain = schema["type"] === "string" || schema["type"] === "integer" || schema["type"] === "boolean";
      if (typeof header !== "string" || !TOKEN.test(header) || !reachable || path.length === 0 || !plain) return false;
      if (found.some((one) => one.header === header.toLowerCase())) return false;
      found.push({ header: header.toLowerCase(), path });
    }
    return Object.entries(schema).every(([key, item]) => {
      if (key !== "properties" || !isObject(item)) return typeof item !== "object" || walk(item, path, false);
      return Object.entries(item).every(([name, one]) => walk(one, [...path, name], reachable));
    });
  };
  return walk(whole["inputSchema"], [], true) ? found : undefined;
}

/** The value of such an argument as its header carries it; undefined where the call has none. */
export function headerValue({ path }: HeaderArgument, args: JsonObject): string | undefined {
  let node: Json | undefined = args;
  for (const step of path) node = isObject(node) && Object.hasOwn(node, step) ? node[step] : undefined;
  return typeof node === "string" || typeof node === "boolean" || (typeof node === "number" && Number.isSafeInteger(node)) ? String(node) : undefined;
}

/** A value as a header may carry it: plain where that is safe, else base64 in its marks. `encode` is UTF-8 to base64. */
export function encodeHeader(text: string, encode: (text: string) => string): string {
  return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !/^=\?base64\?.*\?=$/.test(text) ? text : `=?base64?${encode(text)}?=`;
}

/** The value that a header carries; undefined where it is not well-formed. */
export function decodeHeader(text: string, decode: (text: string) => string | undefined): string | undefined {
  const coded = /^=\?base64\?([A-Za-z0-9+/]*={0,2})\?=$/.exec(text);
  return coded === null ? text : decode(coded[1] as string);
}
