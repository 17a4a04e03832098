import { isArray, isObject, type Json, type JsonObject } from "../../core/json.ts";
import { offered } from "./tasks/offer.ts";

/** What one server answered, to be one answer with those of the others. */
export interface Of {
  readonly server: string;
  readonly result: JsonObject;
}

/** Methods whose answers are lists, and the field that the list stands in. */
export const LISTED: ReadonlyMap<string, string> = new Map([
  ["tools/list", "tools"],
  ["prompts/list", "prompts"],
  ["resources/list", "resources"],
  ["resources/templates/list", "resourceTemplates"],
]);

/** How the sessions of all servers begin: in the oldest version that one of them speaks. Undefined where none does. */
export function mergedStart(all: readonly Of[]): JsonObject | undefined {
  if (all.length === 0) return undefined;
  const versions = all.flatMap(({ result }) => (typeof result["protocolVersion"] === "string" ? [result["protocolVersion"]] : [])).sort();
  const start = { protocolVersion: versions[0] ?? "", ...offeredBy(all) };
  return { ...start, ...offered(start, false), serverInfo: US };
}

/** What all servers of the 2026 era offer: in the versions that each of them speaks. */
export function mergedDiscovery(all: readonly Of[]): JsonObject | undefined {
  const [first, ...others] = all.map(({ result }) => (isArray(result["supportedVersions"] ?? null) ? (result["supportedVersions"] as readonly Json[]) : []));
  const common = (first ?? []).filter((version) => others.every((versions) => versions.includes(version)));
  if (common.length === 0) return undefined;
  const found = { ...all[0]?.result, supportedVersions: common, ...offeredBy(all) };
  return { ...found, ...offered(found, true), serverInfo: US };
}

const US = { name: "holdfast", title: "Holdfast", version: "1" };

function offeredBy(all: readonly Of[]): JsonObject {
  const instructions = all.flatMap(({ server, result }) => (typeof result["instructions"] === "string" ? [`## ${server}\n\n${result["instructions"]}`] : []));
  return { capabilities: capabilities(all), ...(instructions.length === 0 ? {} : { instructions: instructions.join("\n\n") }) };
}

/** Of any. */
function capabilities(all: readonly Of[]): JsonObject {
  const merged: Record<string, Json> = {};
  for (const { result } of all)
    for (const [name, value] of Object.entries(isObject(result["capabilities"]) ? result["capabilities"] : {})) {
      if (name === "tasks" || name === "experimental" || name === "extensions") continue;
      const before = merged[name];
      merged[name] = isObject(before) && isObject(value) ? { ...before, ...value } : value;
    }
  return merged;
}
