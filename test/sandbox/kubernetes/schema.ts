import { readFileSync } from "node:fs";
import type { Json, JsonObject } from "../../../src/core/json.ts";

/** Names, types and need of fields as Kubernetes publishes them (OpenAPI of 1.30), as far as Holdfast has to do with them. `*`: must be there. */
const TYPES = JSON.parse(readFileSync(new URL("schema.json", import.meta.url), "utf8")) as { readonly [type: string]: { readonly [field: string]: string } };

/** What is wrong with a value, as an API that refuses what it does not know would say (`fieldValidation=Strict`). */
export function faults(type: string, value: Json | undefined, where = type): readonly string[] {
  const list = /^(.+)\[\]$/.exec(type)?.[1];
  if (list !== undefined) return Array.isArray(value) ? value.flatMap((one, at) => faults(list, one, `${where}[${at}]`)) : [`${where}: no list`];
  const map = /^\{(.+)\}$/.exec(type)?.[1];
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
  if (map !== undefined) return isMap ? Object.entries(value).flatMap(([key, one]) => faults(map, one as Json, `${where}.${key}`)) : [`${where}: no map`];
  if (type.startsWith("'")) return value === type.slice(1, -1) ? [] : [`${where}: not ${type}`];
  if (type === "Quantity") return typeof value === "string" && /^\d+(?:\.\d+)?(?:m|k|[MGT]|[KMGT]i)?$/.test(value) ? [] : [`${where}: no quantity`];
  if (["string", "number", "boolean"].includes(type)) return typeof value === type ? [] : [`${where}: no ${type}`];
  const fields = TYPES[type];
  if (fields === undefined) return [`${where}: ${type} is not expected of Holdfast`];
  if (!isMap) return [`${where}: no ${type}`];
  const missing = Object.keys(fields).filter((field) => field.endsWith("*") && (value as JsonObject)[field.slice(0, -1)] === undefined);
  const wrong = Object.entries(value).flatMap(([field, one]) => {
    const known = fields[field] ?? fields[`${field}*`];
    return known === undefined ? [`${where}.${field}: unknown`] : faults(known, one as Json, `${where}.${field}`);
  });
  return [...missing.map((field) => `${where}.${field}: missing`), ...wrong];
}
